//! Receipts as they are posted.

use chrono::TimeDelta;
use domain::delivery::ReceiptOutcome;
use gateways::{MessageGateway as _, aliyun::receipt};
use serde_json::json;

use super::setting;

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
