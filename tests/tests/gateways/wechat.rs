//! The WeChat clients against a platform that checks what they send.

mod fields;
mod tokens;

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use domain::delivery::Failure;
use gateways::{
    MessageGateway, Outgoing, ProviderTemplate, SendError,
    wechat::{
        Account, AccountSettings, MiniProgramState, SubscribeGateway, TemplateGateway,
        callback::{CallbackError, CallbackKeys, Event, SignedQuery},
        says_no_credit,
    },
};
use platform::{Clock, ManualClock};
use secrecy::ExposeSecret as _;
use tests::fakes::wechat::{APP_ID, Callback, FakeWechat, SECRET, Scripted, callback};

use crate::{capture, outgoing};

const OPEN_ID: &str = "oia2TjuEGTNoeX76QEjQNrcURxG8";
const TIMEOUT: Duration = Duration::from_millis(500);

pub(crate) struct Setting {
    pub(crate) fake: FakeWechat,
    pub(crate) clock: Arc<ManualClock>,
}

pub(crate) async fn setting() -> Setting {
    let (clock, hands) = Clock::manual("2026-06-05T01:00:00Z".parse().unwrap());
    let fake = FakeWechat::start(clock).await;
    fake.follow(OPEN_ID);
    Setting { fake, clock: hands }
}

impl Setting {
    pub(crate) fn account_with(&self, secret: &str) -> Account {
        Account::new(&AccountSettings {
            base_url: self.fake.url().into(),
            app_id: APP_ID.to_owned(),
            secret: secret.into(),
            timeout: TIMEOUT,
            connect_timeout: TIMEOUT,
            allow_private_addresses: true,
        })
        .unwrap()
    }

    fn template(&self) -> TemplateGateway {
        TemplateGateway::new(self.account_with(SECRET))
    }

    fn subscribe(&self) -> SubscribeGateway {
        let page = Some("pages/visits".to_owned());
        SubscribeGateway::new(self.account_with(SECRET), page, MiniProgramState::Trial)
    }

    /// A message that nothing is wrong with, made now.
    fn message(&self) -> Outgoing {
        let params = [
            ("thing1", "预约服务提醒"),
            ("time2", "2026年6月12日 17:00"),
            ("phone_number3", "0571-88880000"),
        ];
        let params = params.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Outgoing {
            recipient: OPEN_ID.to_owned(),
            template: Some(ProviderTemplate {
                provider_template_id: "visit-reminder".to_owned(),
                params: params.to_vec(),
            }),
            ..outgoing(self.clock.now())
        }
    }
}

async fn refusal(gateway: &dyn MessageGateway, message: &Outgoing) -> SendError {
    gateway.send(message).await.unwrap_err()
}

#[tokio::test]
async fn a_template_message_arrives_with_its_fields_and_its_id_comes_back_whole() {
    let setting = setting().await;
    let accepted = setting.template().send(&setting.message()).await.unwrap();
    let taken = setting.fake.taken().remove(0);
    assert_eq!(accepted.provider_message_id, Some(taken.msgid.to_string()));
    assert!(!accepted.delivered);
    assert_eq!((taken.call, taken.to.as_str()), ("template", OPEN_ID));
    assert_eq!(taken.data["time2"], "2026年6月12日 17:00");
}

#[tokio::test]
async fn a_repetition_of_a_template_message_is_dropped_by_the_platform() {
    let setting = setting().await;
    let (gateway, message) = (setting.template(), setting.message());
    setting
        .fake
        .script([Scripted::TakeThenDrop, Scripted::TakeThenBabble]);
    for code in ["connection_lost", "answer_invalid"] {
        let error = refusal(&gateway, &message).await;
        assert_eq!(error, SendError::new(Failure::Unknown, code));
    }
    let next = Outgoing {
        attempt_id: "0190163d-8694-739b-aea5-966c26f8ad92".parse().unwrap(),
        ..message
    };
    gateway.send(&next).await.unwrap();
    assert_eq!(setting.fake.taken().len(), 1);
}

#[tokio::test]
async fn a_subscribe_message_takes_a_credit_and_without_one_is_refused_for_good() {
    let setting = setting().await;
    let (gateway, message) = (setting.subscribe(), setting.message());
    setting.fake.accept(OPEN_ID, "visit-reminder");
    gateway.send(&message).await.unwrap();
    let taken = setting.fake.taken().remove(0);
    assert_eq!(taken.call, "subscribe");
    let opens = ("pages/visits".to_owned(), "trial".to_owned());
    assert_eq!(taken.opens, Some(opens));
    let error = refusal(&gateway, &message).await;
    assert_eq!(error, SendError::new(Failure::Permanent, "errcode_43101"));
    assert!(says_no_credit(&error.code));
}

