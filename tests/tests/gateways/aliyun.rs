//! The Aliyun client against a service that checks what the vendor checks.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use chrono::TimeDelta;
use domain::{
    channel_limits::aliyun::VariableRule,
    delivery::{Failure, ReceiptOutcome, says_bad_number},
};
use gateways::{
    AliyunGateway, Found, MessageGateway as _, Nonces, Outgoing, ProviderTemplate, SendError,
    Sought,
    aliyun::{AliyunSettings, Batch, BatchItem, receipt},
};
use platform::{Clock, ManualClock};
use serde_json::{Value, json};
use tests::fakes::{
    aliyun::{Act, FakeAliyun, KEY_ID, NOTICES_A_DAY, SECRET, verify},
    wire::{Reaction, Request},
};

use crate::{capture, outgoing};

const TIMEOUT: Duration = Duration::from_secs(20);
const TEMPLATE: &str = "SMS_100000001";

struct Setting {
    fake: FakeAliyun,
    gateway: AliyunGateway,
    clock: Arc<ManualClock>,
}

fn settings(fake: &FakeAliyun) -> AliyunSettings {
    AliyunSettings {
        endpoint: fake.url(),
        access_key_id: KEY_ID.to_owned(),
        access_key_secret: SECRET.into(),
        extend_code: Some("90".to_owned()),
        timeout: TIMEOUT,
        connect_timeout: TIMEOUT,
        allow_private_addresses: true,
    }
}

/// Numbers in a row: never twice the same.
fn nonces() -> Nonces {
    let next = AtomicU64::new(1);
    Nonces::new(move || u128::from(next.fetch_add(1, Ordering::Relaxed)))
}

/// At an instant (UTC).
async fn at(text: &str) -> Setting {
    let (clock, hands) = Clock::manual(text.parse().unwrap());
    let fake = FakeAliyun::start(clock).await;
    fake.approve_signature("城东服务站");
    let variables = [("name", VariableRule::Name), ("time", VariableRule::Time)];
    fake.approve_template(TEMPLATE, &variables);
    Setting {
        gateway: AliyunGateway::new(&settings(&fake), nonces()).unwrap(),
        fake,
        clock: hands,
    }
}

async fn setting() -> Setting {
    at("2026-06-05T01:00:00Z").await
}

fn template(params: &[(&str, &str)]) -> ProviderTemplate {
    let params = params
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    ProviderTemplate {
        provider_template_id: TEMPLATE.to_owned(),
        params: params.collect(),
    }
}

fn usual() -> ProviderTemplate {
    template(&[("name", "王先生"), ("time", "6月12日 17:00")])
}

impl Setting {
    fn message(&self) -> Outgoing {
        Outgoing {
            template: Some(usual()),
            ..outgoing(self.clock.now())
        }
    }

    async fn refusal(&self, message: &Outgoing) -> SendError {
        self.gateway.send(message).await.unwrap_err()
    }

    async fn look_up(&self, message: &Outgoing) -> Result<Found, SendError> {
        let sought = Sought {
            attempt_id: message.attempt_id,
            recipient: message.recipient.clone(),
            sent_at: message.sent_at,
            provider_message_id: None,
            now: self.clock.now(),
        };
        self.gateway.look_up(&sought).await
    }
}

#[tokio::test]
async fn a_message_is_taken_with_its_variables_and_its_reference_comes_back() {
    let setting = setting().await;
    let message = setting.message();
    let accepted = setting.gateway.send(&message).await.unwrap();
    assert!(!accepted.delivered, "only a receipt says delivered");
    let taken = &setting.fake.taken()[0];
    assert_eq!(
        accepted.provider_message_id.as_deref(),
        Some(taken.biz_id.as_str())
    );
    assert_eq!(taken.out_id, message.attempt_id.to_string());
    assert_eq!(
        (taken.to.as_str(), taken.signature.as_str()),
        ("13800138000", "城东服务站")
    );
    assert_eq!(taken.params["time"], "6月12日 17:00");
    assert_eq!(
        (setting.gateway.name(), setting.gateway.channel()),
        ("aliyun", domain::Channel::Sms)
    );
}

