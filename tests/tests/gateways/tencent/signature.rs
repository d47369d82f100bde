//! Keys and clocks; and what no log shows.

use chrono::TimeDelta;
use domain::delivery::Failure;
use gateways::{
    MessageGateway as _, Outgoing, SendError, TencentGateway, tencent::TencentSettings,
};
use serde_json::{Value, json};
use tests::fakes::{
    tencent::{Act, SECRET, verify},
    wire::{Reaction, Request},
};

use super::{NOTICE, setting, settings};
use crate::capture;

#[tokio::test]
async fn a_wrong_key_and_a_wrong_clock_are_refused() {
    let setting = setting().await;
    let of = |change: fn(&mut TencentSettings)| {
        let mut settings = settings(&setting.fake);
        change(&mut settings);
        TencentGateway::new(&settings).unwrap()
    };
    let cases = [
        (
            of(|it| it.secret_key = "another".into()),
            "AuthFailure.SignatureFailure",
        ),
        (
            of(|it| it.secret_id = "another".into()),
            "AuthFailure.SecretIdNotFound",
        ),
        (
            of(|it| it.sdk_app_id = "1".into()),
            "UnauthorizedOperation.SmsSdkAppIdVerifyFail",
        ),
        (of(|it| it.region = String::new()), "MissingParameter"),
    ];
    for (gateway, code) in cases {
        let error = gateway.send(&setting.usual()).await.unwrap_err();
        assert_eq!(error, SendError::new(Failure::Configuration, code));
    }
    for minutes in [-6, 6] {
        let message = Outgoing {
            sent_at: setting.clock.now() + TimeDelta::minutes(minutes),
            ..setting.usual()
        };
        let expired = SendError::new(Failure::Configuration, "AuthFailure.SignatureExpire");
        assert_eq!(setting.refusal(&message).await, expired);
    }
}

/// The service checks as the vendor's own signer signs.
#[test]
fn the_service_accepts_what_the_vendors_sdk_signs() {
    let text = include_str!("../../../../shared/gateways/fixtures/tencent_tc3_sendsms.json");
    let fixture: Value = serde_json::from_str(text).unwrap();
    for signer in ["python_sdk", "utf8_body", "utf8_body_with_action"] {
        let expected = &fixture[signer];
        let header = |name: &str, value: &Value| {
            let value = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            (name.to_owned(), value)
        };
        let request = |body: &str| Request {
            method: "POST".to_owned(),
            target: "/".to_owned(),
            headers: vec![
                header("Host", &fixture["host"]),
                header("Content-Type", &expected["content_type"]),
                header("X-TC-Action", &json!("SendSms")),
                header("X-TC-Timestamp", &fixture["timestamp"]),
                header("Authorization", &expected["authorization"]),
            ],
            body: body.as_bytes().to_vec(),
        };
        let id = fixture["secret_id"].as_str().unwrap();
        let secret = fixture["secret_key"].as_str().unwrap();
        let body = expected["body"].as_str().unwrap();
        let at = verify(&request(body), "sms", id, secret).unwrap();
        assert_eq!(at.timestamp(), fixture["timestamp"].as_i64().unwrap());
        let failure = Err("AuthFailure.SignatureFailure");
        assert_eq!(verify(&request(body), "sms", id, "another"), failure);
        assert_eq!(verify(&request("{}"), "sms", id, secret), failure);
        assert_eq!(verify(&request(body), "cvm", id, secret), failure);
    }
}

#[tokio::test]
async fn nothing_secret_or_personal_is_in_a_log_or_an_error() {
    capture::start();
    let setting = setting().await;
    setting.fake.script([Act::TakeThen(Reaction::Drop)]);
    let lost = setting.refusal(&setting.usual()).await;
    setting.look_up(&setting.usual(), None).await;
    let refused = setting
        .refusal(&setting.message(NOTICE, &["王先生", "王先生您好吗您好"]))
        .await;
    let shown = format!(
        "{:?} {:?} {lost:?} {lost} {refused:?}",
        setting.gateway,
        settings(&setting.fake)
    );
    let log = capture::text();
    assert!(log.contains("\"TRACE\""), "nothing was logged");
    for hidden in [SECRET, "13800138000", "王先生"] {
        assert!(!log.contains(hidden), "the log has {hidden}");
        assert!(!shown.contains(hidden), "{shown}");
    }
}