#[tokio::test]
async fn every_refusal_has_its_class() {
    let setting = setting().await;
    let (gateway, message) = (setting.template(), setting.message());
    let refusals = [
        (Scripted::Errcode(-1), Failure::Transient, "errcode_-1"),
        (
            Scripted::Errcode(40_003),
            Failure::Permanent,
            "errcode_40003",
        ),
        (
            Scripted::Errcode(43_004),
            Failure::Permanent,
            "errcode_43004",
        ),
        (
            Scripted::Errcode(43_101),
            Failure::Permanent,
            "errcode_43101",
        ),
        (Scripted::Errcode(45_009), Failure::Quota, "errcode_45009"),
        (
            Scripted::Errcode(40_037),
            Failure::Configuration,
            "errcode_40037",
        ),
        (
            Scripted::Errcode(40_164),
            Failure::Configuration,
            "errcode_40164",
        ),
        (
            Scripted::Errcode(123_456),
            Failure::Transient,
            "errcode_123456",
        ),
        (Scripted::Status(429), Failure::Quota, "http_429"),
        (Scripted::Status(503), Failure::Transient, "http_503"),
        (Scripted::Status(502), Failure::Unknown, "http_502"),
        (Scripted::Status(302), Failure::Configuration, "http_302"),
        (Scripted::Reset, Failure::Unknown, "connection_lost"),
        (
            Scripted::TakeSlowly(TIMEOUT * 4),
            Failure::Unknown,
            "timeout",
        ),
    ];
    for (scripted, class, code) in refusals {
        setting.fake.script([scripted]);
        let error = refusal(&gateway, &message).await;
        assert_eq!((error.class, error.code.as_str()), (class, code));
    }
    let stranger = Outgoing {
        recipient: "oNobody".to_owned(),
        ..message
    };
    assert_eq!(refusal(&gateway, &stranger).await.code, "errcode_43004");
}

#[tokio::test]
async fn what_breaks_a_rule_of_the_fields_is_not_even_sent() {
    let setting = setting().await;
    let mut message = setting.message();
    let template = message.template.as_mut().unwrap();
    template.params[1].1 = "6月12日17:00前".to_owned();
    let error = refusal(&setting.template(), &message).await;
    assert_eq!(error, SendError::new(Failure::Permanent, "field_unfit"));
    message.template = None;
    let error = refusal(&setting.subscribe(), &message).await;
    assert_eq!(error, SendError::new(Failure::Configuration, "no_template"));
    assert_eq!(setting.fake.token_requests(), 0);
}

#[tokio::test]
async fn no_token_secret_or_openid_is_in_a_log_or_an_error() {
    capture::start();
    let setting = setting().await;
    let (template, subscribe) = (setting.template(), setting.subscribe());
    let message = setting.message();
    setting.fake.script([
        Scripted::Errcode(43_101),
        Scripted::Reset,
        Scripted::TakeSlowly(TIMEOUT * 4),
        Scripted::TokenExpired,
    ]);
    let mut shown = vec![format!("{template:?} {subscribe:?} {message:?}")];
    for _ in 0..3 {
        shown.push(format!("{:?}", refusal(&template, &message).await));
    }
    shown.push(format!("{:?}", template.send(&message).await));
    let wrong = TemplateGateway::new(setting.account_with("wrong-secret-1"));
    shown.push(format!("{:?}", refusal(&wrong, &message).await));
    let shown = shown.concat();
    let log = capture::text();
    assert!(log.contains("\"TRACE\""), "nothing was logged");
    let secrets = [
        SECRET,
        "wrong-secret-1",
        OPEN_ID,
        "access-token-",
        "预约服务提醒",
        "0571-8888",
    ];
    for secret in secrets {
        assert!(!log.contains(secret), "the log has {secret}");
        assert!(!shown.contains(secret), "{shown}");
    }
}

fn keys() -> CallbackKeys {
    let key = tests::fakes::wechat::AES_KEY.into();
    let token = tests::fakes::wechat::TOKEN.into();
    CallbackKeys::new(token, &key, None, APP_ID.to_owned()).unwrap()
}

fn open(call: &Callback, now: DateTime<Utc>) -> Result<Event, CallbackError> {
    let query = SignedQuery {
        timestamp: &call.timestamp,
        nonce: &call.nonce,
        signature: &call.msg_signature,
    };
    let notice = keys().open(query, call.body.as_bytes(), now)?;
    assert_eq!(notice.notice.open_id.expose_secret(), OPEN_ID);
    Ok(notice.notice.event)
}

#[tokio::test]
async fn what_the_platform_calls_back_about_a_message_names_it() {
    let setting = setting().await;
    let accepted = setting.template().send(&setting.message()).await.unwrap();
    let id = accepted.provider_message_id.unwrap();
    let now = setting.clock.now();
    let xml = format!(
        "<xml><ToUserName>gh_1</ToUserName><FromUserName>{OPEN_ID}</FromUserName>\
         <CreateTime>{}</CreateTime><MsgType>event</MsgType><Event>TEMPLATESENDJOBFINISH</Event>\
         <MsgID>{id}</MsgID><Status>success</Status></xml>",
        now.timestamp()
    );
    let Event::TemplateSent(finished) = open(&callback(&xml, now), now).unwrap() else {
        panic!("not a receipt")
    };
    assert_eq!(finished.provider_message_id, Some(id));
    let mut forged = callback(&xml, now);
    forged.msg_signature = forged.signature.clone();
    assert_eq!(open(&forged, now).unwrap_err(), CallbackError::Signature);
    let later = now + TimeDelta::minutes(6);
    assert_eq!(
        open(&callback(&xml, now), later).unwrap_err(),
        CallbackError::Time
    );
}
