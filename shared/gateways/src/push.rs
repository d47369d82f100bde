//! What vendors of SMS post to us: receipts and replies, in our words.
//!
//! These posts are not signed: they are hints that come by a secret path, and what matters is
//! confirmed by asking ([`crate::MessageGateway::look_up`]). One that cannot be read never spoils the
//! others that came with it.

use std::fmt;

use chrono::{DateTime, Utc};
use domain::{
    AttemptId,
    contact::Phone,
    delivery::{ReceiptOutcome, meaning_of},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

/// A receipt of a vendor. `Debug` does not show the number.
#[derive(Clone, PartialEq, Eq)]
pub struct Report {
    /// What it says. `None` settles nothing: it says two things at once, or neither. Such a receipt
    /// is kept for the record and changes nothing.
    pub outcome: Option<ReceiptOutcome>,
    /// The vendor's reference: with the number, what it is joined by.
    pub provider_message_id: Option<String>,
    /// Our attempt, where the vendor repeats it.
    pub attempt_id: Option<AttemptId>,
    /// The number in E.164, if it is a mainland mobile.
    pub recipient: Option<String>,
    /// The carrier's code.
    pub code: Option<String>,
    /// When the vendor says it happened (UTC), if it does.
    pub happened_at: Option<DateTime<Utc>>,
}

impl fmt::Debug for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Report")
            .field("outcome", &self.outcome)
            .field("provider_message_id", &self.provider_message_id)
            .field("attempt_id", &self.attempt_id)
            .field("code", &self.code)
            .field("happened_at", &self.happened_at)
            .finish_non_exhaustive()
    }
}

impl Report {
    /// The same in every repetition, and in no other receipt. Holds the number.
    pub fn identity(&self) -> String {
        let Self {
            outcome,
            provider_message_id,
            attempt_id,
            recipient,
            code,
            happened_at,
        } = self;
        let said = outcome.map(ReceiptOutcome::status);
        identity(&[
            provider_message_id.clone(),
            attempt_id.map(|id| id.to_string()),
            recipient.clone(),
            said.map(|said| said.to_string()),
            code.clone(),
            happened_at.map(|at| at.timestamp().to_string()),
        ])
    }
}

/// What somebody answered to a message. `Debug` shows neither number nor text.
#[derive(Clone, PartialEq, Eq)]
pub struct Reply {
    /// The number in E.164, if it is a mainland mobile.
    pub sender: Option<String>,
    /// The text, as it came.
    pub text: String,
    /// The extension it was sent to: with the number, all that leads to the message it answers.
    pub extension: Option<String>,
    /// The vendor's id of the reply, the same in every repetition, where it gives one.
    pub provider_reply_id: Option<String>,
    /// When it was sent (UTC), if the vendor says so.
    pub sent_at: Option<DateTime<Utc>>,
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("provider_reply_id", &self.provider_reply_id)
            .field("sent_at", &self.sent_at)
            .finish_non_exhaustive()
    }
}

impl Reply {
    /// The same in every repetition, and in no other reply. Holds the number and the text, where the
    /// vendor gives the reply no id.
    pub fn identity(&self) -> String {
        match &self.provider_reply_id {
            Some(id) => identity(&[Some(id.clone())]),
            None => identity(&[
                None,
                self.sender.clone(),
                self.extension.clone(),
                self.sent_at.map(|at| at.timestamp().to_string()),
                Some(self.text.clone()),
            ]),
        }
    }
}

/// Parts as one text that no other parts make.
fn identity(parts: &[Option<String>]) -> String {
    format!("{parts:?}")
}

/// What one post brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pushed<T> {
    /// What could be read, in the order it came.
    pub items: Vec<T>,
    /// How many more there were that could not.
    pub unreadable: usize,
}

/// One element of a post, to be kept. `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Item {
    /// The same in every repetition, and in no other.
    pub identity: String,
    /// The element as it came; [`one`] reads it again.
    pub body: String,
}

impl fmt::Debug for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Item(..)")
    }
}

/// A post taken apart.
#[derive(Debug, Default)]
pub struct Split {
    /// What can be read, in the order it came.
    pub items: Vec<Item>,
    /// The places of what cannot, from 0.
    pub unreadable: Vec<usize>,
}

/// Takes an array apart into elements that `read` can read.
///
/// # Errors
/// [`NotAPush`] for what is no array.
pub fn split<T>(
    body: &[u8],
    read: impl Fn(&[u8]) -> Result<Pushed<T>, NotAPush>,
    identity: impl Fn(&T) -> String,
) -> Result<Split, NotAPush> {
    let elements: Vec<Value> = serde_json::from_slice(body).or(Err(NotAPush))?;
    let mut split = Split::default();
    for (place, element) in elements.iter().enumerate() {
        let body = element.to_string();
        match one(&read, &body) {
            Some(read) => split.items.push(Item {
                identity: identity(&read),
                body,
            }),
            None => split.unreadable.push(place),
        }
    }
    Ok(split)
}

/// Reads one element of a post; `None` when it cannot be read.
pub fn one<T>(read: impl Fn(&[u8]) -> Result<Pushed<T>, NotAPush>, element: &str) -> Option<T> {
    let pushed = read(format!("[{element}]").as_bytes()).ok()?;
    let mut items = pushed.items.into_iter();
    // An element is one, whatever brackets stand in it.
    items
        .next()
        .filter(|_| items.next().is_none() && pushed.unreadable == 0)
}

/// A body that is nothing a vendor posts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the body is not what the vendor posts")]
pub struct NotAPush;

