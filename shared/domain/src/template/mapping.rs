//! Texts as they are filed with a provider's account: the provider keeps the text, and is sent its id
//! and what fills the places.
//!
//! A mapping keeps the text it was filed with. What is sent and what we store and check stay the same
//! text, also after a successor came into force here that the provider has yet to approve.

mod names;
#[cfg(test)]
mod tests;

use std::fmt;

use names::{at_name, check_name};
use serde::{Deserialize, Serialize};

use super::{FallbackReason, Piece, Placeholder, Template, Variables};
use crate::{
    MessageKind, Refusal, RefusalCode,
    channel_limits::{
        Misfit,
        aliyun::{self, VariableRule},
        tencent::{self, NoticeVariables, Purpose},
        wechat,
    },
    coded,
    wording::{self, WordList},
};

coded! {
    /// A gateway that sends filed templates only. Others take the whole text.
    TemplateGateway {
        /// Aliyun SMS: variables by name.
        Aliyun = "aliyun",
        /// Tencent Cloud SMS: variables by position, from 1.
        Tencent = "tencent",
        /// WeChat template and subscribe messages: fields named by their type, like `thing1`.
        Wechat = "wechat",
    }
}

/// The step under which the neutral text of a kind of message is filed: the one without variables,
/// for numbers that are shared or not verified, and for values that do not fit.
pub const NEUTRAL_STEP: &str = "neutral";

/// The most variables that a template takes.
const MAX_PARAMS: usize = 20;
/// The most characters that any value has.
const MAX_CHARS: usize = 35;

/// One variable of a filed template, and what goes into it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Param {
    /// What the provider calls it: `name` at Aliyun, `1` at Tencent Cloud, `thing1` at WeChat.
    #[cfg_attr(feature = "schema", schema(example = "name"))]
    pub name: String,
    /// What goes into it.
    pub variable: Placeholder,
    /// At Aliyun the rule it was filed with; without it the one usual for what goes into it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<VariableRule>,
}

/// How a text is filed with an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filing {
    /// Whose rules hold.
    pub gateway: TemplateGateway,
    /// What its messages are about.
    pub kind: MessageKind,
    /// What the provider calls it.
    pub template_id: String,
    /// Its variables, in the provider's order. None: a text without variables.
    pub params: Vec<Param>,
    /// At Tencent Cloud: characters that a variable may have in this account; `None`: 6, as accounts
    /// have since 2024.
    pub variable_chars: Option<usize>,
}

/// A filed template that has been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    filing: Filing,
    text: Template,
}

/// What a provider is sent in place of a text. Personal data: `Debug` shows the names of variables
/// only.
#[derive(Clone, PartialEq, Eq)]
pub struct Filled {
    /// What the provider calls the template.
    pub template_id: String,
    /// Names and values, in the provider's order.
    pub params: Vec<(String, String)>,
}

impl fmt::Debug for Filled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Filled")
            .field("template_id", &self.template_id)
            .field(
                "params",
                &self.params.iter().map(|(name, _)| name).collect::<Vec<_>>(),
            )
            .finish()
    }
}

impl Mapping {
    /// Checks how a text is filed.
    ///
    /// # Errors
    /// `invalid_value` at `/template_id`, `/params` or below it: an id of other signs than letters,
    /// digits, `-` and `_`; a name that the gateway does not know or has twice; what only another
    /// gateway has; places of the text without a variable, variables that the text has no place for,
    /// and a date that the text states and the message would not.
    pub fn new(filing: Filing, text: Template) -> Result<Self, Refusal> {
        let Filing {
            gateway,
            template_id,
            params,
            ..
        } = &filing;
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        if !(1..=64).contains(&template_id.len()) || !template_id.chars().all(plain) {
            return Err(bad(
                "/template_id",
                "the provider's id has 1 to 64 letters, digits, - and _",
            ));
        }
        if params.len() > MAX_PARAMS {
            return Err(bad("/params", "a template takes at most 20 variables"));
        }
        for (index, param) in params.iter().enumerate() {
            let mut seen = params.iter().take(index);
            if seen.any(|other| other.name == param.name) {
                return Err(at_name(index, "two variables have the same name"));
            }
            check_name(*gateway, index, &param.name)?;
            if param.rule.is_some() && *gateway != TemplateGateway::Aliyun {
                let pointer = format!("/params/{index}/rule");
                return Err(bad(&pointer, "only variables at Aliyun have a rule"));
            }
        }
        let chars = filing.variable_chars;
        let known = chars.is_none_or(|most| (1..=MAX_CHARS).contains(&most));
        if !known || (chars.is_some() && *gateway != TemplateGateway::Tencent) {
            return Err(bad(
                "/variable_chars",
                "an account at Tencent Cloud takes 1 to 35 characters a variable, another none",
            ));
        }
        let mapping = Self { filing, text };
        mapping.check_variables()?;
        Ok(mapping)
    }

