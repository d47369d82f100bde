//! What goes out by a channel: the usual text where it fits, else the short one with the date, else the
//! neutral one of its kind.
//!
//! Where two rules meet: a text states the stored date, whole and as it is stored, or none at all. A
//! value that does not fit is never shortened, and nothing is sent with half of a date: a text with
//! nothing but the date goes out, or the one without variables, which asks to call the office, and the
//! date stands in the app and on paper. A number that is shared or not verified gets the one without
//! variables wherever it is sent from.

use super::{Filled, Mapping, Rendered, Template, Variables, neutral};
use crate::{MessageKind, Refusal, coded, wording::WordList};

coded! {
    /// Why another text than the usual one goes out.
    FallbackReason {
        /// The number is shared or not verified: others may read it.
        Discreet = "discreet",
        /// Nobody wrote a text for the step.
        NoText = "no_text",
        /// The text is not filed with the provider's account, or the account takes no variables.
        NotFiled = "not_filed",
        /// A value breaks a rule of the provider's variable.
        DoesNotFit = "does_not_fit",
        /// A value is missing, or the finished text has something in it that it may not contain.
        Refused = "refused",
    }
}

/// By which way a message leaves.
#[derive(Debug, Clone, Copy)]
pub enum Route<'a> {
    /// The gateway takes the whole text.
    WholeText,
    /// The gateway sends what is filed with its account.
    Filed {
        /// What is filed for the step.
        usual: Option<&'a Mapping>,
        /// What is filed for the kind under [`super::DATED_STEP`].
        dated: Option<&'a Mapping>,
        /// What is filed for the kind under [`super::NEUTRAL_STEP`].
        neutral: Option<&'a Mapping>,
    },
}

/// What is to be said.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// What it is about.
    pub kind: MessageKind,
    /// The text in force for the step; `None`: nobody wrote one.
    pub text: Option<&'a Template>,
    /// Whether others may read it: see [`FallbackReason::Discreet`].
    pub discreet: bool,
}

/// A message ready to leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outbound {
    /// The whole text with its signature, as the client reads it: what is stored, and what a gateway
    /// takes that fills nothing in.
    pub text: Rendered,
    /// What the provider is sent instead.
    pub provider_template: Option<Filled>,
    /// Whether it is another than the usual text: the short one with the date, or the neutral one.
    pub fallback_used: bool,
    /// Why, if it is.
    pub why: Option<FallbackReason>,
    /// Whether it states the stored date.
    pub states_date: bool,
}

/// Nothing can be sent this way.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unsendable {
    /// Neither the usual nor a neutral text goes out by this account: another one may have them.
    #[error("no text is filed that could be sent ({0})")]
    NoFallback(FallbackReason),
    /// The neutral text itself is refused: the office's signature is at fault, whatever the way.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

/// What goes out by a way. Pure: the same for a preview and at the moment of sending.
///
/// # Errors
/// [`Unsendable`].
pub fn render_for(
    route: Route<'_>,
    wanted: &Wanted<'_>,
    data: &Variables,
    signature: &str,
    words: &WordList,
) -> Result<Outbound, Unsendable> {
    let why = if wanted.discreet {
        FallbackReason::Discreet
    } else {
        match usual(route, wanted, data, signature, words) {
            Ok(outbound) => return Ok(outbound),
            Err(why) => why,
        }
    };
    if let Some(outbound) = dated(route, why, wanted, data, signature, words) {
        return Ok(outbound);
    }
    // A code is all there is to its text.
    if wanted.kind == MessageKind::SignInCode {
        return Err(Unsendable::NoFallback(why));
    }
    let (template, filed) = match route {
        Route::WholeText => (neutral(wanted.kind), None),
        Route::Filed { neutral, .. } => {
            let filed = neutral.ok_or(Unsendable::NoFallback(why))?;
            (filed.text(), Some(filed))
        }
    };
    let nothing = Variables::new();
    let text = template.render(&nothing, signature, words)?;
    let provider_template = match filed.map(|filed| filed.fill(&nothing, words)) {
        None => None,
        Some(Ok(params)) => Some(params),
        Some(Err(_has_variables)) => return Err(Unsendable::NoFallback(why)),
    };
    Ok(Outbound {
        text,
        provider_template,
        fallback_used: true,
        why: Some(why),
        // It has nothing to fill in.
        states_date: false,
    })
}

/// The short text with the date, where the usual one is not filed or does not fit, and this one is and
/// does.
fn dated(
    route: Route<'_>,
    why: FallbackReason,
    wanted: &Wanted<'_>,
    data: &Variables,
    signature: &str,
    words: &WordList,
) -> Option<Outbound> {
    let (Route::Filed { dated, .. }, FallbackReason::NotFiled | FallbackReason::DoesNotFit) =
        (route, why)
    else {
        return None;
    };
    let instead = Route::Filed {
        usual: Some(dated?),
        dated: None,
        neutral: None,
    };
    let outbound = usual(instead, wanted, data, signature, words).ok()?;
    Some(Outbound {
        fallback_used: true,
        why: Some(why),
        ..outbound
    })
}

fn usual(
    route: Route<'_>,
    wanted: &Wanted<'_>,
    data: &Variables,
    signature: &str,
    words: &WordList,
) -> Result<Outbound, FallbackReason> {
    let (template, filed) = match route {
        Route::WholeText => (wanted.text.ok_or(FallbackReason::NoText)?, None),
        Route::Filed { usual, .. } => {
            let filed = usual.ok_or(FallbackReason::NotFiled)?;
            (filed.text(), Some(filed))
        }
    };
    let text = template
        .render(data, signature, words)
        .map_err(|_refusal| FallbackReason::Refused)?;
    let provider_template = match filed {
        None => None,
        Some(filed) if filed.holds(&text.text) => Some(filed.fill(data, words)?),
        Some(_) => return Err(FallbackReason::DoesNotFit),
    };
    Ok(Outbound {
        text,
        provider_template,
        fallback_used: false,
        why: None,
        states_date: template.states_date(),
    })
}

#[cfg(test)]
mod tests;