#[tokio::test]
async fn what_would_not_fit_is_refused_and_not_taken() {
    let setting = setting().await;
    let cases = [
        (
            template(&[("name", "王先生")]),
            "isv.TEMPLATE_MISSING_PARAMETERS",
        ),
        (
            template(&[("name", "王先生您好吗"), ("time", "17:00")]),
            "isv.PARAM_LENGTH_LIMIT",
        ),
        (
            template(&[("name", "王先生"), ("time", "2026年")]),
            "isv.TEMPLATE_PARAMS_ILLEGAL",
        ),
        (
            template(&[("name", "a.cn/b"), ("time", "17:00")]),
            "isv.PARAM_NOT_SUPPORT_URL",
        ),
    ];
    for (template, code) in cases {
        let message = Outgoing {
            template: Some(template),
            ..setting.message()
        };
        let expected = SendError::new(Failure::Permanent, code);
        assert_eq!(setting.refusal(&message).await, expected);
    }
    // Not ours to approve: an alarm, and another account.
    let unknown = ProviderTemplate {
        provider_template_id: "SMS_2".to_owned(),
        ..usual()
    };
    let messages = [
        (
            Outgoing {
                template: Some(unknown),
                ..setting.message()
            },
            "isv.SMS_TEMPLATE_ILLEGAL",
        ),
        (
            Outgoing {
                text: "【别处】您好".to_owned(),
                ..setting.message()
            },
            "isv.SMS_SIGNATURE_ILLEGAL",
        ),
    ];
    for (message, code) in messages {
        let expected = SendError::new(Failure::Configuration, code);
        assert_eq!(setting.refusal(&message).await, expected);
    }
    assert!(setting.fake.taken().is_empty());
}

#[tokio::test]
async fn what_cannot_be_a_call_is_not_made() {
    let setting = setting().await;
    let cases = [
        (
            Outgoing {
                template: None,
                ..setting.message()
            },
            "template_missing",
        ),
        (
            Outgoing {
                text: "您好".to_owned(),
                ..setting.message()
            },
            "signature_missing",
        ),
        (
            Outgoing {
                recipient: "+12025550123".to_owned(),
                ..setting.message()
            },
            "invalid_number",
        ),
    ];
    for (message, code) in cases {
        let expected = SendError::new(Failure::Permanent, code);
        assert_eq!(setting.refusal(&message).await, expected);
    }
    assert!(says_bad_number("invalid_number"));
    assert_eq!(setting.fake.calls(), 0);
}

#[tokio::test]
async fn an_answer_that_does_not_come_in_time_is_unknown() {
    let setting = setting().await;
    let impatient = AliyunSettings {
        timeout: Duration::from_secs(1),
        ..settings(&setting.fake)
    };
    let gateway = AliyunGateway::new(&impatient, nonces()).unwrap();
    setting
        .fake
        .script([Act::TakeThen(Reaction::Late(TIMEOUT, Value::Null))]);
    let error = gateway.send(&setting.message()).await.unwrap_err();
    assert_eq!(error, SendError::new(Failure::Unknown, "timeout"));
    assert_eq!(setting.fake.taken().len(), 1);
}

#[tokio::test]
async fn every_refusal_has_its_class() {
    let setting = setting().await;
    let refuse = |status, code| Act::Refuse(status, code, "触发分钟级流控Permits:1");
    let cases = [
        (refuse(200, "isv.MOBILE_NUMBER_ILLEGAL"), Failure::Permanent),
        (refuse(200, "isv.NEVER_HEARD_OF"), Failure::Permanent),
        (refuse(200, "isv.AMOUNT_NOT_ENOUGH"), Failure::Configuration),
        (
            refuse(403, "isp.RAM_PERMISSION_DENY"),
            Failure::Configuration,
        ),
        (refuse(200, "isv.BUSINESS_LIMIT_CONTROL"), Failure::Quota),
        (refuse(200, "isp.SYSTEM_ERROR"), Failure::Transient),
        (refuse(503, "ServiceUnavailable"), Failure::Transient),
        (refuse(400, "Throttling.User"), Failure::Transient),
        (
            Act::Instead(Reaction::Answer(502, Value::Null)),
            Failure::Transient,
        ),
        (
            Act::Instead(Reaction::Answer(504, Value::Null)),
            Failure::Unknown,
        ),
        (
            Act::Instead(Reaction::Answer(200, Value::Null)),
            Failure::Unknown,
        ),
        (Act::Instead(Reaction::Reset), Failure::Unknown),
        (Act::Instead(Reaction::Drop), Failure::Unknown),
    ];
    for (act, class) in cases {
        let shown = format!("{act:?}");
        setting.fake.script([act]);
        assert_eq!(
            setting.refusal(&setting.message()).await.class,
            class,
            "{shown}"
        );
    }
    assert!(setting.fake.taken().is_empty());
    let limit = "isv.BUSINESS_LIMIT_CONTROL";
    setting.fake.script([refuse(200, limit)]);
    let wait = setting.refusal(&setting.message()).await.retry_after;
    assert_eq!(wait, Some(Duration::from_mins(1)));
}

