use serde_json::{Value, json};

use super::*;

/// An account of these settings, as both programs open it.
fn opened(account: Value) -> Provider {
    let account: ProviderConfig = serde_json::from_value(account).unwrap();
    let config = Config::defaults().unwrap();
    open(&account, &config, &Randomness::seeded(1), &mut None).unwrap()
}

/// What a vendor drops without a word, refuses, or does not know again, the worker has to know of.
#[test]
fn an_account_has_the_limits_of_its_kind() {
    let limits = |account: Value| {
        let it = opened(account);
        let repetition = it.knows_repetition_for;
        (it.per_person_a_minute, it.per_number_gap, repetition)
    };
    let wecom = json!({
        "name": "corp", "kind": "wecom", "corp_id": "ww1", "agent_id": 1_000_002, "secret": "corp",
    });
    let known = wecom::REPETITION_KNOWN_FOR;
    assert_eq!(limits(wecom), (Some(12), None, known));
    let email = json!({
        "name": "mail", "kind": "email", "host": "127.0.0.1", "tls": "none",
        "from": "notice@example.gov.cn",
    });
    assert_eq!(limits(email), (None, None, TimeDelta::days(1)));
    let webhook = json!({
        "name": "town-hall", "kind": "webhook", "url": "https://sms.example.gov.cn/in",
        "secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
    });
    assert_eq!(limits(webhook), (None, None, TimeDelta::MAX));
    let tencent = json!({
        "name": "tencent-main", "kind": "tencent", "key_id": "AKID", "app_id": "1400006666",
        "secret": "hunter2",
    });
    let gap = Some(TimeDelta::seconds(45));
    assert_eq!(limits(tencent), (None, gap, TimeDelta::zero()));
}
