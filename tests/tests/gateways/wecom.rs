//! The WeCom client against a platform that checks what it sends.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use domain::delivery::Failure;
use gateways::{
    MessageGateway as _, Outgoing, SendError,
    wecom::{WecomGateway, WecomSettings},
};
use platform::{Clock, ManualClock};
use serde_json::Value;
use tests::fakes::{
    wecom::{A_MINUTE, AGENT_ID, CORP_ID, FakeWecom, SECRET, refused},
    wire::Reaction,
};

use crate::{capture, outgoing};

const TIMEOUT: Duration = Duration::from_millis(500);

struct Setting {
    fake: FakeWecom,
    gateway: WecomGateway,
    clock: Arc<ManualClock>,
}

fn gateway(fake: &FakeWecom, secret: &str) -> WecomGateway {
    WecomGateway::new(WecomSettings {
        base_url: fake.url().into(),
        corp_id: CORP_ID.to_owned(),
        secret: secret.into(),
        agent_id: AGENT_ID,
        timeout: TIMEOUT,
        connect_timeout: TIMEOUT,
        allow_private_addresses: true,
    })
    .unwrap()
}

async fn setting() -> Setting {
    let (clock, hands) = Clock::manual("2026-06-05T00:30:00Z".parse().unwrap());
    let fake = FakeWecom::start(clock).await;
    fake.employ("lihong");
    fake.employ_without_licence("wangmin");
    Setting {
        gateway: gateway(&fake, SECRET),
        fake,
        clock: hands,
    }
}

impl Setting {
    fn message(&self, to: &str) -> Outgoing {
        Outgoing {
            recipient: to.to_owned(),
            ..outgoing(self.clock.now())
        }
    }

    async fn refusal(&self, to: &str) -> SendError {
        self.gateway.send(&self.message(to)).await.unwrap_err()
    }
}

#[tokio::test]
async fn a_message_arrives_once_however_often_it_is_sent() {
    let setting = setting().await;
    for _ in 0..2 {
        let accepted = setting
            .gateway
            .send(&setting.message("lihong"))
            .await
            .unwrap();
        assert_eq!(accepted.provider_message_id.as_deref(), Some("wecom-1"));
    }
    let taken = setting.fake.taken();
    assert_eq!((taken.len(), taken[0].to.as_str()), (1, "lihong"));
    assert_eq!(setting.fake.tokens_made(), 1);
}

/// It tells repetitions by the text: what two messages say in the same words arrives twice.
#[tokio::test]
async fn two_messages_in_the_same_words_both_arrive() {
    let it = setting().await;
    let other = Outgoing {
        message_id: "0190163d-8694-739b-aea5-966c26f8ad98".parse().unwrap(),
        ..it.message("lihong")
    };
    for message in [it.message("lihong"), other] {
        it.gateway.send(&message).await.unwrap();
    }
    let texts: Vec<String> = it.fake.taken().into_iter().map(|one| one.text).collect();
    let words = it.message("lihong").text;
    let marked = ["F8AD90", "F8AD98"].map(|mark| format!("{words}\n编号{mark}"));
    assert_eq!(texts, marked);
}

/// So the worker sends nobody as many.
#[tokio::test]
async fn what_is_too_much_for_a_minute_is_dropped_without_a_word() {
    let it = setting().await;
    for number in 0..=A_MINUTE {
        let message = Outgoing {
            text: format!("{number}"),
            ..it.message("lihong")
        };
        it.gateway.send(&message).await.unwrap();
    }
    assert_eq!(it.fake.taken().len(), A_MINUTE);
    it.clock.advance(TimeDelta::minutes(1));
    it.gateway.send(&it.message("lihong")).await.unwrap();
    assert_eq!(it.fake.taken().len(), A_MINUTE + 1);
}

#[tokio::test]
async fn who_is_not_reached_is_told_though_the_answer_says_ok() {
    let setting = setting().await;
    let unlicensed = setting.refusal("wangmin").await;
    assert_eq!(
        unlicensed,
        SendError::new(Failure::Permanent, "unlicensed_user")
    );
    let nobody = setting.refusal("nobody").await;
    assert_eq!(nobody, SendError::new(Failure::Permanent, "errcode_81013"));
    for several in ["lihong|wangmin", "@all"] {
        let error = setting.refusal(several).await;
        assert_eq!(
            error,
            SendError::new(Failure::Permanent, "recipient_invalid")
        );
    }
    assert!(setting.fake.taken().is_empty());
}

#[tokio::test]
async fn every_refusal_has_its_class() {
    let setting = setting().await;
    let refusals = [
        (refused(45_009), Failure::Quota, "errcode_45009"),
        (refused(60_020), Failure::Configuration, "errcode_60020"),
        (refused(-1), Failure::Transient, "errcode_-1"),
        (
            Reaction::Answer(503, Value::Null),
            Failure::Transient,
            "http_503",
        ),
        (
            Reaction::Answer(500, Value::Null),
            Failure::Unknown,
            "http_500",
        ),
        (
            Reaction::Answer(200, Value::Null),
            Failure::Unknown,
            "answer_invalid",
        ),
        (Reaction::Drop, Failure::Unknown, "connection_lost"),
        (
            Reaction::Late(TIMEOUT * 4, Value::Null),
            Failure::Unknown,
            "timeout",
        ),
    ];
    for (reaction, class, code) in refusals {
        setting.fake.script([reaction]);
        assert_eq!(setting.refusal("lihong").await, SendError::new(class, code));
    }
    let mut long = setting.message("lihong");
    long.text = "字".repeat(683);
    let error = setting.gateway.send(&long).await.unwrap_err();
    assert_eq!(error, SendError::new(Failure::Permanent, "text_too_long"));
    let wrong = gateway(&setting.fake, "wrong");
    let error = wrong.send(&setting.message("lihong")).await.unwrap_err();
    assert_eq!(
        error,
        SendError::new(Failure::Configuration, "token_errcode_40001")
    );
}

#[tokio::test]
async fn a_token_that_is_not_good_any_more_is_replaced() {
    let setting = setting().await;
    setting
        .gateway
        .send(&setting.message("lihong"))
        .await
        .unwrap();
    setting.clock.advance(TimeDelta::hours(2));
    setting
        .gateway
        .send(&setting.message("lihong"))
        .await
        .unwrap();
    assert_eq!(setting.fake.tokens_made(), 2);
    setting.fake.forget_token();
    setting
        .gateway
        .send(&setting.message("lihong"))
        .await
        .unwrap();
    assert_eq!(setting.fake.tokens_made(), 3);
    setting.fake.script([refused(42_001), refused(42_001)]);
    let error = setting.refusal("lihong").await;
    assert_eq!(error.class, Failure::Configuration);
}

#[tokio::test]
async fn no_token_or_secret_is_in_a_log() {
    capture::start();
    let setting = setting().await;
    setting.fake.script([refused(42_001), Reaction::Drop]);
    let error = setting.refusal("lihong").await;
    let shown = format!("{:?} {error:?}", setting.gateway);
    let log = capture::text();
    assert!(log.contains("\"TRACE\""), "nothing was logged");
    for secret in [SECRET, "corp-token-", "lihong"] {
        assert!(!log.contains(secret), "the log has {secret}");
        assert!(!shown.contains(secret), "{shown}");
    }
}
