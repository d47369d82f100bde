//! The Tencent Cloud client against a service that checks what the vendor checks.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use domain::{
    channel_limits::tencent::{NoticeVariables, Purpose},
    delivery::{Failure, ReceiptOutcome},
};
use gateways::{
    Found, MessageGateway as _, Outgoing, ProviderTemplate, SendError, Sought, TencentGateway,
    tencent::{MOST, REGION, SendSms, TencentSettings, receipt},
};
use platform::{Clock, ManualClock};
use serde_json::{Value, json};
use tests::fakes::{
    tencent::{APP_ID, Act, FakeTencent, SAME_TEXT, SECRET, SECRET_ID, verify},
    wire::{Reaction, Request},
};

use crate::{capture, outgoing};

const TIMEOUT: Duration = Duration::from_secs(20);
const NOTICE: &str = "1110";
const FIXED: &str = "1111";
const CODE: &str = "1112";

struct Setting {
    fake: FakeTencent,
    gateway: TencentGateway,
    clock: Arc<ManualClock>,
}

fn settings(fake: &FakeTencent) -> TencentSettings {
    TencentSettings {
        endpoint: fake.url(),
        region: REGION.to_owned(),
        secret_id: SECRET_ID.to_owned(),
        secret_key: SECRET.into(),
        sdk_app_id: APP_ID.to_owned(),
        extend_code: None,
        timeout: TIMEOUT,
        connect_timeout: TIMEOUT,
        allow_private_addresses: true,
    }
}

async fn setting() -> Setting {
    let (clock, hands) = Clock::manual("2026-06-05T01:00:00Z".parse().unwrap());
    let fake = FakeTencent::start(clock).await;
    fake.approve_signature("城东服务站");
    fake.approve_template(NOTICE, Purpose::Notice, 2);
    fake.approve_template(FIXED, Purpose::Notice, 0);
    fake.approve_template(CODE, Purpose::Code, 1);
    Setting {
        gateway: TencentGateway::new(&settings(&fake)).unwrap(),
        fake,
        clock: hands,
    }
}

impl Setting {
    fn message(&self, template: &str, params: &[&str]) -> Outgoing {
        let places = (1..).map(|place: usize| place.to_string());
        let values = params.iter().map(|value| (*value).to_owned());
        Outgoing {
            template: Some(ProviderTemplate {
                provider_template_id: template.to_owned(),
                params: places.zip(values).collect(),
            }),
            ..outgoing(self.clock.now())
        }
    }

    fn usual(&self) -> Outgoing {
        self.message(NOTICE, &["王先生", "6月12日"])
    }

    async fn refusal(&self, message: &Outgoing) -> SendError {
        self.gateway.send(message).await.unwrap_err()
    }

    async fn look_up(&self, message: &Outgoing, reference: Option<&str>) -> Found {
        let sought = Sought {
            attempt_id: message.attempt_id,
            recipient: message.recipient.clone(),
            sent_at: message.sent_at,
            provider_message_id: reference.map(str::to_owned),
            now: self.clock.now(),
        };
        self.gateway.look_up(&sought).await.unwrap()
    }
}

#[tokio::test]
async fn a_message_is_taken_with_its_values_and_its_reference_comes_back() {
    let setting = setting().await;
    let message = setting.usual();
    let accepted = setting.gateway.send(&message).await.unwrap();
    assert!(!accepted.delivered, "only a receipt says delivered");
    let taken = &setting.fake.taken()[0];
    assert_eq!(
        accepted.provider_message_id.as_deref(),
        Some(taken.serial_no.as_str())
    );
    assert_eq!(taken.session_context, message.attempt_id.to_string());
    assert_eq!(
        (taken.to.as_str(), taken.signature.as_str()),
        ("+8613800138000", "城东服务站")
    );
    assert_eq!(taken.params, ["王先生", "6月12日"]);
    assert_eq!(
        (setting.gateway.name(), setting.gateway.channel()),
        ("tencent", domain::Channel::Sms)
    );
}

#[tokio::test]
async fn what_would_not_fit_is_refused_and_not_taken() {
    let setting = setting().await;
    let value = "InvalidParameterValue";
    let cases = [
        (
            NOTICE,
            &["王先生"][..],
            "FailedOperation.TemplateParamSetNotMatchApprovedTemplate".to_owned(),
        ),
        (
            NOTICE,
            &["王先生", "6月12日 17:00"],
            format!("{value}.TemplateParameterLengthLimit"),
        ),
        (
            NOTICE,
            &["王先生", "a.cn"],
            format!("{value}.ProhibitedUseUrlInTemplateParameter"),
        ),
        (
            NOTICE,
            &["王先生", ""],
            format!("{value}.TemplateParameterFormatError"),
        ),
        (
            CODE,
            &["1234567"],
            format!("{value}.TemplateParameterLengthLimit"),
        ),
    ];
    for (template, params, code) in cases {
        let refusal = setting.refusal(&setting.message(template, params)).await;
        assert_eq!(refusal, SendError::new(Failure::Permanent, code));
    }
    let unknown = setting.refusal(&setting.message("1", &[])).await;
    let code = "FailedOperation.TemplateUnapprovedOrNotExist";
    assert_eq!(unknown, SendError::new(Failure::Configuration, code));
    let elsewhere = Outgoing {
        text: "【别处】您好".to_owned(),
        ..setting.usual()
    };
    let code = "FailedOperation.SignatureIncorrectOrUnapproved";
    assert_eq!(
        setting.refusal(&elsewhere).await,
        SendError::new(Failure::Configuration, code)
    );
    assert!(setting.fake.taken().is_empty());
}