#[tokio::test]
async fn a_number_that_had_enough_is_left_alone_for_a_day() {
    let setting = setting().await;
    for _ in 0..NOTICES_A_DAY {
        setting.gateway.send(&setting.message()).await.unwrap();
    }
    let refusal = setting.refusal(&setting.message()).await;
    assert_eq!(refusal.class, Failure::Quota);
    assert_eq!(refusal.retry_after, Some(Duration::from_hours(24)));
    setting.clock.advance(TimeDelta::hours(24));
    setting.gateway.send(&setting.message()).await.unwrap();
}

#[tokio::test]
async fn codes_are_counted_by_minute_hour_and_day() {
    // Three seconds before a full minute.
    let setting = at("2026-06-05T01:00:57Z").await;
    let code = [("code", VariableRule::NumberCaptcha)];
    setting.fake.approve_template("SMS_3", &code);
    let send = async || {
        let template = ProviderTemplate {
            provider_template_id: "SMS_3".to_owned(),
            params: vec![("code".to_owned(), "012345".to_owned())],
        };
        let message = Outgoing {
            template: Some(template),
            ..setting.message()
        };
        setting.gateway.send(&message).await
    };
    let wait = async || send().await.unwrap_err().retry_after.unwrap();
    send().await.unwrap();
    assert_eq!(wait().await, Duration::from_secs(3));
    for _ in 0..4 {
        setting.clock.advance(TimeDelta::minutes(1));
        send().await.unwrap();
    }
    setting.clock.advance(TimeDelta::minutes(1));
    assert_eq!(wait().await, Duration::from_secs(54 * 60 + 3));
    setting.clock.advance(TimeDelta::hours(1));
    for _ in 0..5 {
        send().await.unwrap();
        setting.clock.advance(TimeDelta::minutes(1));
    }
    setting.clock.advance(TimeDelta::hours(1));
    assert_eq!(wait().await, Duration::from_hours(24));
    // Notices have a counter of their own.
    setting.gateway.send(&setting.message()).await.unwrap();
}

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

#[tokio::test]
async fn a_lost_answer_is_looked_up_before_anything_is_sent_again() {
    let setting = setting().await;
    setting.fake.lag(TimeDelta::seconds(40));
    let message = setting.message();
    setting.fake.script([Act::TakeThen(Reaction::Drop)]);
    let lost = setting.refusal(&message).await;
    assert_eq!(lost, SendError::new(Failure::Unknown, "connection_lost"));
    assert_eq!(setting.fake.taken().len(), 1);

    // Not found within the first minutes proves nothing: here it is there.
    assert_eq!(setting.look_up(&message).await, Ok(Found::CannotTell));
    setting.clock.advance(TimeDelta::seconds(60));
    let taken = Found::Taken {
        provider_message_id: None,
    };
    assert_eq!(setting.look_up(&message).await, Ok(taken));

    let receipt = setting
        .fake
        .settle(&setting.fake.taken()[0], true, "DELIVERED");
    let Found::Settled {
        outcome,
        code,
        happened_at,
        ..
    } = setting.look_up(&message).await.unwrap()
    else {
        panic!("the receipt settles it");
    };
    assert_eq!(outcome, ReceiptOutcome::Delivered);
    assert_eq!(code.as_deref(), Some("DELIVERED"));
    assert_eq!(happened_at, Some(setting.clock.now()));
    let posted = receipt::parse(json!([receipt]).to_string().as_bytes()).unwrap();
    assert_eq!(posted.items[0].attempt_id, Some(message.attempt_id));
    assert_eq!(posted.items[0].outcome, Some(ReceiptOutcome::Delivered));
}

