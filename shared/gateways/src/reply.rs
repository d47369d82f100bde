//! What somebody answered to a message, as the office's platform posts it.
//!
//! The body is `{"type":"reply.received","timestamp":"…","data":{"id":…,"from":…,"text":…,
//! "message_id":…}}`: `data.id` is the platform's own, the same in every repetition; `message_id` is
//! ours, where the platform can tell.

use std::fmt;

use chrono::{DateTime, Utc};
use domain::{MessageId, contact::Phone};
use serde::Deserialize;

use crate::{push::Loose, wire_text};

/// A reply in our words. `Debug` shows neither number nor text.
#[derive(Clone, PartialEq, Eq)]
pub struct ParsedReply {
    /// The platform's id of it.
    pub provider_reply_id: String,
    /// Who sent it, if it is a mainland mobile.
    pub sender: Option<Phone>,
    /// The text, as it came.
    pub text: String,
    /// The message that it answers, if named.
    pub message_id: Option<MessageId>,
    /// When the platform says it was sent (UTC), if it does.
    pub sent_at: Option<DateTime<Utc>>,
}

impl fmt::Debug for ParsedReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ParsedReply")
            .field("provider_reply_id", &self.provider_reply_id)
            .field("message_id", &self.message_id)
            .field("sent_at", &self.sent_at)
            .finish_non_exhaustive()
    }
}

/// A body that is no reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the body is not a reply with an id")]
pub struct NotAReply;

#[derive(Deserialize)]
struct Body {
    r#type: String,
    #[serde(default)]
    timestamp: Option<String>,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    id: Loose,
    from: Loose,
    text: String,
    #[serde(default)]
    message_id: Option<String>,
}

/// Reads the body of a reply whose signature was checked. Unknown fields are passed over: the platform
/// may say more than we need.
///
/// # Errors
/// [`NotAReply`].
pub fn parse(body: &[u8]) -> Result<ParsedReply, NotAReply> {
    let body: Body = serde_json::from_slice(body).or(Err(NotAReply))?;
    if body.r#type != "reply.received" {
        return Err(NotAReply);
    }
    let id = wire_text::reference(&body.data.id.into_text()).ok_or(NotAReply)?;
    let sent_at = body
        .timestamp
        .and_then(|text| DateTime::parse_from_rfc3339(&text).ok())
        .map(|instant| instant.with_timezone(&Utc));
    Ok(ParsedReply {
        provider_reply_id: id,
        sender: Phone::parse(&body.data.from.into_text()).ok(),
        text: body.data.text,
        message_id: body.data.message_id.and_then(|id| id.parse().ok()),
        sent_at,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0190163d-8694-739b-aea5-966c26f8ad90";

    #[test]
    fn a_reply_is_read_whole() {
        let body = format!(
            r#"{{"type":"reply.received","timestamp":"2026-01-15T16:30:00+08:00","x":1,
                "data":{{"id":8812,"from":"+86 138-0013-8000","text":" １ ","message_id":"{ID}"}}}}"#
        );
        let expected = ParsedReply {
            provider_reply_id: "8812".to_owned(),
            sender: Some(Phone::parse("13800138000").unwrap()),
            text: " １ ".to_owned(),
            message_id: Some(ID.parse().unwrap()),
            sent_at: Some("2026-01-15T08:30:00Z".parse().unwrap()),
        };
        assert_eq!(parse(body.as_bytes()), Ok(expected));
    }

    #[test]
    fn a_strange_sender_message_or_time_is_left_out() {
        let body = r#"{"type":"reply.received","timestamp":"now",
            "data":{"id":"r-1","from":"10086","text":"","message_id":"one"}}"#;
        let read = parse(body.as_bytes()).unwrap();
        assert_eq!(
            (read.sender, read.message_id, read.sent_at),
            (None, None, None)
        );
    }

    #[test]
    fn what_is_no_reply_is_refused_and_nothing_is_shown() {
        for body in [
            "",
            "[]",
            "{}",
            r#"{"type":"reply.received","data":{"from":"13800138000","text":"1"}}"#,
            r#"{"type":"reply.received","data":{"id":"","from":"13800138000","text":"1"}}"#,
            r#"{"type":"reply.received","data":{"id":"1","text":"1"}}"#,
            r#"{"type":"reply.received","data":{"id":"1","from":"13800138000"}}"#,
            r#"{"type":"message.delivered","data":{"id":"1","from":"13800138000","text":"1"}}"#,
        ] {
            assert_eq!(parse(body.as_bytes()), Err(NotAReply), "{body}");
        }
        let body =
            r#"{"type":"reply.received","data":{"id":"1","from":"13800138000","text":"我想改期"}}"#;
        let shown = format!("{:?}", parse(body.as_bytes()).unwrap());
        assert!(!shown.contains("138") && !shown.contains("改期"), "{shown}");
    }
}
