//! SmsReport: receipts (help.aliyun.com 101867). An array, posted again until it is acknowledged.

use serde::Deserialize;

use crate::{
    china_time,
    push::{self, NotAPush, Pushed, Report},
    wire_text,
};

#[derive(Deserialize)]
struct Body {
    #[serde(default)]
    phone_number: Option<push::Loose>,
    #[serde(default)]
    report_time: Option<String>,
    #[serde(default)]
    success: Option<bool>,
    #[serde(default)]
    err_code: Option<String>,
    #[serde(default)]
    biz_id: Option<String>,
    #[serde(default)]
    out_id: Option<String>,
}

/// Reads receipts. One that names neither our attempt nor the vendor's reference is unreadable.
///
/// # Errors
/// [`NotAPush`] for what is no array.
pub fn parse(body: &[u8]) -> Result<Pushed<Report>, NotAPush> {
    push::each(body, |one: Body| {
        let code = one.err_code.as_deref().and_then(wire_text::code);
        let report = Report {
            outcome: push::outcome(one.success, code.as_deref()),
            provider_message_id: one.biz_id.as_deref().and_then(wire_text::reference),
            attempt_id: one.out_id.and_then(|id| id.parse().ok()),
            recipient: one
                .phone_number
                .and_then(|number| push::e164(&number.into_text())),
            code,
            happened_at: one.report_time.as_deref().and_then(china_time::parse),
        };
        let named = report.attempt_id.is_some() || report.provider_message_id.is_some();
        named.then_some(report)
    })
}

#[cfg(test)]
mod tests {
    use domain::delivery::ReceiptOutcome;
    use serde_json::Value;

    use super::*;
    use crate::aliyun::ACKNOWLEDGEMENT;

    fn recorded() -> Value {
        let text = include_str!("../../fixtures/push_payloads_and_responses.json");
        let all: Value = serde_json::from_str(text).unwrap();
        all["aliyun_smsreport"].clone()
    }

    #[test]
    fn the_recorded_receipts_are_read() {
        let pushed = parse(recorded()["request"].to_string().as_bytes()).unwrap();
        assert_eq!(pushed.unreadable, 0);
        let [delivered, suspended] = pushed.items.try_into().unwrap();
        assert_eq!(
            delivered,
            Report {
                outcome: Some(ReceiptOutcome::Delivered),
                provider_message_id: Some("900619746936498440^0".to_owned()),
                attempt_id: None,
                recipient: Some("+8613800138000".to_owned()),
                code: Some("DELIVERED".to_owned()),
                happened_at: Some("2026-01-15T08:30:03Z".parse().unwrap()),
            }
        );
        let temporary = Some(ReceiptOutcome::UndeliveredTemporary);
        assert_eq!(suspended.outcome, temporary);
        assert_eq!(suspended.code.as_deref(), Some("MOBILE_NOT_ON_SERVICE"));
    }

    #[test]
    fn our_attempt_comes_back_and_a_stranger_is_unreadable() {
        let body = r#"[
            {"out_id":"0190163d-8694-739b-aea5-966c26f8ad91","success":false,"err_code":"MK:0001"},
            {"success":true,"err_code":"DELIVERED"},
            {"biz_id":1},
            7
        ]"#;
        let pushed = parse(body.as_bytes()).unwrap();
        assert_eq!((pushed.items.len(), pushed.unreadable), (1, 3));
        let id = "0190163d-8694-739b-aea5-966c26f8ad91".parse().unwrap();
        assert_eq!(pushed.items[0].attempt_id, Some(id));
        let permanent = Some(ReceiptOutcome::UndeliveredPermanent);
        assert_eq!(pushed.items[0].outcome, permanent);
    }

    #[test]
    fn the_acknowledgement_is_the_one_that_ends_the_repetitions() {
        let ours: Value = serde_json::from_str(ACKNOWLEDGEMENT).unwrap();
        assert_eq!(ours, recorded()["reply"]["body"]);
    }
}
