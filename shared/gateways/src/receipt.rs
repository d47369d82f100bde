//! What became of a message, as the office's platform posts it back.
//!
//! The body is `{"type":"message.delivered","timestamp":"…","data":{"id":…,"attempt_id":…,
//! "provider_id":…,"code":…}}`: at least one of `data.id` (ours) and `data.attempt_id`.

use chrono::{DateTime, Utc};
use domain::{AttemptId, MessageId, delivery::ReceiptOutcome};
use serde::Deserialize;

use crate::wire_text;

/// A receipt in our words. No personal data: `code` keeps only letters, digits and `_ - . :`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParsedReceipt {
    /// What it says. `None` settles nothing: the message is on its way, or the type is one we do
    /// not know. Such a receipt is kept for the record and changes nothing.
    pub outcome: Option<ReceiptOutcome>,
    /// The message it is about, if named.
    pub message_id: Option<MessageId>,
    /// The attempt it is about, if named.
    pub attempt_id: Option<AttemptId>,
    /// The platform's own reference, if named.
    pub provider_message_id: Option<String>,
    /// The carrier's or platform's code, if named.
    pub code: Option<String>,
    /// When the platform says it happened (UTC), if it does.
    pub happened_at: Option<DateTime<Utc>>,
}

/// Why a body is no receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// Not JSON of the shape above.
    #[error("the body is not a receipt")]
    Malformed,
    /// Neither the message nor the attempt is named, or not by our ids.
    #[error("the receipt names no message of ours")]
    NoReference,
}

#[derive(Deserialize)]
struct Body {
    r#type: String,
    #[serde(default)]
    timestamp: Option<String>,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    attempt_id: Option<String>,
    #[serde(default)]
    provider_id: Option<Reference>,
    #[serde(default)]
    code: Option<Reference>,
    #[serde(default)]
    permanent: Option<bool>,
}

/// Platforms write codes and references as text or as a number.
#[derive(Deserialize)]
#[serde(untagged)]
enum Reference {
    Text(String),
    Number(i64),
}

/// Reads the body of a receipt whose signature was checked. Unknown fields are passed over: the
/// platform may say more than we need.
///
/// # Errors
/// [`ReceiptError`].
pub fn parse(body: &[u8]) -> Result<ParsedReceipt, ReceiptError> {
    let body: Body = serde_json::from_slice(body).or(Err(ReceiptError::Malformed))?;
    let message_id = body.data.id.as_deref().and_then(|id| id.parse().ok());
    let attempt_id = body
        .data
        .attempt_id
        .as_deref()
        .and_then(|id| id.parse().ok());
    if message_id.is_none() && attempt_id.is_none() {
        return Err(ReceiptError::NoReference);
    }
    let happened_at = body
        .timestamp
        .and_then(|text| DateTime::parse_from_rfc3339(&text).ok())
        .map(|instant| instant.with_timezone(&Utc));
    Ok(ParsedReceipt {
        outcome: outcome(&body.r#type, body.data.permanent),
        message_id,
        attempt_id,
        provider_message_id: body.data.provider_id.and_then(cleaned),
        code: body.data.code.and_then(cleaned),
        happened_at,
    })
}

fn outcome(kind: &str, permanent: Option<bool>) -> Option<ReceiptOutcome> {
    match kind {
        "message.delivered" => Some(ReceiptOutcome::Delivered),
        "message.failed" if permanent == Some(true) => Some(ReceiptOutcome::UndeliveredPermanent),
        // A failure nobody has classed is temporary (rule of `ReceiptOutcome`).
        "message.failed" => Some(ReceiptOutcome::UndeliveredTemporary),
        _ => None,
    }
}

fn cleaned(reference: Reference) -> Option<String> {
    match reference {
        Reference::Text(text) => wire_text::code(&text),
        Reference::Number(number) => Some(number.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0190163d-8694-739b-aea5-966c26f8ad90";
    const ATTEMPT: &str = "0190163d-8694-739b-aea5-966c26f8ad91";

    fn body(kind: &str, more: &str) -> String {
        format!(
            r#"{{"type":"{kind}","timestamp":"2026-01-15T16:30:00+08:00","data":{{"id":"{ID}","attempt_id":"{ATTEMPT}"{more}}}}}"#
        )
    }

    #[test]
    fn a_delivery_is_read_whole() {
        let text = body(
            "message.delivered",
            r#","provider_id":8812,"code":"DELIVRD","x":[1]"#,
        );
        let receipt = parse(text.as_bytes()).unwrap();
        assert_eq!(
            receipt,
            ParsedReceipt {
                outcome: Some(ReceiptOutcome::Delivered),
                message_id: Some(ID.parse().unwrap()),
                attempt_id: Some(ATTEMPT.parse().unwrap()),
                provider_message_id: Some("8812".to_owned()),
                code: Some("DELIVRD".to_owned()),
                happened_at: Some("2026-01-15T08:30:00Z".parse().unwrap()),
            }
        );
    }

    #[test]
    fn only_delivered_counts_as_delivered() {
        let temporary = Some(ReceiptOutcome::UndeliveredTemporary);
        let permanent = Some(ReceiptOutcome::UndeliveredPermanent);
        let cases = [
            ("message.failed", "", temporary),
            ("message.failed", r#","permanent":false"#, temporary),
            ("message.failed", r#","permanent":true"#, permanent),
            ("message.accepted", "", None),
            ("message.sent", "", None),
            ("message.read", "", None),
            ("Message.Delivered", "", None),
            ("", "", None),
        ];
        for (kind, more, expected) in cases {
            assert_eq!(
                parse(body(kind, more).as_bytes()).unwrap().outcome,
                expected,
                "{kind}"
            );
        }
    }

    #[test]
    fn what_is_no_receipt_is_refused() {
        let malformed: [&[u8]; 5] = [b"", b"[]", b"{}", b"\xff", br#"{"type":1,"data":{}}"#];
        for text in malformed {
            assert_eq!(parse(text), Err(ReceiptError::Malformed));
        }
        let nameless: [&[u8]; 3] = [
            br#"{"type":"message.delivered","data":{}}"#,
            br#"{"type":"message.delivered","data":{"id":"13800138000"}}"#,
            br#"{"type":"message.delivered","data":{"id":null,"attempt_id":""}}"#,
        ];
        for text in nameless {
            assert_eq!(parse(text), Err(ReceiptError::NoReference));
        }
    }

    #[test]
    fn a_code_carries_no_text_and_a_strange_time_is_left_out() {
        let long = "9".repeat(200);
        let text = format!(
            r#"{{"type":"message.failed","timestamp":"now","data":{{"id":"{ID}","code":"王先生 MK:0001","provider_id":"{long}"}}}}"#
        );
        let receipt = parse(text.as_bytes()).unwrap();
        assert_eq!(receipt.code.as_deref(), Some("MK:0001"));
        assert_eq!(receipt.provider_message_id.unwrap().len(), 64);
        assert_eq!(receipt.happened_at, None);
    }
}
