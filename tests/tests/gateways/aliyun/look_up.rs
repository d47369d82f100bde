//! What became of a message, asked afterwards.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use domain::delivery::{Failure, ReceiptOutcome};
use gateways::{
    Found, MessageGateway as _, Outgoing, ProviderTemplate, SendError, aliyun::receipt,
};
use serde_json::{Value, json};
use tests::fakes::{
    aliyun::{Act, NOTICES_A_DAY},
    wire::Reaction,
};

use super::{at, setting};

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

/// It may have been handed over long after it began, when its turn came.
#[tokio::test]
async fn nothing_is_proved_within_two_minutes_of_the_end_of_an_attempt() {
    let setting = setting().await;
    let message = setting.message();
    setting.fake.script([Act::Instead(Reaction::Drop)]);
    setting.refusal(&message).await;
    setting.clock.advance(TimeDelta::seconds(100));
    let ended_at = setting.clock.now();
    for seconds in [0, 119] {
        setting.clock.set(ended_at + TimeDelta::seconds(seconds));
        let found = setting.look_up_after(&message, ended_at).await;
        assert_eq!(found, Ok(Found::CannotTell), "{seconds}");
    }
    setting.clock.advance(TimeDelta::seconds(1));
    let found = setting.look_up_after(&message, ended_at).await;
    assert_eq!(found, Ok(Found::Absent));
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