#[tokio::test]
async fn an_account_that_may_use_no_variables_takes_the_fixed_text_and_codes() {
    let setting = setting().await;
    setting.fake.set_terms(NoticeVariables::Barred);
    let code = "InvalidParameterValue.UnsupportedTemplateVariable";
    let refusal = setting.refusal(&setting.usual()).await;
    assert_eq!(refusal, SendError::new(Failure::Permanent, code));
    setting
        .gateway
        .send(&setting.message(FIXED, &[]))
        .await
        .unwrap();
    setting
        .gateway
        .send(&setting.message(CODE, &["012345"]))
        .await
        .unwrap();
    assert_eq!(setting.fake.taken().len(), 2);
}

#[tokio::test]
async fn what_cannot_be_a_call_is_not_made() {
    let setting = setting().await;
    let cases = [
        (
            Outgoing {
                template: None,
                ..setting.usual()
            },
            "template_missing",
        ),
        (
            Outgoing {
                text: "您好".to_owned(),
                ..setting.usual()
            },
            "signature_missing",
        ),
        (
            Outgoing {
                recipient: "0571-88880000".to_owned(),
                ..setting.usual()
            },
            "invalid_number",
        ),
    ];
    for (message, code) in cases {
        let expected = SendError::new(Failure::Permanent, code);
        assert_eq!(setting.refusal(&message).await, expected);
    }
}

#[tokio::test]
async fn an_answer_that_does_not_come_in_time_is_unknown() {
    let setting = setting().await;
    let impatient = TencentSettings {
        timeout: Duration::from_secs(1),
        ..settings(&setting.fake)
    };
    let gateway = TencentGateway::new(&impatient).unwrap();
    setting
        .fake
        .script([Act::TakeThen(Reaction::Late(TIMEOUT, Value::Null))]);
    let error = gateway.send(&setting.usual()).await.unwrap_err();
    assert_eq!(error, SendError::new(Failure::Unknown, "timeout"));
    assert_eq!(setting.fake.taken().len(), 1);
}

