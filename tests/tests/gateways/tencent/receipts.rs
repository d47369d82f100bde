//! Receipts, asked for, pulled and posted.

use chrono::TimeDelta;
use domain::delivery::{Failure, ReceiptOutcome};
use gateways::{Found, MessageGateway as _, SendError, tencent::receipt};
use serde_json::json;
use tests::fakes::{tencent::Act, wire::Reaction};

use super::setting;

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
    // A failure for now may stand there beside the delivery that came of it.
    setting.fake.settle(&taken, true, "DELIVRD");
    let found = setting.look_up(&message, Some(&taken.serial_no)).await;
    let arrived =
        matches!(&found, Found::Settled { outcome, .. } if *outcome == ReceiptOutcome::Delivered);
    assert!(arrived, "{found:?}");
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
