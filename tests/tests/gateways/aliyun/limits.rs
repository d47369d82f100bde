//! How much one number gets.

use std::time::Duration;

use chrono::TimeDelta;
use domain::{channel_limits::aliyun::VariableRule, delivery::Failure};
use gateways::{MessageGateway as _, Outgoing, ProviderTemplate};
use tests::fakes::aliyun::NOTICES_A_DAY;

use super::{at, setting};

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
