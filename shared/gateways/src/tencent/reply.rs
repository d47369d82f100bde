//! Replies (cloud.tencent.com 382/5809). One object; nothing in it tells a repetition but number, text
//! and time.

use serde::Deserialize;

use super::receipt::number;
use crate::{
    push::{Loose, NotAPush, Reply},
    wire_text,
};

#[derive(Deserialize)]
struct Body {
    #[serde(default)]
    extend: Option<String>,
    mobile: Loose,
    #[serde(default)]
    nationcode: Option<Loose>,
    text: String,
    #[serde(default)]
    time: Option<Loose>,
}

/// Reads a reply.
///
/// # Errors
/// [`NotAPush`].
pub fn parse(body: &[u8]) -> Result<Reply, NotAPush> {
    let body: Body = serde_json::from_slice(body).or(Err(NotAPush))?;
    Ok(Reply {
        sender: number(body.nationcode, Some(body.mobile)),
        text: body.text,
        extension: body.extend.as_deref().and_then(wire_text::reference),
        provider_reply_id: None,
        sent_at: body.time.as_ref().and_then(Loose::seconds),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn the_recorded_reply_is_read() {
        let text = include_str!("../../fixtures/push_payloads_and_responses.json");
        let all: Value = serde_json::from_str(text).unwrap();
        let body = all["tencent_reply"]["request"].to_string();
        let expected = Reply {
            sender: Some("+8613800138000".to_owned()),
            text: "TD".to_owned(),
            extension: None,
            provider_reply_id: None,
            sent_at: Some("2026-01-15T09:00:00Z".parse().unwrap()),
        };
        assert_eq!(parse(body.as_bytes()), Ok(expected));
        for body in ["", "[]", "{}", r#"{"mobile":"1","text":null}"#] {
            assert_eq!(parse(body.as_bytes()), Err(NotAPush), "{body}");
        }
    }
}
