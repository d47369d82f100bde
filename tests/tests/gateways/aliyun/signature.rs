//! Keys, clocks and nonces; and what no log shows.

use chrono::TimeDelta;
use domain::delivery::Failure;
use gateways::{
    AliyunGateway, MessageGateway as _, Nonces, Outgoing, SendError, aliyun::AliyunSettings,
};
use serde_json::Value;
use tests::fakes::{
    aliyun::{Act, KEY_ID, SECRET, authorization, verify},
    wire::{Reaction, Request},
};

use super::{nonces, setting, settings, template};
use crate::capture;

#[tokio::test]
async fn a_wrong_key_a_wrong_clock_and_a_second_use_are_refused() {
    let setting = setting().await;
    let forged = AliyunSettings {
        access_key_secret: "another".into(),
        ..settings(&setting.fake)
    };
    let stranger = AliyunSettings {
        access_key_id: "another".to_owned(),
        ..settings(&setting.fake)
    };
    for (settings, code) in [
        (forged, "SignatureDoesNotMatch"),
        (stranger, "InvalidAccessKeyId.NotFound"),
    ] {
        let gateway = AliyunGateway::new(&settings, nonces()).unwrap();
        let error = gateway.send(&setting.message()).await.unwrap_err();
        assert_eq!(error, SendError::new(Failure::Configuration, code));
    }
    let late = Outgoing {
        sent_at: setting.clock.now() - TimeDelta::minutes(16),
        ..setting.message()
    };
    let expired = SendError::new(Failure::Configuration, "InvalidTimeStamp.Expired");
    assert_eq!(setting.refusal(&late).await, expired);

    let stuck = Nonces::new(|| 7);
    let gateway = AliyunGateway::new(&settings(&setting.fake), stuck).unwrap();
    gateway.send(&setting.message()).await.unwrap();
    let again = gateway.send(&setting.message()).await.unwrap_err();
    assert_eq!(
        again,
        SendError::new(Failure::Unknown, "SignatureNonceUsed")
    );
    assert_eq!(setting.fake.taken().len(), 1);
}

/// The service checks as the vendor's own signer signs, with all headers or the least.
#[test]
fn the_service_accepts_what_the_vendors_sdk_signs() {
    for text in [
        include_str!("../../../../shared/gateways/fixtures/aliyun_v3_sendsms.json"),
        include_str!("../../../../shared/gateways/fixtures/aliyun_v3_querysenddetails.json"),
    ] {
        let fixture: Value = serde_json::from_str(text).unwrap();
        for signer in ["python_sdk", "minimal"] {
            let signed = fixture[signer]["signed_headers_in"].as_object().unwrap();
            let mut headers: Vec<(String, String)> = signed
                .iter()
                .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
                .collect();
            let authorization = fixture[signer]["authorization"].as_str().unwrap();
            headers.push(("authorization".to_owned(), authorization.to_owned()));
            let request = |query: &str, body: &str| Request {
                method: "POST".to_owned(),
                target: format!("/?{query}"),
                headers: headers.clone(),
                body: body.as_bytes().to_vec(),
            };
            let query = fixture["query_string"].as_str().unwrap();
            let secret = fixture["access_key_secret"].as_str().unwrap();
            let check = |request, secret| verify(&request, "testAccessKeyId", secret);
            let mismatch = Err((400, "SignatureDoesNotMatch"));
            assert_eq!(check(request(query, ""), secret), Ok(()));
            assert_eq!(check(request(query, ""), "another"), mismatch);
            assert_eq!(check(request(query, "x"), secret), mismatch);
            let other = query.replace("13800138000", "13800138001");
            assert_eq!(check(request(&other, ""), secret), mismatch);
            let mut more = request(query, "");
            more.headers
                .push(("x-acs-security-token".to_owned(), "t".to_owned()));
            assert_eq!(
                check(more, secret),
                mismatch,
                "all of the vendor's headers are signed"
            );
        }
    }
}

/// The query is judged as it came over the wire: what is written otherwise than it is to be signed is
/// refused, even when it was signed as it was written.
#[test]
fn a_wrongly_encoded_query_is_refused() {
    let text = include_str!("../../../../shared/gateways/fixtures/aliyun_v3_sendsms.json");
    let fixture: Value = serde_json::from_str(text).unwrap();
    let signed = fixture["minimal"]["signed_headers_in"].as_object().unwrap();
    let names: Vec<&str> = signed.keys().map(String::as_str).collect();
    let check = |query: &str| {
        let headers = signed
            .iter()
            .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()));
        let mut request = Request {
            method: "POST".to_owned(),
            target: format!("/?{query}"),
            headers: headers.collect(),
            body: Vec::new(),
        };
        let signature = authorization(&request, &names, KEY_ID, SECRET);
        request
            .headers
            .push(("authorization".to_owned(), signature));
        verify(&request, KEY_ID, SECRET)
    };
    for good in [
        "",
        "A=",
        "A=1&B=2",
        "A=1%202%2A%2B~-_.",
        "A=%E5%BC%A0",
        fixture["query_string"].as_str().unwrap(),
    ] {
        assert_eq!(check(good), Ok(()), "{good}");
    }
    for bad in [
        "A=1+2",
        "A=1*2",
        "A=(1)",
        "A=1 2",
        "A=%e5%bc%a0",
        "A=%7E",
        "A=%41",
        "A=%2",
        "A=%",
        "A=%+1",
        "A=张",
        "A",
        "B=2&A=1",
        "A=1&&B=2",
    ] {
        assert_eq!(check(bad), Err((400, "SignatureDoesNotMatch")), "{bad}");
    }
}

#[tokio::test]
async fn nothing_secret_or_personal_is_in_a_log_or_an_error() {
    capture::start();
    let setting = setting().await;
    setting.fake.script([Act::TakeThen(Reaction::Drop)]);
    let lost = setting.refusal(&setting.message()).await;
    setting.look_up(&setting.message()).await.unwrap();
    let refused = Outgoing {
        template: Some(template(&[("name", "王先生"), ("time", "王先生")])),
        ..setting.message()
    };
    let refused = setting.refusal(&refused).await;
    let shown = format!(
        "{:?} {:?} {lost:?} {lost} {refused:?}",
        setting.gateway,
        settings(&setting.fake)
    );
    let log = capture::text();
    assert!(log.contains("\"TRACE\""), "nothing was logged");
    for hidden in [SECRET, "13800138000", "王先生", "%E7%8E%8B"] {
        assert!(!log.contains(hidden), "the log has {hidden}");
        assert!(!shown.contains(hidden), "{shown}");
    }
}
