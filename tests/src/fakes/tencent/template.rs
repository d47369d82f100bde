//! Approved templates: how many variables, what the account's terms let into them, how long a text may be
//! (cloud.tencent.com 382/39023). By a table of its own.

use domain::channel_limits::tencent::Purpose;

use crate::fakes::mainland::{has_link, signed};

/// Longest one-time code, in digits.
const CODE_DIGITS: usize = 6;

/// What an account may put into texts that are no one-time codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeVariables {
    /// Nothing: they have no variables.
    Barred,
    /// So many characters each.
    UpTo(usize),
}

impl Default for NoticeVariables {
    /// What accounts get that were opened after 25 January 2024.
    fn default() -> Self {
        Self::UpTo(6)
    }
}

/// What a template is when it was approved.
#[derive(Debug)]
pub(super) struct Template {
    purpose: Purpose,
    /// With `{1}`, `{2}` … where variables stand.
    text: String,
    variables: usize,
}

/// More variables than a text of 500 characters can have.
const MOST: usize = 500;

impl Template {
    /// With this text.
    pub fn new(purpose: Purpose, text: &str) -> Self {
        let stands = |place: &usize| text.contains(&format!("{{{place}}}"));
        Self {
            purpose,
            text: text.to_owned(),
            variables: (1..=MOST).take_while(stands).count(),
        }
    }

    /// The whole text with these values.
    ///
    /// # Errors
    /// The vendor's code.
    pub fn fill(
        &self,
        terms: NoticeVariables,
        signature: &str,
        values: &[String],
    ) -> Result<String, &'static str> {
        if values.len() != self.variables {
            return Err("FailedOperation.TemplateParamSetNotMatchApprovedTemplate");
        }
        let mut text = self.text.clone();
        for (place, value) in values.iter().enumerate() {
            self.check_one(terms, value)?;
            text = text.replace(&format!("{{{}}}", place + 1), value);
        }
        signed(signature, &text).ok_or("InvalidParameterValue.ContentLengthLimit")
    }

    fn check_one(&self, terms: NoticeVariables, value: &str) -> Result<(), &'static str> {
        let most = match (self.purpose, terms) {
            (Purpose::Code, _) => CODE_DIGITS,
            (Purpose::Notice, NoticeVariables::UpTo(most)) => most,
            (Purpose::Notice, NoticeVariables::Barred) => {
                return Err("InvalidParameterValue.UnsupportedTemplateVariable");
            }
        };
        let is_code = self.purpose == Purpose::Code;
        let odd =
            |c: char| c.is_control() || "【】".contains(c) || (is_code && !c.is_ascii_digit());
        if has_link(value) {
            return Err("InvalidParameterValue.ProhibitedUseUrlInTemplateParameter");
        }
        if value.trim().is_empty() || value.contains(odd) {
            return Err("InvalidParameterValue.TemplateParameterFormatError");
        }
        if value.chars().count() > most {
            return Err("InvalidParameterValue.TemplateParameterLengthLimit");
        }
        Ok(())
    }
}
