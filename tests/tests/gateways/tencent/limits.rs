//! How much one number gets, and what a text may hold.

use std::time::Duration;

use chrono::TimeDelta;
use domain::{
    channel_limits::tencent::{self, Purpose, check},
    delivery::Failure,
};
use gateways::{MessageGateway as _, Outgoing};
use tests::fakes::tencent::{Frequency, NoticeVariables, SAME_TEXT};

use super::{CODE, FIXED, NOTICE, Setting, setting};

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
async fn the_same_text_comes_ten_times_between_two_midnights_in_china() {
    // 09:00 there.
    let setting = setting().await;
    for _ in 0..10 {
        setting.gateway.send(&setting.usual()).await.unwrap();
        setting.clock.advance(TimeDelta::minutes(1));
    }
    let refusal = setting.refusal(&setting.usual()).await;
    assert_eq!(
        refusal.code,
        "LimitExceeded.PhoneNumberSameContentDailyLimit"
    );
    let to_midnight = Duration::from_mins(15 * 60 - 10);
    assert_eq!(refusal.retry_after, Some(to_midnight));
    // Another text, and another number.
    let other = setting.message(NOTICE, &["王先生", "6月13日"]);
    setting.gateway.send(&other).await.unwrap();
    let other = Outgoing {
        recipient: "+8613900139000".to_owned(),
        ..setting.usual()
    };
    setting.gateway.send(&other).await.unwrap();
    setting
        .clock
        .advance(TimeDelta::from_std(to_midnight).unwrap());
    setting.gateway.send(&setting.usual()).await.unwrap();
}

#[tokio::test]
async fn the_console_sets_how_much_a_number_gets_an_hour_and_a_day() {
    let setting = setting().await;
    setting.fake.set_frequency(Frequency {
        an_hour: 2,
        a_day: 3,
        ..Frequency::default()
    });
    let texts = ["1", "2", "3", "4", "5", "6"];
    let mut texts = texts
        .map(|text| setting.message(NOTICE, &["王先生", text]))
        .into_iter();
    let mut next = async || {
        let message = Outgoing {
            sent_at: setting.clock.now(),
            ..texts.next().unwrap()
        };
        setting
            .gateway
            .send(&message)
            .await
            .map_err(|error| error.code)
    };
    next().await.unwrap();
    next().await.unwrap();
    let hour = next().await.unwrap_err();
    assert_eq!(hour, "LimitExceeded.PhoneNumberOneHourLimit");
    setting.clock.advance(TimeDelta::hours(1));
    next().await.unwrap();
    let day = next().await.unwrap_err();
    assert_eq!(day, "LimitExceeded.PhoneNumberDailyLimit");
    setting.clock.advance(TimeDelta::hours(14));
    next().await.unwrap();
}

#[tokio::test]
async fn signature_and_text_are_no_longer_than_a_message_may_be() {
    let setting = setting().await;
    // Signature with brackets: 7; the values: 3 and 5.
    for (rest, is_taken) in [(485, true), (486, false)] {
        let text = format!("{{1}}{}{{2}}", "好".repeat(rest));
        setting.fake.approve_text(NOTICE, Purpose::Notice, &text);
        let message = setting.message(NOTICE, &["王先生", "17:00"]);
        let sent = setting.gateway.send(&message).await;
        let sent = sent.map_err(|error| error.code);
        let expected = "InvalidParameterValue.ContentLengthLimit";
        assert_eq!(sent.is_ok(), is_taken, "{rest}: {sent:?}");
        assert!(is_taken || sent.unwrap_err() == expected);
    }
    assert_eq!(setting.fake.taken()[0].text.chars().count(), 500);
}

impl Setting {
    async fn takes(&self, template: &str, value: &str) -> bool {
        let message = Outgoing {
            recipient: format!("+86139{:08}", self.fake.taken().len()),
            ..self.message(template, &[value])
        };
        self.gateway.send(&message).await.is_ok()
    }
}

/// Two tables made apart from each other agree.
#[tokio::test]
async fn the_vendor_takes_what_we_let_through_and_nothing_else() {
    let setting = setting().await;
    setting.fake.approve_template("1113", Purpose::Notice, 1);
    let terms = [
        (
            NoticeVariables::default(),
            tencent::NoticeVariables::default(),
        ),
        (
            NoticeVariables::UpTo(12),
            tencent::NoticeVariables::UpTo(12),
        ),
        (NoticeVariables::Barred, tencent::NoticeVariables::Barred),
    ];
    for (theirs, ours) in terms {
        setting.fake.set_terms(theirs);
        for value in [
            "1",
            "12",
            "123456",
            "1234567",
            "012345",
            "12a4",
            "王先生",
            "6月12日",
            "12月31日",
            "12月31日前",
            "6月12日 9:00",
            "6月12日 17:00前",
            "17:00",
            "0571-88880000",
            "",
            " ",
            "\u{3000}",
            "【王】",
            "一\n二",
            "a.cn/b",
            "http://a",
            "3.5",
            "李老师",
        ] {
            let taken = setting.takes("1113", value).await;
            let fits = check(Purpose::Notice, ours, value);
            assert_eq!(taken, fits.is_ok(), "{theirs:?} {value}: {fits:?}");
            let taken = setting.takes(CODE, value).await;
            let fits = check(Purpose::Code, ours, value);
            assert_eq!(taken, fits.is_ok(), "code {value}: {fits:?}");
        }
    }
    assert!(!setting.takes(FIXED, "1").await, "a value too many");
}
