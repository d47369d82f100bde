//! How much one number gets.

use std::time::Duration;

use chrono::TimeDelta;
use domain::{channel_limits::aliyun::VariableRule, delivery::Failure};
use gateways::{MessageGateway as _, Outgoing, ProviderTemplate};
use tests::fakes::aliyun::{ALL_CODES_A_DAY, CODES_A_DAY, CODES_AN_HOUR, NOTICES_A_DAY};

use super::{Setting, TEMPLATE, at, setting, template};

impl Setting {
    /// A one-time code under a signature.
    fn code(&self, signature: &str) -> Outgoing {
        let code = [("code", VariableRule::NumberCaptcha)];
        self.fake.approve_template("SMS_3", &code);
        self.fake.approve_signature(signature);
        let template = ProviderTemplate {
            provider_template_id: "SMS_3".to_owned(),
            params: vec![("code".to_owned(), "012345".to_owned())],
        };
        Outgoing {
            text: format!("【{signature}】您的验证码为012345。"),
            template: Some(template),
            ..self.message()
        }
    }
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
    let send = async || setting.gateway.send(&setting.code("城东服务站")).await;
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

/// A day is not the last 24 hours but 24 hours from the first message, and ends whole.
#[tokio::test]
async fn a_day_begins_with_the_first_message() {
    let setting = setting().await;
    setting.gateway.send(&setting.message()).await.unwrap();
    setting.clock.advance(TimeDelta::hours(23));
    for _ in 1..NOTICES_A_DAY {
        setting.gateway.send(&setting.message()).await.unwrap();
    }
    assert_eq!(
        setting.refusal(&setting.message()).await.class,
        Failure::Quota
    );
    setting.clock.advance(TimeDelta::hours(1));
    for _ in 0..NOTICES_A_DAY {
        setting.gateway.send(&setting.message()).await.unwrap();
    }
    assert_eq!(
        setting.refusal(&setting.message()).await.class,
        Failure::Quota
    );
}

#[tokio::test]
async fn codes_of_all_senders_are_counted_and_so_are_those_that_do_not_arrive() {
    let setting = setting().await;
    let senders = ["城东服务站", "城西服务站", "城南服务站", "城北服务站"];
    for sender in senders {
        for sent in 0..CODES_A_DAY {
            if sent == CODES_AN_HOUR {
                setting.clock.advance(TimeDelta::hours(1));
            }
            setting.gateway.send(&setting.code(sender)).await.unwrap();
            setting.clock.advance(TimeDelta::minutes(1));
        }
    }
    let taken = setting.fake.taken();
    assert_eq!(taken.len(), ALL_CODES_A_DAY);
    for one in &taken {
        setting.fake.settle(one, false, "UNDELIV");
    }
    let refusal = setting.refusal(&setting.code("河边服务站")).await;
    assert_eq!(refusal.class, Failure::Quota);
    assert_eq!(refusal.retry_after, Some(Duration::from_hours(24)));
    // Notices have a counter of their own.
    setting.gateway.send(&setting.message()).await.unwrap();
    setting.clock.advance(TimeDelta::hours(24));
    setting
        .gateway
        .send(&setting.code("河边服务站"))
        .await
        .unwrap();
}

#[tokio::test]
async fn signature_and_text_are_no_longer_than_a_message_may_be() {
    let setting = setting().await;
    let variables = [("name", VariableRule::Name), ("time", VariableRule::Time)];
    // Signature with brackets: 7; name and time: 3 and 5.
    for (rest, is_taken) in [(485, true), (486, false)] {
        let text = format!("${{name}}{}${{time}}", "好".repeat(rest));
        setting.fake.approve_text(TEMPLATE, &text, &variables);
        let message = Outgoing {
            template: Some(template(&[("name", "王先生"), ("time", "17:00")])),
            ..setting.message()
        };
        let taken = setting.gateway.send(&message).await;
        assert_eq!(taken.is_ok(), is_taken, "{rest}: {taken:?}");
    }
    assert_eq!(setting.fake.taken()[0].text.chars().count(), 500);
}
