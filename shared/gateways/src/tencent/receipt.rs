//! Receipts (cloud.tencent.com 382/5807). An array; joined by `sid`, the `SerialNo` of the answer, and
//! possibly earlier than we have stored that.

use serde::Deserialize;

use crate::{
    china_time,
    push::{self, Loose, NotAPush, Pushed, Report},
    wire_text,
};

#[derive(Deserialize)]
struct Body {
    #[serde(default)]
    user_receive_time: Option<String>,
    #[serde(default)]
    nationcode: Option<Loose>,
    #[serde(default)]
    mobile: Option<Loose>,
    #[serde(default)]
    report_status: Option<String>,
    #[serde(default)]
    errmsg: Option<String>,
    sid: String,
}

/// What the vendor's word says; others say nothing.
pub(super) fn delivered(report_status: &str) -> Option<bool> {
    match report_status {
        "SUCCESS" => Some(true),
        "FAIL" => Some(false),
        _ => None,
    }
}

/// A number in two parts, in E.164.
pub(super) fn number(nation: Option<Loose>, mobile: Option<Loose>) -> Option<String> {
    let (nation, mobile) = (nation?.into_text(), mobile?.into_text());
    push::e164(&format!("+{nation}{mobile}"))
}

/// Reads receipts. One without the vendor's reference is unreadable.
///
/// # Errors
/// [`NotAPush`] for what is no array.
pub fn parse(body: &[u8]) -> Result<Pushed<Report>, NotAPush> {
    push::each(body, |one: Body| {
        let code = one.errmsg.as_deref().and_then(wire_text::code);
        let word = one.report_status.as_deref();
        Some(Report {
            outcome: push::outcome(word.and_then(delivered), code.as_deref()),
            provider_message_id: Some(wire_text::reference(&one.sid)?),
            attempt_id: None,
            recipient: number(one.nationcode, one.mobile),
            code,
            happened_at: one.user_receive_time.as_deref().and_then(china_time::parse),
        })
    })
}

#[cfg(test)]
mod tests {
    use domain::delivery::ReceiptOutcome;
    use serde_json::Value;

    use super::*;
    use crate::tencent::ACKNOWLEDGEMENT;

    fn recorded() -> Value {
        let text = include_str!("../../fixtures/push_payloads_and_responses.json");
        let all: Value = serde_json::from_str(text).unwrap();
        all["tencent_status"].clone()
    }

    #[test]
    fn the_recorded_receipts_are_read() {
        let pushed = parse(recorded()["request"].to_string().as_bytes()).unwrap();
        assert_eq!(pushed.unreadable, 0);
        let [delivered, nobody] = pushed.items.try_into().unwrap();
        assert_eq!(
            delivered,
            Report {
                outcome: Some(ReceiptOutcome::Delivered),
                provider_message_id: Some("5000:1045710669157053657849499619".to_owned()),
                attempt_id: None,
                recipient: Some("+8613800138000".to_owned()),
                code: Some("DELIVRD".to_owned()),
                happened_at: Some("2026-01-15T08:30:04Z".parse().unwrap()),
            }
        );
        let permanent = Some(ReceiptOutcome::UndeliveredPermanent);
        assert_eq!(nobody.outcome, permanent);
        assert_eq!(nobody.code.as_deref(), Some("MK:0001"));
    }

    #[test]
    fn another_word_is_no_delivery() {
        for word in ["success", "SUCCESSFUL", "", "SENT"] {
            let body = format!(r#"[{{"sid":"1","report_status":"{word}","errmsg":"DELIVRD"}}]"#);
            let pushed = parse(body.as_bytes()).unwrap();
            assert_eq!(pushed.items[0].outcome, None, "{word}");
        }
        let pushed = parse(br#"[{"report_status":"SUCCESS"},{"sid":""}]"#).unwrap();
        assert_eq!((pushed.items.len(), pushed.unreadable), (0, 2));
    }

    #[test]
    fn the_acknowledgement_is_the_documented_one() {
        let ours: Value = serde_json::from_str(ACKNOWLEDGEMENT).unwrap();
        assert_eq!(ours, recorded()["reply"]["body"]);
    }
}
