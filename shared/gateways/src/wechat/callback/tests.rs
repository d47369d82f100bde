mod events;
mod vectors;

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

use super::*;
use domain::delivery::ReceiptOutcome;

const OPEN_ID: &str = "oia2TjuEGTNoeX76QEjQNrcURxG8";

fn fixture() -> Value {
    let text = include_str!("../../../fixtures/wechat_callback_vectors.json");
    serde_json::from_str(text).unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn keys(token: &Value, key: &Value, account: &Value) -> CallbackKeys {
    let key = SecretString::from(text(key));
    CallbackKeys::new(text(token).into(), &key, None, text(account).to_owned()).unwrap()
}

fn ours(fixture: &Value) -> CallbackKeys {
    keys(
        &fixture["token"],
        &fixture["encoding_aes_key"],
        &fixture["appid"],
    )
}

fn query<'a>(timestamp: &'a Value, nonce: &'a Value, signature: &'a Value) -> SignedQuery<'a> {
    SignedQuery {
        timestamp: text(timestamp),
        nonce: text(nonce),
        signature: text(signature),
    }
}

fn at(timestamp: &Value) -> DateTime<Utc> {
    DateTime::from_timestamp(text(timestamp).parse().unwrap(), 0).unwrap()
}

/// The query and the body of a recorded case.
fn case<'a>(fixture: &'a Value, name: &str) -> (SignedQuery<'a>, &'a [u8], DateTime<Utc>) {
    let case = &fixture["encrypted"]["cases"][name];
    let query = query(
        &fixture["timestamp"],
        &fixture["nonce"],
        &case["msg_signature"],
    );
    (
        query,
        text(&case["request_body"]).as_bytes(),
        at(&fixture["timestamp"]),
    )
}

fn open(fixture: &Value, name: &str) -> Notice {
    let (query, body, now) = case(fixture, name);
    let opened = ours(fixture).open(query, body, now).unwrap();
    let again = notice_of(&opened.item.body).unwrap();
    assert_eq!(format!("{again:?}"), format!("{:?}", opened.notice));
    opened.notice
}

#[test]
fn the_check_of_the_url_passes_with_our_token_alone() {
    let fixture = fixture();
    let check = &fixture["url_verification"];
    let query = query(
        &fixture["timestamp"],
        &fixture["nonce"],
        &check["signature"],
    );
    let now = at(&fixture["timestamp"]);
    assert_eq!(ours(&fixture).check_url(query, now), Ok(()));
    let other = keys(
        &"other".into(),
        &fixture["encoding_aes_key"],
        &fixture["appid"],
    );
    assert_eq!(other.check_url(query, now), Err(CallbackError::Signature));
}

#[test]
fn every_recorded_message_decrypts_to_its_plain_text() {
    let fixture = fixture();
    let cases = fixture["encrypted"]["cases"].as_object().unwrap();
    assert_eq!(cases.len(), 5);
    for (name, case) in cases {
        let plain = ours(&fixture).decrypt(text(&case["encrypt"])).unwrap();
        assert_eq!(plain, text(&case["plaintext_xml"]).as_bytes(), "{name}");
        let (query, ..) = self::case(&fixture, name);
        let encrypted = Some(text(&case["encrypt"]));
        assert_eq!(ours(&fixture).check(query, encrypted), Ok(()), "{name}");
    }
}

/// The vectors on the vendors' pages, which no library made.
#[test]
fn the_published_messages_decrypt() {
    let fixture = fixture();
    let check = &fixture["wecom_published_url_verification"];
    let wecom = keys(&check["token"], &check["aes"], &check["corp"]);
    let asked = query(&check["ts"], &check["nonce"], &check["sig"]);
    assert_eq!(wecom.check(asked, Some(text(&check["echo"]))), Ok(()));
    let echo = wecom.decrypt(text(&check["echo"])).unwrap();
    assert_eq!(echo, text(&check["decrypted_echostr"]).as_bytes());
    let message = &fixture["wecom_published_message"];
    let posted = query(&message["ts"], &message["nonce"], &message["sig"]);
    assert_eq!(wecom.check(posted, Some(text(&message["enc"]))), Ok(()));
    let plain = wecom.decrypt(text(&message["enc"])).unwrap();
    assert_eq!(plain, text(&message["decrypted"]).as_bytes());

    let published = &fixture["published_secure_mode"];
    let wechat = keys(&published["token"], &published["aes"], &published["appid"]);
    let verify = &published["get_verify"];
    let asked = query(&verify["timestamp"], &verify["nonce"], &verify["signature"]);
    assert_eq!(wechat.check_url(asked, at(&verify["timestamp"])), Ok(()));
    let secure = &published["secure"];
    let posted = query(
        &secure["timestamp"],
        &secure["nonce"],
        &secure["msg_signature"],
    );
    let body = serde_json::json!({ "ToUserName": "gh_97417a04a28d", "Encrypt": secure["encrypt"] });
    let notice = wechat.open(
        posted,
        body.to_string().as_bytes(),
        at(&secure["timestamp"]),
    );
    let notice = notice.unwrap();
    assert_eq!(
        notice.notice.open_id.expose_secret(),
        "o9AgO5Kd5ggOC-bXrbNODIiE3bGY"
    );
    assert!(matches!(notice.notice.event, Event::Other));
}

