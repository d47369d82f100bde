//! Texts as they are filed with a provider's account: the provider keeps the text, and is sent its id
//! and what fills the places.
//!
//! A mapping keeps the text it was filed with. What is sent and what we store and check stay the same
//! text, also after a successor came into force here that the provider has yet to approve.

mod names;
mod reviewed;
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

/// The step under which the shortest text with the date is filed, for what does not fit the step's own.
pub const DATED_STEP: &str = "dated";

/// The most variables that a template takes.
const MAX_PARAMS: usize = 20;
/// The most characters that any value has.
const MAX_CHARS: usize = 35;

/// One variable of a filed template, and what goes into it: a value of the message, or fixed words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Param {
    /// What the provider calls it: `name` at Aliyun, `1` at Tencent Cloud, `thing1` at WeChat.
    #[cfg_attr(feature = "schema", schema(example = "name"))]
    pub name: String,
    /// What goes into it; not with `value`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variable: Option<Placeholder>,
    /// At WeChat: the words that go into it every time, such as `待办理` into a `phrase`; not with
    /// `variable`. They have to stand in the reviewed text, or in one of the kind that ships.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(example = json!(null)))]
    pub value: Option<String>,
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
    /// At Tencent Cloud: characters that a variable may have in this account; 0: it takes none at all,
    /// but for codes. `None`: 6, as accounts have since 2024.
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
    /// gateway has; variables where the account takes none; fixed words that break the field's rule;
    /// places of the text without a variable, variables that the text has no place for, a card without
    /// fields, and a date that the text states and the message would not. `wording_refused` for fixed
    /// words that a text may not contain.
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
            check_content(*gateway, index, param)?;
        }
        let chars = filing.variable_chars;
        let known = chars.is_none_or(|most| most <= MAX_CHARS);
        if !known || (chars.is_some() && *gateway != TemplateGateway::Tencent) {
            return Err(bad(
                "/variable_chars",
                "an account at Tencent Cloud takes up to 35 characters a variable, 0 for no variables; \
                 another is not bounded so",
            ));
        }
        if filing.is_barred() && !params.is_empty() {
            return Err(bad(
                "/params",
                "this account takes no variables: only texts without any can be filed with it",
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
                Some((index, self.fits(param, param.content(data)).err()?))
            })
            .collect()
    }

    /// Checks that it can go out without any value, as the neutral text does.
    ///
    /// # Errors
    /// `invalid_value` at the variable that would need one.
    pub fn check_neutral(&self) -> Result<(), Refusal> {
        let mut params = self.filing.params.iter();
        match params.position(|param| param.variable.is_some()) {
            None => Ok(()),
            Some(index) => Err(bad(
                &format!("/params/{index}/variable"),
                "the neutral text goes out without any value: only fixed words can stand here",
            )),
        }
    }

    /// What the provider is sent.
    ///
    /// # Errors
    /// `does_not_fit` for a value that breaks a rule of its variable; `refused` for one that a text may
    /// not contain: a card at WeChat has fields that the text has not.
    pub fn fill(&self, data: &Variables, words: &WordList) -> Result<Filled, FallbackReason> {
        let mut params = Vec::new();
        for param in &self.filing.params {
            let value = param.content(data);
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
                let usual = param.variable.map(usual_rule);
                let rule = param.rule.or(usual).ok_or(Misfit::UnknownRule)?;
                aliyun::check(rule, value)
            }
            TemplateGateway::Tencent => {
                let terms = self.filing.variable_chars.map(|most| match most {
                    0 => NoticeVariables::Barred,
                    most => NoticeVariables::UpTo(most),
                });
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
        let filled = |place: &Placeholder| {
            self.filing
                .params
                .iter()
                .any(|it| it.variable == Some(*place))
        };
        match self.filing.gateway {
            // The filed text is ours with other brackets.
            TemplateGateway::Aliyun | TemplateGateway::Tencent => {
                if let Some(place) = places.iter().find(|place| !filled(place)) {
                    let detail = format!("the text's {{{place}}} has no variable");
                    return Err(bad("/params", &detail));
                }
                let known = |param: &Param| param.variable.is_some_and(|it| places.contains(&it));
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
                if self.filing.params.is_empty() {
                    return Err(bad(
                        "/params",
                        "a card at WeChat has fields, and needs all of them",
                    ));
                }
                if self.text.states_date()
                    && !filled(&Placeholder::Date)
                    && !filled(&Placeholder::Day)
                {
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

impl Param {
    /// What goes into it; nothing where the message has no value for it.
    fn content<'a>(&'a self, data: &'a Variables) -> &'a str {
        match (&self.value, self.variable) {
            (Some(fixed), _) => fixed,
            (None, Some(place)) => data.get(place).unwrap_or_default(),
            (None, None) => "",
        }
    }
}

impl Filing {
    /// Whether the account takes no variables in texts of this kind.
    fn is_barred(&self) -> bool {
        self.variable_chars == Some(0) && self.kind != MessageKind::SignInCode
    }
}

/// Checks what goes into the variable at `index`: a value, or fixed words that fit and say nothing they
/// may not.
fn check_content(gateway: TemplateGateway, index: usize, param: &Param) -> Result<(), Refusal> {
    let fixed = match (&param.value, param.variable) {
        (Some(fixed), None) => fixed,
        (None, Some(_)) => return Ok(()),
        _ => {
            return Err(bad(
                &format!("/params/{index}"),
                "one of variable and value says what goes into it",
            ));
        }
    };
    let pointer = format!("/params/{index}/value");
    if gateway != TemplateGateway::Wechat {
        return Err(bad(&pointer, "only fields at WeChat hold fixed words"));
    }
    let misfit = match wechat::check(&param.name, fixed) {
        _ if fixed.chars().count() > MAX_CHARS => Some(Misfit::TooLong),
        checked => checked.err(),
    };
    if let Some(misfit) = misfit {
        let detail = format!("these words do not fit the field: {misfit}");
        return Err(bad(&pointer, &detail));
    }
    wording::refuse(&wording::lint(fixed, WordList::shipped()), &pointer)
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