#[tokio::test]
async fn every_refusal_has_its_class() {
    let setting = setting().await;
    let cases = [
        (
            Act::RefuseNumbers("FailedOperation.PhoneNumberInBlacklist"),
            Failure::Permanent,
        ),
        (
            Act::RefuseNumbers("FailedOperation.NeverHeardOf"),
            Failure::Permanent,
        ),
        (
            Act::RefuseNumbers("LimitExceeded.PhoneNumberDailyLimit"),
            Failure::Quota,
        ),
        (
            Act::RefuseNumbers("InternalError.OtherError"),
            Failure::Transient,
        ),
        (
            Act::RefuseNumbers("FailedOperation.InsufficientBalanceInSmsPackage"),
            Failure::Configuration,
        ),
        (
            Act::RefuseCall("UnauthorizedOperation.ServiceSuspendDueToArrears"),
            Failure::Configuration,
        ),
        (
            Act::RefuseCall("RequestLimitExceeded.UinLimitExceeded"),
            Failure::Transient,
        ),
        (Act::RefuseCall("InternalError.Timeout"), Failure::Transient),
        (
            Act::Instead(Reaction::Answer(503, Value::Null)),
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
        (
            Act::Instead(Reaction::Answer(
                200,
                json!({"Response":{"SendStatusSet":[]}}),
            )),
            Failure::Unknown,
        ),
        (Act::Instead(Reaction::Reset), Failure::Unknown),
        (Act::Instead(Reaction::Drop), Failure::Unknown),
    ];
    for (act, class) in cases {
        let shown = format!("{act:?}");
        setting.fake.script([act]);
        assert_eq!(
            setting.refusal(&setting.usual()).await.class,
            class,
            "{shown}"
        );
    }
    assert!(setting.fake.taken().is_empty());
}

#[tokio::test]
async fn the_same_text_waits_half_a_minute() {
    let setting = setting().await;
    setting.gateway.send(&setting.usual()).await.unwrap();
    let refusal = setting.refusal(&setting.usual()).await;
    assert_eq!(refusal.class, Failure::Quota);
    assert_eq!(refusal.retry_after, Some(SAME_TEXT.to_std().unwrap()));
    setting.clock.advance(SAME_TEXT);
    setting.gateway.send(&setting.usual()).await.unwrap();
}

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

#[tokio::test]
async fn each_number_of_a_call_has_its_own_verdict() {
    let setting = setting().await;
    let numbers = ["+8613800138000", "+8610086", "+8613900139000"].map(str::to_owned);
    let call = |recipients| SendSms {
        recipients,
        provider_template_id: NOTICE,
        signature: "城东服务站",
        params: &["王先生", "6月12日"],
        session_context: "attempt",
        sent_at: setting.clock.now(),
    };
    let verdicts = setting.gateway.send_sms(&call(&numbers)).await.unwrap();
    let taken = setting.fake.taken();
    assert_eq!(taken.len(), 2);
    let serials: Vec<_> = taken
        .iter()
        .map(|one| Some(one.serial_no.clone()))
        .collect();
    assert_eq!(
        verdicts[0].as_ref().unwrap().provider_message_id,
        serials[0]
    );
    assert_eq!(
        verdicts[2].as_ref().unwrap().provider_message_id,
        serials[1]
    );
    let code = "InvalidParameterValue.IncorrectPhoneNumber";
    assert_eq!(verdicts[1], Err(SendError::new(Failure::Permanent, code)));
    let many = vec!["+8613800138000".to_owned(); MOST + 1];
    for recipients in [&many[..0], &many] {
        let error = setting.gateway.send_sms(&call(recipients)).await;
        let error = error.unwrap_err();
        assert_eq!(error, SendError::new(Failure::Permanent, "batch_size"));
    }
}

#[tokio::test]
async fn a_question_finds_receipts_and_their_absence_proves_nothing() {
    let setting = setting().await;
    let message = setting.usual();
    setting.fake.script([Act::TakeThen(Reaction::Drop)]);
    let lost = setting.refusal(&message).await;
    assert_eq!(lost, SendError::new(Failure::Unknown, "connection_lost"));
    let taken = setting.fake.taken().remove(0);
    setting.clock.advance(TimeDelta::hours(1));
    assert_eq!(setting.look_up(&message, None).await, Found::CannotTell);

    // A receipt of some message to this number: without a reference it may be that of another.
    setting.fake.settle(&taken, false, "MK:0001");
    assert_eq!(setting.look_up(&message, None).await, Found::CannotTell);
    assert_eq!(
        setting.look_up(&message, Some("5000:other")).await,
        Found::CannotTell
    );
    let settled = Found::Settled {
        outcome: ReceiptOutcome::UndeliveredPermanent,
        code: Some("MK:0001".to_owned()),
        provider_message_id: Some(taken.serial_no.clone()),
        happened_at: Some(setting.clock.now()),
    };
    assert_eq!(
        setting.look_up(&message, Some(&taken.serial_no)).await,
        settled
    );
    setting.fake.repeat_context();
    assert_eq!(setting.look_up(&message, None).await, settled);
    setting.clock.advance(TimeDelta::days(7));
    assert_eq!(setting.look_up(&message, None).await, Found::CannotTell);
}

#[tokio::test]
async fn receipts_are_posted_or_pulled_and_joined_by_their_reference() {
    let setting = setting().await;
    setting.gateway.send(&setting.usual()).await.unwrap();
    let taken = setting.fake.taken().remove(0);
    let early = setting.fake.settle(&taken, false, "NEVER_HEARD_OF");
    setting.clock.advance(TimeDelta::hours(20));
    let late = setting.fake.settle(&taken, true, "DELIVRD");
    let strange = json!({"sid":"5000:1","report_status":"SUCCESS","errmsg":"NEVER_HEARD_OF"});
    let body = json!([late, early, early, strange, {}]).to_string();
    let posted = receipt::parse(body.as_bytes()).unwrap();
    assert_eq!((posted.items.len(), posted.unreadable), (4, 1));
    let outcomes: Vec<_> = posted.items.iter().map(|report| report.outcome).collect();
    let temporary = Some(ReceiptOutcome::UndeliveredTemporary);
    assert_eq!(
        outcomes,
        [Some(ReceiptOutcome::Delivered), temporary, temporary, None]
    );
    let serial = Some(taken.serial_no.clone());
    assert!(
        posted
            .items
            .iter()
            .take(3)
            .all(|report| report.provider_message_id == serial)
    );

    let now = setting.clock.now();
    let pulled = setting.gateway.pull_receipts(now).await.unwrap();
    assert_eq!(pulled, [posted.items[1].clone(), posted.items[0].clone()]);
    assert!(
        setting.gateway.pull_receipts(now).await.unwrap().is_empty(),
        "each is given once"
    );
}

/// The service checks as the vendor's own signer signs.
#[test]
fn the_service_accepts_what_the_vendors_sdk_signs() {
    let text = include_str!("../../../shared/gateways/fixtures/tencent_tc3_sendsms.json");
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