#[test]
fn receipts_of_template_messages_are_read() {
    let fixture = fixture();
    let expected = [
        (
            "success",
            "2398213457",
            ReceiptOutcome::Delivered,
            "success",
        ),
        (
            "user_block",
            "2398213458",
            ReceiptOutcome::UndeliveredPermanent,
            "failed:userblock",
        ),
        (
            "system_failed",
            "2398213459",
            ReceiptOutcome::UndeliveredTemporary,
            "failed:systemfailed",
        ),
    ];
    for (name, id, outcome, code) in expected {
        let notice = open(&fixture, &format!("templatesendjobfinish_{name}"));
        assert_eq!(notice.open_id.expose_secret(), OPEN_ID);
        let Event::TemplateSent(finished) = notice.event else {
            panic!("{name}: {notice:?}")
        };
        let expected = Finished {
            provider_message_id: Some(id.to_owned()),
            outcome,
            code: Some(code.to_owned()),
        };
        assert_eq!(finished, expected);
    }
}

#[test]
fn receipts_of_subscribe_messages_and_texts_are_read() {
    let fixture = fixture();
    let notice = open(&fixture, "subscribe_msg_sent_event");
    assert_eq!(
        notice.happened_at,
        DateTime::from_timestamp(1_620_963_428, 0).unwrap()
    );
    let Event::SubscribeSent(sent) = notice.event else {
        panic!("{notice:?}")
    };
    let finished = Finished {
        provider_message_id: Some("1864323726461255680".to_owned()),
        outcome: ReceiptOutcome::Delivered,
        code: Some("0".to_owned()),
    };
    let template = "BEwX0BOT3MqK3Uc5oTU3CGBqzjpndk2jzUf7VfExd8".to_owned();
    assert_eq!(sent, [(template, finished)]);

    let notice = open(&fixture, "text_td");
    assert!(!format!("{notice:?}").contains("退订"));
    let Event::Text {
        message_id,
        content,
    } = notice.event
    else {
        panic!("not a text")
    };
    assert_eq!(
        (message_id.as_str(), content.expose_secret()),
        ("24500000000000001", "退订 TD")
    );
}

#[test]
fn a_call_is_believed_only_as_it_was_signed_and_only_for_minutes() {
    let fixture = fixture();
    let keys = ours(&fixture);
    let (query, body, now) = case(&fixture, "text_td");
    for minutes in [-5, 5] {
        let later = now + TimeDelta::minutes(minutes);
        assert!(keys.open(query, body, later).is_ok());
        let much_later = later + TimeDelta::seconds(minutes.signum());
        assert_eq!(
            keys.open(query, body, much_later).unwrap_err(),
            CallbackError::Time
        );
    }
    let (other, ..) = case(&fixture, "subscribe_msg_sent_event");
    let forged = [
        SignedQuery {
            signature: other.signature,
            ..query
        },
        // Covers no body.
        SignedQuery {
            signature: text(&fixture["url_verification"]["signature"]),
            ..query
        },
        SignedQuery {
            signature: "",
            ..query
        },
        SignedQuery {
            nonce: "1",
            ..query
        },
    ];
    for query in forged {
        assert_eq!(
            keys.open(query, body, now).unwrap_err(),
            CallbackError::Signature
        );
    }
    for timestamp in ["", "x", "-1", "99999999999999999999"] {
        let query = SignedQuery { timestamp, ..query };
        assert_eq!(
            keys.open(query, body, now).unwrap_err(),
            CallbackError::Time
        );
    }
    for body in [&b"<xml></xml>"[..], b"", b"{}"] {
        assert_eq!(
            keys.open(query, body, now).unwrap_err(),
            CallbackError::Malformed
        );
    }
}

#[test]
fn another_account_and_another_key_are_refused() {
    let fixture = fixture();
    let encrypted = text(&fixture["encrypted"]["cases"]["text_td"]["encrypt"]).to_owned();
    let of_another = keys(
        &fixture["token"],
        &fixture["encoding_aes_key"],
        &"wx0".into(),
    );
    assert_eq!(
        of_another.decrypt(&encrypted),
        Err(CallbackError::OtherAccount)
    );
    let key = "A".repeat(43);
    let of_another = keys(&fixture["token"], &key.as_str().into(), &fixture["appid"]);
    assert_eq!(
        of_another.decrypt(&encrypted),
        Err(CallbackError::Encryption)
    );
    for text in ["", "AAAA", "no base64!", &encrypted[..88], &encrypted[4..]] {
        assert_eq!(
            ours(&fixture).decrypt(text),
            Err(CallbackError::Encryption),
            "{text}"
        );
    }
}

#[test]
fn the_previous_key_opens_while_the_key_is_replaced() {
    let fixture = fixture();
    let new = SecretString::from("A".repeat(43));
    let previous = SecretString::from(text(&fixture["encoding_aes_key"]));
    let account = text(&fixture["appid"]).to_owned();
    let token = SecretString::from(text(&fixture["token"]));
    let keys = CallbackKeys::new(token, &new, Some(&previous), account).unwrap();
    let (query, body, now) = case(&fixture, "text_td");
    assert!(keys.open(query, body, now).is_ok());
}

#[test]
fn a_key_with_spare_bits_set_is_a_key_and_other_text_is_none() {
    for (last, good) in [
        ("A", true),
        ("B", true),
        ("/", true),
        ("=", false),
        ("", false),
        ("AA", false),
    ] {
        let key = SecretString::from("A".repeat(42) + last);
        let parsed = CallbackKeys::new("t".into(), &key, None, String::new());
        assert_eq!(parsed.is_ok(), good, "{last}");
    }
    let fixture = fixture();
    let shown = format!("{:?}", ours(&fixture));
    for secret in ["reminderToken01", "abcdefghij", "69b71d79"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
