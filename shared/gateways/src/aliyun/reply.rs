//! SmsUp: what people answer (help.aliyun.com 101847). An array, posted again until it is
//! acknowledged, with the same `sequence_id`.

use serde::Deserialize;

use crate::{
    china_time,
    push::{self, Loose, NotAPush, Pushed, Reply},
    wire_text,
};

#[derive(Deserialize)]
struct Body {
    phone_number: Loose,
    content: String,
    #[serde(default)]
    send_time: Option<String>,
    #[serde(default)]
    dest_code: Option<Loose>,
    #[serde(default)]
    sequence_id: Option<Loose>,
}

/// Reads replies.
///
/// # Errors
/// [`NotAPush`] for what is no array.
pub fn parse(body: &[u8]) -> Result<Pushed<Reply>, NotAPush> {
    push::each(body, |one: Body| {
        let text = |loose: Loose| wire_text::reference(&loose.into_text());
        Some(Reply {
            sender: push::e164(&one.phone_number.into_text()),
            text: one.content,
            extension: one.dest_code.and_then(text),
            provider_reply_id: one.sequence_id.and_then(text),
            sent_at: one.send_time.as_deref().and_then(china_time::parse),
        })
    })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn both_recorded_forms_are_read() {
        let text = include_str!("../../fixtures/push_payloads_and_responses.json");
        let all: Value = serde_json::from_str(text).unwrap();
        for form in ["request", "request_old_form"] {
            let body = all["aliyun_smsup"][form].to_string();
            let pushed = parse(body.as_bytes()).unwrap();
            let expected = Reply {
                sender: Some("+8613800138000".to_owned()),
                text: "TD".to_owned(),
                extension: Some("1234".to_owned()),
                provider_reply_id: Some("1234567890".to_owned()),
                sent_at: Some("2026-01-15T09:00:00Z".parse().unwrap()),
            };
            assert_eq!((pushed.items, pushed.unreadable), (vec![expected], 0));
        }
    }

    #[test]
    fn neither_number_nor_text_is_shown() {
        let body = r#"[{"phone_number":"13800138000","content":"我想改期"},{"content":"x"}]"#;
        let pushed = parse(body.as_bytes()).unwrap();
        assert_eq!((pushed.items.len(), pushed.unreadable), (1, 1));
        let shown = format!("{pushed:?}");
        assert!(!shown.contains("138") && !shown.contains("改期"), "{shown}");
    }
}
