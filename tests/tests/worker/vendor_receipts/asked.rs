//! Receipts that nobody signed: what their vendors say of them counts.

use domain::{Role, delivery::ReceiptOutcome};
use gateways::{Failure, Found};
use serde_json::{Value, json};
use tests::{
    TestApp, on_both,
    steps::Journey,
    vendors::{ALIYUN, TENCENT, recorded},
};

use super::Office;
use crate::{
    ladder::rungs,
    story::{change_client, notice_proof, shown},
};

async fn phone_state(app: &TestApp, journey: &Journey) -> Value {
    let token = app.login(Role::Caseworker).await;
    let client = app
        .get(&token, &format!("/v1/clients/{}", journey.client))
        .await;
    client.expect(200)["phone_state"].clone()
}

fn settled(outcome: ReceiptOutcome) -> Found {
    Found::Settled {
        outcome,
        code: None,
        provider_message_id: None,
        happened_at: None,
    }
}

on_both! {
    /// Nobody signs it, so it only makes us ask, and what the vendor says counts.
    async fn a_delivery_is_confirmed_at_the_vendor_before_it_counts(setup: Setup) {
        let it = Office::asking(setup).await;
        it.app.advance("2025-09-30T09:01").await;
        it.is_said_to_have_arrived().await;
        assert_eq!(it.standing().await, [json!("accepted"), json!(["asking"]), json!("not_due"), json!([])]);
        assert_eq!((it.aliyun.asked(), it.calls().await), (1, 0));
        // Its query lags, and may still tell of an earlier failure. What is posted again is no news.
        it.is_said_to_have_arrived().await;
        assert_eq!(it.aliyun.asked(), 1);
        it.aliyun.knows(settled(ReceiptOutcome::UndeliveredTemporary));
        it.app.advance("2025-09-30T09:02").await;
        it.aliyun.knows(settled(ReceiptOutcome::Delivered));
        it.app.advance("2025-09-30T09:04").await;
        assert_eq!(it.standing().await[0], "accepted", "it is asked less and less often");
        it.app.advance("2025-09-30T09:12").await;
        let proven = [json!("delivered"), json!(["confirmed", null]), json!("proven"), json!([])];
        assert_eq!(it.standing().await, proven);
        assert_eq!(it.calls().await, 0);
        assert!(it.tencent.taken().is_empty());
        let shown = shown(&it.app, &it.journey).await;
        let own = &it.message().await["receipts"][1];
        assert_eq!((&shown["notice"]["by"], &shown["notice"]["receipt_id"]), (&json!("receipt"), &own["id"]));
        let token = it.app.login(Role::Auditor).await;
        let trail = it.app.get(&token, "/v1/audit-entries?action=confirm_receipts").await.expect(200);
        assert_eq!(trail["items"].as_array().unwrap().len(), 1, "{trail:#}");
    }

    async fn what_the_vendor_denies_is_sent_by_the_next_account(setup: Setup) {
        let it = Office::asking(setup).await;
        it.app.advance("2025-09-30T09:01").await;
        it.aliyun.knows(settled(ReceiptOutcome::UndeliveredPermanent));
        it.is_said_to_have_arrived().await;
        let sent = it.message().await;
        assert_eq!(rungs(&sent), [(ALIYUN, None), (TENCENT, Some("permanent_failure"))]);
        assert_eq!(it.standing().await[1], json!(["contradicted", null]));
        assert_eq!(notice_proof(&it.app, &it.journey).await, "not_due");
    }

    /// A number is not called wrong by whoever posts it.
    async fn a_failure_that_the_vendor_denies_changes_nothing(setup: Setup) {
        let it = Office::asking(setup).await;
        it.app.advance("2025-09-30T09:01").await;
        it.aliyun.knows(settled(ReceiptOutcome::Delivered));
        it.posts(ALIYUN, &[it.of_aliyun(false, "MK:0001")]).await;
        it.app.run_until_idle().await;
        let proven = [json!("delivered"), json!(["contradicted", null]), json!("proven"), json!([])];
        assert_eq!(it.standing().await, proven);
        assert_eq!((phone_state(&it.app, &it.journey).await, it.calls().await), (json!("verified"), 0));
        assert!(it.tencent.taken().is_empty());
    }

    /// It moves the message then, so that nothing is sent once more, but shows nothing.
    async fn what_the_vendor_says_nothing_of_for_hours_proves_nothing(setup: Setup) {
        let it = Office::asking(setup).await;
        it.app.advance("2025-09-30T09:01").await;
        it.is_said_to_have_arrived().await;
        it.app.advance("2025-09-30T15:11").await;
        assert_eq!((&it.standing().await[0], it.calls().await), (&json!("accepted"), 0));
        it.app.advance("2025-09-30T15:14").await;
        let unproven = [json!("delivered"), json!(["unanswered"]), json!("unproven"), json!(["not_confirmed"])];
        assert_eq!(it.standing().await, unproven);
        let sent = it.message().await;
        assert_eq!((&sent["hop_cause"], &sent["remedy"]), (&json!("notice_unproven"), &json!("phone_client")));
        assert_eq!(sent["receipts"][0]["applied"], true);
        assert_eq!((it.calls().await, it.tencent.taken().len()), (1, 0));
    }

    /// The answer was lost, and the vendor cannot tell: what is posted says at least that it was taken.
    async fn what_is_said_to_have_arrived_is_not_sent_once_more(setup: Setup) {
        let it = Office::asking(setup).await;
        it.aliyun.fail_next(Failure::Unknown, "timeout");
        it.app.advance("2025-09-30T09:01").await;
        let sent = it.message().await;
        assert_eq!(sent["status"], "unknown");
        let mut receipt = recorded()["aliyun_smsreport"]["request"][0].clone();
        receipt["out_id"] = sent["attempts"][0]["id"].clone();
        it.posts(ALIYUN, &[receipt]).await;
        it.app.run_until_idle().await;
        assert_eq!(it.standing().await[0], "accepted");
        it.app.advance("2025-09-30T15:14").await;
        assert_eq!(it.standing().await[..2], [json!("delivered"), json!(["unanswered"])]);
        assert_eq!(it.message().await["attempts"].as_array().unwrap().len(), 1);
        assert_eq!((it.calls().await, it.tencent.taken().len()), (1, 0));
    }

    /// Of an earlier number no vendor can be asked: the post counts at once, and shows nothing.
    async fn a_number_that_changed_meanwhile_is_not_asked_about(setup: Setup) {
        let it = Office::asking(setup).await;
        it.app.advance("2025-09-30T09:01").await;
        let number = json!({ "phone": "13900004444", "phone_confirmed": true });
        change_client(&it.app, &it.journey, number).await;
        it.is_said_to_have_arrived().await;
        assert_eq!(it.aliyun.asked(), 0);
        let standing = it.standing().await;
        assert_eq!(standing[..3], [json!("delivered"), json!(["unanswered"]), json!("unproven")]);
        assert_eq!((it.calls().await, it.tencent.taken().len()), (1, 0));
    }

    /// What went to a number that is not certain any more proves nothing, however well it arrived.
    async fn a_number_in_doubt_meanwhile_makes_a_person_call(setup: Setup) {
        let it = Office::asking(setup).await;
        it.app.advance("2025-09-30T09:01").await;
        it.is_said_to_have_arrived().await;
        change_client(&it.app, &it.journey, json!({ "phone_confirmed": false })).await;
        it.aliyun.knows(settled(ReceiptOutcome::Delivered));
        it.app.advance("2025-09-30T09:02").await;
        let doubted = [
            json!("delivered"), json!(["confirmed", null]), json!("unproven"), json!(["number_unverified"]),
        ];
        assert_eq!(it.standing().await, doubted);
        assert_eq!(it.calls().await, 1);
    }
}