    /// What does not fit its variable, by the variable's place. A place without a value is
    /// [`Misfit::Empty`].
    pub fn misfits(&self, data: &Variables) -> Vec<(usize, Misfit)> {
        let params = self.filing.params.iter().enumerate();
        params
            .filter_map(|(index, param)| {
                let value = data.get(param.variable).unwrap_or_default();
                Some((index, self.fits(param, value).err()?))
            })
            .collect()
    }

    /// What the provider is sent.
    ///
    /// # Errors
    /// `does_not_fit` for a value that breaks a rule of its variable; `refused` for one that a text may
    /// not contain: a card at WeChat has fields that the text has not.
    pub fn fill(&self, data: &Variables, words: &WordList) -> Result<Filled, FallbackReason> {
        let mut params = Vec::new();
        for param in &self.filing.params {
            let value = data.get(param.variable).unwrap_or_default();
            if self.fits(param, value).is_err() {
                return Err(FallbackReason::DoesNotFit);
            }
            if wording::lint_rendered(value, words).is_err() {
                return Err(FallbackReason::Refused);
            }
            params.push((param.name.clone(), value.to_owned()));
        }
        Ok(Filled {
            template_id: self.filing.template_id.clone(),
            params,
        })
    }

    /// Whether the provider takes a finished text of this length.
    pub(super) fn holds(&self, text: &str) -> bool {
        let most = match self.filing.gateway {
            TemplateGateway::Aliyun => aliyun::MAX_TEXT,
            TemplateGateway::Tencent => tencent::MAX_TEXT,
            // Its fields have limits of their own.
            TemplateGateway::Wechat => return true,
        };
        text.chars().count() <= most
    }

    fn fits(&self, param: &Param, value: &str) -> Result<(), Misfit> {
        match self.filing.gateway {
            TemplateGateway::Aliyun => {
                aliyun::check(param.rule.unwrap_or(usual_rule(param.variable)), value)
            }
            TemplateGateway::Tencent => {
                let terms = self.filing.variable_chars.map(NoticeVariables::UpTo);
                let purpose = match self.filing.kind {
                    MessageKind::SignInCode => Purpose::Code,
                    _ => Purpose::Notice,
                };
                tencent::check(purpose, terms.unwrap_or_default(), value)
            }
            TemplateGateway::Wechat => wechat::check(&param.name, value),
        }
    }

    /// How it is filed.
    pub const fn filing(&self) -> &Filing {
        &self.filing
    }

    /// The text as it was filed.
    pub const fn text(&self) -> &Template {
        &self.text
    }

    fn check_variables(&self) -> Result<(), Refusal> {
        let places = self.text.placeholders();
        let side_by_side = |pair: &[Piece]| matches!(pair, [Piece::Place(_), Piece::Place(_)]);
        if self.filing.gateway == TemplateGateway::Tencent
            && self.text.pieces.windows(2).any(side_by_side)
        {
            return Err(bad(
                "/params",
                "Tencent Cloud wants words between two variables, and the text has none there",
            ));
        }
        let filled =
            |place: &Placeholder| self.filing.params.iter().any(|it| it.variable == *place);
        match self.filing.gateway {
            // The filed text is ours with other brackets.
            TemplateGateway::Aliyun | TemplateGateway::Tencent => {
                if let Some(place) = places.iter().find(|place| !filled(place)) {
                    let detail = format!("the text's {{{place}}} has no variable");
                    return Err(bad("/params", &detail));
                }
                let known = |param: &Param| places.contains(&param.variable);
                match self.filing.params.iter().position(|param| !known(param)) {
                    None => Ok(()),
                    Some(index) => Err(bad(
                        &format!("/params/{index}/variable"),
                        "the text has no place for it",
                    )),
                }
            }
            // A card of fields says less than a text, but what the client needs to know it says.
            TemplateGateway::Wechat => {
                let dated =
                    places.contains(&Placeholder::Date) || places.contains(&Placeholder::Day);
                if dated && !filled(&Placeholder::Date) && !filled(&Placeholder::Day) {
                    return Err(bad(
                        "/params",
                        "the text states the date: the message needs {date} or {day}",
                    ));
                }
                Ok(())
            }
        }
    }
}

/// The rule that a variable is filed with where nothing speaks against it.
const fn usual_rule(variable: Placeholder) -> VariableRule {
    match variable {
        Placeholder::Name | Placeholder::Contact => VariableRule::UserNick,
        Placeholder::Date | Placeholder::Day | Placeholder::Time => VariableRule::Time,
        Placeholder::Phone => VariableRule::PhoneNumber,
        Placeholder::Count => VariableRule::OtherNumber,
        Placeholder::Code => VariableRule::NumberCaptcha,
    }
}

fn bad(pointer: &str, detail: &str) -> Refusal {
    Refusal::at(RefusalCode::InvalidValue, pointer, detail)
}