#[tokio::test]
async fn only_a_whole_search_proves_that_nothing_was_taken() {
    let setting = setting().await;
    let message = setting.message();
    setting.fake.script([Act::Instead(Reaction::Drop)]);
    setting.refusal(&message).await;
    // Others to the same number, on more than one page.
    for _ in 0..2 {
        let another = setting.fake.taken().len();
        let kind = format!("SMS_{another}");
        setting.fake.approve_template(&kind, &[]);
        for _ in 0..NOTICES_A_DAY {
            let other = Outgoing {
                attempt_id: "0190163d-8694-739b-aea5-966c26f8ad99".parse().unwrap(),
                template: Some(ProviderTemplate {
                    provider_template_id: kind.clone(),
                    params: Vec::new(),
                }),
                ..setting.message()
            };
            setting.gateway.send(&other).await.unwrap();
        }
    }
    setting.clock.advance(TimeDelta::seconds(119));
    assert_eq!(setting.look_up(&message).await, Ok(Found::CannotTell));
    setting.clock.advance(TimeDelta::seconds(1));
    assert_eq!(setting.look_up(&message).await, Ok(Found::Absent));

    let half = json!({"Code":"OK","TotalCount":1,"SmsSendDetailDTOs":{"SmsSendDetailDTO":[]}});
    setting
        .fake
        .script([Act::Instead(Reaction::Answer(200, half))]);
    assert_eq!(setting.look_up(&message).await, Ok(Found::CannotTell));
    setting
        .fake
        .script([Act::Refuse(200, "isp.SYSTEM_ERROR", "")]);
    let failed = setting.look_up(&message).await.unwrap_err();
    assert_eq!(failed.class, Failure::Transient);
    for nothing in [
        json!({"Code":"OK"}),
        json!({"Code":"OK","TotalCount":0,"SmsSendDetailDTOs":{}}),
    ] {
        setting
            .fake
            .script([Act::Instead(Reaction::Answer(200, nothing))]);
        let error = setting.look_up(&message).await.unwrap_err();
        assert_eq!(
            error.class,
            Failure::Unknown,
            "an answer without its list is no proof"
        );
    }
    setting.clock.advance(TimeDelta::days(30));
    assert_eq!(setting.look_up(&message).await, Ok(Found::CannotTell));
}

/// Every way in which an answer gets lost, in turns: who asks before sending again sends nothing twice
/// and loses nothing.
#[tokio::test]
async fn who_asks_before_sending_again_sends_each_message_once() {
    let setting = setting().await;
    let ways = [
        None,
        Some(Act::TakeThen(Reaction::Drop)),
        Some(Act::Instead(Reaction::Drop)),
        Some(Act::TakeThen(Reaction::Reset)),
        Some(Act::TakeThen(Reaction::Answer(200, Value::Null))),
        Some(Act::TakeThen(Reaction::Answer(504, Value::Null))),
        Some(Act::Refuse(503, "ServiceUnavailable", "")),
        Some(Act::Instead(Reaction::Reset)),
    ];
    let messages = 60;
    for place in 0..messages {
        setting.fake.script(ways[place % ways.len()].clone());
        let message = |sent_at| Outgoing {
            attempt_id: format!("0190163d-8694-739b-aea5-{place:012}")
                .parse()
                .unwrap(),
            recipient: format!("+86138001{place:05}"),
            sent_at,
            ..setting.message()
        };
        loop {
            let message = message(setting.clock.now());
            let Err(error) = setting.gateway.send(&message).await else {
                break;
            };
            setting.clock.advance(TimeDelta::minutes(2));
            if error.class == Failure::Transient {
                continue;
            }
            assert_eq!(error.class, Failure::Unknown);
            match setting.look_up(&message).await.unwrap() {
                Found::Taken { .. } => break,
                Found::Absent => {}
                other => panic!("{other:?}"),
            }
        }
    }
    let taken = setting.fake.taken();
    let ids: BTreeSet<_> = taken.iter().map(|one| one.out_id.clone()).collect();
    assert_eq!((taken.len(), ids.len()), (messages, messages));
}

