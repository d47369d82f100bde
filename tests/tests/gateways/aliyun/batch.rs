//! Several messages in one call.

use domain::delivery::Failure;
use gateways::{
    SendError,
    aliyun::{Batch, BatchItem},
};

use super::{TEMPLATE, setting, usual};

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