/// Reads an array, element by element.
pub(crate) fn each<T: DeserializeOwned, R>(
    body: &[u8],
    read: impl Fn(T) -> Option<R>,
) -> Result<Pushed<R>, NotAPush> {
    let elements: Vec<Value> = serde_json::from_slice(body).or(Err(NotAPush))?;
    let all = elements.len();
    let items: Vec<R> = elements
        .into_iter()
        .filter_map(|element| read(serde_json::from_value(element).ok()?))
        .collect();
    Ok(Pushed {
        unreadable: all.saturating_sub(items.len()),
        items,
    })
}

/// What a vendor's own verdict and the carrier's code say together. They have to agree on a delivery:
/// a code nobody knows is none, whatever stands beside it.
pub(crate) fn outcome(delivered: Option<bool>, code: Option<&str>) -> Option<ReceiptOutcome> {
    let said = code.map(|code| meaning_of(code).outcome);
    match (delivered?, said) {
        (true, Some(ReceiptOutcome::Delivered)) => Some(ReceiptOutcome::Delivered),
        (false, Some(ReceiptOutcome::Delivered)) | (true, _) => None,
        (false, said) => Some(said.unwrap_or(ReceiptOutcome::UndeliveredTemporary)),
    }
}

/// A number as vendors write it, in E.164.
pub(crate) fn e164(number: &str) -> Option<String> {
    let phone = Phone::parse(number).ok()?;
    Some(format!("+86{}", phone.as_str()))
}

/// Vendors write numbers and ids as text or as a number.
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Loose {
    Text(String),
    Number(i64),
}

impl Loose {
    pub(crate) fn into_text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Number(number) => number.to_string(),
        }
    }

    pub(crate) fn to_number(&self) -> Option<i64> {
        match self {
            Self::Text(text) => text.parse().ok(),
            Self::Number(number) => Some(*number),
        }
    }

    /// Seconds since 1970 (UTC).
    pub(crate) fn seconds(&self) -> Option<DateTime<Utc>> {
        DateTime::from_timestamp(self.to_number()?, 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delivery_needs_the_vendor_and_the_carrier() {
        use ReceiptOutcome as O;
        for (delivered, code, expected) in [
            (Some(true), Some("DELIVRD"), Some(O::Delivered)),
            (Some(true), Some("NEW_CODE"), None),
            (Some(true), Some("MK:0001"), None),
            (Some(true), None, None),
            (Some(false), Some("DELIVRD"), None),
            (Some(false), Some("MK:0001"), Some(O::UndeliveredPermanent)),
            (Some(false), Some("NEW_CODE"), Some(O::UndeliveredTemporary)),
            (Some(false), None, Some(O::UndeliveredTemporary)),
            (None, Some("DELIVRD"), None),
        ] {
            assert_eq!(outcome(delivered, code), expected, "{delivered:?} {code:?}");
        }
    }

    #[test]
    fn a_post_is_taken_apart_and_each_element_is_read_again() {
        let read = |body: &[u8]| each(body, |text: String| Some(text));
        let split = split(r#"["a", 1, "b, \"c\""]"#.as_bytes(), read, Clone::clone).unwrap();
        let texts: Vec<&str> = split.items.iter().map(|it| it.identity.as_str()).collect();
        assert_eq!((texts, split.unreadable), (vec!["a", "b, \"c\""], vec![1]));
        for item in &split.items {
            assert_eq!(one(read, &item.body).as_ref(), Some(&item.identity));
        }
        for element in ["", "1", "\"a\",\"b\"", "\"a\",1", "["] {
            assert_eq!(one(read, element), None, "{element}");
        }
        assert!(super::split(b"{}", read, Clone::clone).is_err());
    }

    #[test]
    fn what_tells_a_repetition_tells_everything_else_apart() {
        let report = Report {
            outcome: Some(ReceiptOutcome::Delivered),
            provider_message_id: Some("1".to_owned()),
            attempt_id: None,
            recipient: Some("+8613800138000".to_owned()),
            code: None,
            happened_at: None,
        };
        let later = Report {
            happened_at: DateTime::from_timestamp(1, 0),
            ..report.clone()
        };
        let moved = Report {
            provider_message_id: None,
            recipient: Some("1".to_owned()),
            ..report.clone()
        };
        assert_eq!(report.identity(), report.clone().identity());
        assert_ne!(report.identity(), later.identity());
        assert_ne!(report.identity(), moved.identity());
        let reply = Reply {
            sender: Some("+8613800138000".to_owned()),
            text: "1".to_owned(),
            extension: None,
            provider_reply_id: None,
            sent_at: None,
        };
        let numbered = Reply {
            provider_reply_id: Some("1".to_owned()),
            ..reply.clone()
        };
        let said_again = Reply {
            text: "2".to_owned(),
            ..numbered.clone()
        };
        assert_ne!(reply.identity(), numbered.identity());
        assert_eq!(numbered.identity(), said_again.identity());
    }

    #[test]
    fn one_that_cannot_be_read_does_not_spoil_the_others() {
        let read = |body: &str| each(body.as_bytes(), |text: String| Some(text));
        let pushed = read(r#"["a", 1, "b", null]"#).unwrap();
        assert_eq!(
            (pushed.items, pushed.unreadable),
            (vec!["a".into(), "b".into()], 2)
        );
        for body in ["", "{}", "null", "[", "1"] {
            assert_eq!(read(body), Err(NotAPush), "{body}");
        }
    }
}