#[tokio::test]
async fn a_message_near_midnight_is_looked_for_on_both_days() {
    // 23:59 in China; the vendor notes it a minute later, on the next day.
    let setting = at("2026-06-05T15:59:00Z").await;
    let message = setting.message();
    setting.clock.advance(TimeDelta::minutes(1));
    setting.fake.script([Act::TakeThen(Reaction::Reset)]);
    setting.refusal(&message).await;
    setting.clock.advance(TimeDelta::minutes(2));
    let taken = Found::Taken {
        provider_message_id: None,
    };
    assert_eq!(setting.look_up(&message).await, Ok(taken));
}

#[tokio::test]
async fn receipts_come_late_twice_out_of_order_and_about_strangers() {
    let setting = setting().await;
    setting.gateway.send(&setting.message()).await.unwrap();
    let taken = setting.fake.taken().remove(0);
    let early = setting.fake.settle(&taken, false, "NEVER_HEARD_OF");
    setting.clock.advance(TimeDelta::hours(20));
    let late = setting.fake.settle(&taken, true, "DELIVERED");
    let strange = json!({"biz_id":"1^0","success":true,"err_code":"NEVER_HEARD_OF"});
    let body = json!([late, early, early, strange, {}]).to_string();
    let posted = receipt::parse(body.as_bytes()).unwrap();
    assert_eq!((posted.items.len(), posted.unreadable), (4, 1));
    let outcomes: Vec<_> = posted.items.iter().map(|report| report.outcome).collect();
    let temporary = Some(ReceiptOutcome::UndeliveredTemporary);
    assert_eq!(
        outcomes,
        [Some(ReceiptOutcome::Delivered), temporary, temporary, None]
    );
    assert_eq!(
        posted.items[1], posted.items[2],
        "a repetition is told by its likeness"
    );
    let references = posted.items.iter().take(3);
    assert!(
        references
            .clone()
            .all(|it| it.provider_message_id.as_deref() == Some(&taken.biz_id))
    );
    assert!(posted.items[0].happened_at > posted.items[1].happened_at);
}

#[tokio::test]
async fn a_batch_is_taken_whole_or_not_at_all() {
    let setting = setting().await;
    let item = |last: usize| BatchItem {
        recipient: format!("+861380013{last:04}"),
        signature: "城东服务站".to_owned(),
        params: usual().params,
    };
    let batch = |items: Vec<BatchItem>| Batch {
        attempt_id: "0190163d-8694-739b-aea5-966c26f8ad91".parse().unwrap(),
        provider_template_id: TEMPLATE.to_owned(),
        items,
        sent_at: setting.clock.now(),
    };
    let accepted = setting
        .gateway
        .send_batch(&batch((0..100).map(item).collect()))
        .await
        .unwrap();
    let taken = setting.fake.taken();
    assert_eq!(taken.len(), 100);
    assert!(
        taken
            .iter()
            .all(|one| Some(&one.biz_id) == accepted.provider_message_id.as_ref())
    );
    assert_eq!(
        (taken[99].to.as_str(), taken[99].params["name"].as_str()),
        ("13800130099", "王先生")
    );

    let mut mixed: Vec<BatchItem> = (200..202).map(item).collect();
    mixed[1].params[0].1 = "Wang".to_owned();
    let error = setting.gateway.send_batch(&batch(mixed)).await.unwrap_err();
    assert_eq!(
        error,
        SendError::new(Failure::Permanent, "isv.TEMPLATE_PARAMS_ILLEGAL")
    );
    for size in [0, 101] {
        let error = setting
            .gateway
            .send_batch(&batch((0..size).map(item).collect()))
            .await;
        assert_eq!(error, Err(SendError::new(Failure::Permanent, "batch_size")));
    }
    assert_eq!(setting.fake.taken().len(), 100);
}

/// The service checks as the vendor's own signer signs, with all headers or the least.
#[test]
fn the_service_accepts_what_the_vendors_sdk_signs() {
    for text in [
        include_str!("../../../shared/gateways/fixtures/aliyun_v3_sendsms.json"),
        include_str!("../../../shared/gateways/fixtures/aliyun_v3_querysenddetails.json"),
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
