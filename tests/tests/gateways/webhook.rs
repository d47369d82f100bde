//! The office's own platform: what it believes, as the reference library signs it.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use tests::fakes::{webhook::verify, wire::Request};

/// A request of the reference library, its secret, and when it was signed (UTC).
fn signed(case: &Value) -> (Request, &str, DateTime<Utc>) {
    let text = |name: &str| case[name].as_str().unwrap().to_owned();
    let at = case["timestamp"].as_i64().unwrap();
    let headers = [
        ("webhook-id", text("id")),
        ("webhook-timestamp", at.to_string()),
        ("webhook-signature", text("signature")),
    ];
    let request = Request {
        method: "POST".to_owned(),
        target: "/messages".to_owned(),
        headers: headers
            .map(|(name, value)| (name.to_owned(), value))
            .to_vec(),
        body: text("payload").into_bytes(),
    };
    let at = DateTime::from_timestamp(at, 0).unwrap();
    (request, case["secret"].as_str().unwrap(), at)
}

#[test]
fn the_platform_accepts_what_the_reference_signs_and_nothing_else() {
    let text = include_str!("../../../shared/gateways/fixtures/standard_webhooks.json");
    let fixture: Value = serde_json::from_str(text).unwrap();
    let cases = fixture["cases"].as_array().unwrap();
    assert!(!cases.is_empty());
    let other = "whsec_dGVzdHMgdGVzdHMgdGVzdHMgdGVzdHMgdGVzdHM=";
    for case in cases {
        let (request, secret, at) = signed(case);
        let changed = |change: &dyn Fn(&mut Request)| {
            let mut changed = request.clone();
            change(&mut changed);
            verify(&changed, secret, at)
        };
        let header = |place: usize, value: &str| {
            changed(&|request| value.clone_into(&mut request.headers[place].1))
        };
        assert_eq!(changed(&|_| ()), Ok(()));
        let several = format!("v1,AAAA {}", case["signature"].as_str().unwrap());
        assert_eq!(header(2, &several), Ok(()));
        for minutes in [-6, 6] {
            let far = verify(&request, secret, at + TimeDelta::minutes(minutes));
            assert_eq!(far, Err("webhook-timestamp"));
        }
        let refused = Err("webhook-signature");
        assert_eq!(verify(&request, other, at), refused);
        assert_eq!(changed(&|request| request.body.push(b' ')), refused);
        assert_eq!(header(0, "msg_other"), refused);
        assert_eq!(header(1, &(at.timestamp() + 1).to_string()), refused);
        assert_eq!(header(0, ""), Err("webhook-id"));
        assert_eq!(header(1, "soon"), Err("webhook-timestamp"));
        assert_eq!(changed(&|request| request.headers.truncate(2)), refused);
    }
}
