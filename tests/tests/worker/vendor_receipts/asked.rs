//! Receipts that nobody signed: what their vendors say of them counts.

use domain::{Channel, Role, delivery::ReceiptOutcome};
use gateways::{Failure, Found, Outgoing};
use serde_json::{Value, json};
use tests::{
    TestApp, on_both,
    steps::Journey,
    vendors::{ALIYUN, TENCENT, recorded},
};

use worker::{Provider, Providers};

use super::{Office, settled};
use crate::{
    bad_row::{mended, several, spoiled},
    ladder::rungs,
    operations::{pause, resume},
    scripted::Scripted,
    story::{as_owner, change_client, eventually, message, notice_proof, shown},
};

/// Where the first reminders stand.
async fn states(app: &TestApp, all: &[Journey]) -> Vec<Value> {
    let mut states = Vec::new();
    for journey in all {
        states.push(message(app, journey, "wd-1").await["status"].clone());
    }
    states.sort_by_key(Value::to_string);
    states
}

async fn phone_state(app: &TestApp, journey: &Journey) -> Value {
    let token = app.login(Role::Caseworker).await;
    let client = app
        .get(&token, &format!("/v1/clients/{}", journey.client))
        .await;
    client.expect(200)["phone_state"].clone()
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

    /// It comes while the answer is still waited for, which is lost in the end.
    async fn a_receipt_that_overtakes_a_lost_answer_keeps_it_from_going_again(setup: Setup) {
        let it = Office::asking(setup).await;
        it.aliyun.fail_next(Failure::Unknown, "timeout");
        let answer = it.aliyun.hold_next();
        it.app.outage_until("2025-09-30T09:00");
        let working = it.app.clone();
        let working = tokio::spawn(async move { working.run_until_idle().await });
        eventually("it is on its way", async || it.aliyun.tried() == 1).await;
        let mut receipt = recorded()["aliyun_smsreport"]["request"][0].clone();
        receipt["out_id"] = it.message().await["attempts"][0]["id"].clone();
        it.posts(ALIYUN, &[receipt]).await;
        it.app.another_worker().run_job_once("apply_posts").await.unwrap();
        assert_eq!(it.standing().await[..2], [json!("claimed"), json!(["asking"])]);
        answer.add_permits(1);
        working.await.unwrap();
        it.app.advance("2025-09-30T12:00").await;
        assert_eq!(it.standing().await[0], "accepted");
        it.app.advance("2025-09-30T15:14").await;
        assert_eq!(it.standing().await[..2], [json!("delivered"), json!(["unanswered"])]);
        assert_eq!((it.aliyun.tried(), it.tencent.taken().len()), (1, 0));
    }

    /// The pack's time is over while the vendor is still being asked: nobody else is given it.
    async fn what_is_said_to_have_arrived_late_goes_no_further_while_its_vendor_is_asked(setup: Setup) {
        let it = Office::asking(setup).await;
        it.app.advance("2025-10-01T08:30").await;
        it.is_said_to_have_arrived().await;
        it.app.advance("2025-10-01T14:00").await;
        assert_eq!((&it.standing().await[0], it.tencent.taken().len()), (&json!("accepted"), 0));
        it.app.advance("2025-10-01T15:00").await;
        assert_eq!(it.standing().await[..2], [json!("delivered"), json!(["unanswered"])]);
        assert_eq!(it.tencent.taken().len(), 0);
    }

    /// It waits for the next account, which somebody has paused, when a receipt says that it arrived.
    async fn what_is_said_to_have_arrived_after_all_waits_for_what_its_vendor_says(setup: Setup) {
        let it = Office::asking(setup).await;
        it.app.advance("2025-09-30T09:01").await;
        let paused = pause(&it.app, "agency_admin", json!({ "gateway": TENCENT })).await.expect(201);
        it.app.advance("2025-10-01T09:20").await;
        assert_eq!(it.standing().await[0], "scheduled");
        it.is_said_to_have_arrived().await;
        resume(&it.app, "agency_admin", &paused).await.expect(204);
        it.app.advance("2025-10-01T10:00").await;
        assert_eq!((&it.standing().await[0], it.tencent.taken().len()), (&json!("scheduled"), 0));
        it.aliyun.knows(settled(ReceiptOutcome::UndeliveredPermanent));
        it.app.advance("2025-10-01T11:00").await;
        assert_eq!(rungs(&it.message().await), [(ALIYUN, None), (TENCENT, Some("no_receipt"))]);
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

    /// What is stored of one client cannot be opened: the run fails until that is mended, and the other's
    /// receipt is confirmed all the same.
    async fn a_client_who_cannot_be_read_keeps_no_other_waiting(setup: Setup) {
        let aliyun = Scripted::new(ALIYUN, Channel::Sms);
        let provider = Provider { confirms_receipts: true, ..aliyun.provider(1) };
        let app = setup.with_providers(Providers::new(vec![provider], [])).start().await;
        let all = several(&app, 2).await;
        app.advance("2025-09-29T09:01").await;
        let of = |taken: &Outgoing| {
            let mut receipt = recorded()["aliyun_smsreport"]["request"][0].clone();
            receipt["out_id"] = json!(taken.attempt_id);
            receipt
        };
        let receipts: Vec<Value> = aliyun.taken().iter().map(of).collect();
        assert!(receipts.len() >= 2);
        app.vendor_posts(ALIYUN, &json!(receipts)).await.expect(200);
        app.worker().run_job_once("apply_posts").await.unwrap();
        aliyun.knows(settled(ReceiptOutcome::Delivered));
        as_owner(&app, &spoiled());
        let failed = app.worker().run_job_once("confirm_receipts").await.unwrap_err();
        assert_eq!(states(&app, &all).await, ["accepted", "delivered"], "{failed}");
        as_owner(&app, &mended());
        app.worker().run_job_once("confirm_receipts").await.unwrap();
        assert_eq!(states(&app, &all).await, ["delivered", "delivered"]);
    }

    /// The answer was lost, the vendor says that it took the message, and no receipt comes: it goes on for
    /// that, and not because the provider failed.
    async fn what_was_found_to_be_taken_goes_on_for_want_of_a_receipt(setup: Setup) {
        let it = Office::asking(setup).await;
        it.aliyun.fail_next(Failure::Unknown, "timeout");
        it.aliyun.knows(Found::Taken { provider_message_id: None });
        it.app.advance("2025-09-30T09:10").await;
        assert_eq!(it.message().await["status"], "accepted");
        it.app.advance("2025-10-01T09:10").await;
        assert_eq!(rungs(&it.message().await), [(ALIYUN, None), (TENCENT, Some("no_receipt"))]);
        assert_eq!((it.aliyun.tried(), it.tencent.taken().len()), (1, 1));
    }

    /// The account that has the next turn is paused meanwhile: that is no reason to ask the first one again,
    /// nor for another cause.
    async fn what_went_on_keeps_its_cause_while_the_next_account_is_paused(setup: Setup) {
        let it = Office::asking(setup).await;
        it.aliyun.fail_next(Failure::Unknown, "timeout");
        it.aliyun.knows(Found::Taken { provider_message_id: None });
        it.app.advance("2025-09-30T09:10").await;
        let paused = pause(&it.app, "agency_admin", json!({ "gateway": TENCENT })).await.expect(201);
        it.app.advance("2025-10-01T09:20").await;
        assert_eq!((&it.message().await["status"], it.aliyun.tried()), (&json!("scheduled"), 1));
        resume(&it.app, "agency_admin", &paused).await.expect(204);
        it.app.advance("2025-10-01T09:30").await;
        assert_eq!(rungs(&it.message().await), [(ALIYUN, None), (TENCENT, Some("no_receipt"))]);
        assert_eq!((it.aliyun.tried(), it.tencent.taken().len()), (1, 1));
    }

    /// Nobody can say whether it was taken: the other account gets it, because this one failed.
    async fn what_nobody_knows_goes_on_because_the_provider_failed(setup: Setup) {
        let it = Office::asking(setup).await;
        it.aliyun.fail_next(Failure::Unknown, "timeout");
        it.app.advance("2025-09-30T10:10").await;
        assert_eq!(rungs(&it.message().await), [(ALIYUN, None), (TENCENT, Some("provider_failed"))]);
    }
}
