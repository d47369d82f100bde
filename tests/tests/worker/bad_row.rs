//! A row that nobody can work on does not keep the others from their turn.

use domain::{Channel, delivery::ReceiptOutcome};
use serde_json::json;
use tests::{TestApp, on_both, steps::Journey, vendors::ALIYUN};
use worker::{Provider, Providers};

use crate::{
    scripted::Scripted,
    status::told,
    story::{as_owner, calls, eventually, message},
    vendor_receipts::settled,
};

/// Their first appointments are due on 30 September and missed at midnight before 12 October.
pub(crate) async fn several(app: &TestApp, count: usize) -> Vec<Journey> {
    let mut all = Vec::new();
    for number in 0..count {
        let phone = format!("139000011{number:02}");
        let client = app.register_client("王小明", &phone).await;
        let case = app
            .register_case(&client, "community_treatment", 36, "2025-09-01")
            .await;
        let case = tests::steps::id_of(&case);
        app.report_in(&case, "2025-09-01").await;
        all.push(Journey { client, case });
    }
    all
}

/// What is stored of one client cannot be opened any more.
pub(crate) fn spoiled() -> String {
    format!(
        "UPDATE clients SET birth_date_sealed = phone_sealed, phone_sealed = name_sealed WHERE {ONE}"
    )
}

/// The same, as it was.
pub(crate) fn mended() -> String {
    format!(
        "UPDATE clients SET phone_sealed = birth_date_sealed, birth_date_sealed = NULL WHERE {ONE}"
    )
}

const ONE: &str = "id = (SELECT id FROM clients ORDER BY id LIMIT 1)";

/// Where the reminders of the day before stand, and why.
async fn reminders(app: &TestApp, all: &[Journey]) -> Vec<String> {
    let mut states = Vec::new();
    for journey in all {
        let sent = message(app, journey, "wd-1").await;
        let words =
            ["status", "status_reason"].map(|field| sent[field].as_str().unwrap_or_default());
        states.push(words.join(" ").trim().to_owned());
    }
    states.sort();
    states
}

/// Where the first appointments stand, in the order of their cases; that of `bad` is not asked for.
async fn standing(app: &TestApp, all: &[Journey], bad: Option<usize>) -> Vec<String> {
    let mut found = Vec::new();
    for (place, journey) in all.iter().enumerate() {
        if Some(place) == bad {
            continue;
        }
        let item = &app.appointments(journey).await[0];
        found.push(item["status"].as_str().unwrap().to_owned());
    }
    found
}

/// Whose row [`ROW`] is: ids made in one instant are in no order.
async fn bad(app: &TestApp, all: &[Journey]) -> usize {
    let mut ids = Vec::new();
    for (place, journey) in all.iter().enumerate() {
        let id = app.appointments(journey).await[0]["id"]
            .as_str()
            .unwrap()
            .to_owned();
        ids.push((id, place));
    }
    ids.sort();
    ids[1].1
}

/// The second of the first appointments by id: neither the first nor the last one due.
const ROW: &str = "(SELECT id FROM (SELECT id FROM appointments WHERE sequence = 1 \
                   ORDER BY id LIMIT 2) AS two ORDER BY id DESC LIMIT 1)";

on_both! {
    /// One row holds a word that is none, so that it cannot even be read.
    async fn others_are_missed_and_the_bad_one_follows_once_it_is_mended(app: TestApp) {
        let all = several(&app, 5).await;
        app.advance("2025-10-11T20:00").await;
        assert_eq!(standing(&app, &all, None).await, ["overdue"; 5]);
        let bad = bad(&app, &all).await;
        as_owner(&app, &format!("UPDATE appointments SET notice_proof = '?' WHERE id = {ROW}"));
        app.outage_until("2025-10-12T00:00");
        for _ in 0..2 {
            let failed = app.worker().run_job_once("mark_missed").await.unwrap_err();
            assert!(failed.to_string().contains("not understood"), "{failed}");
        }
        assert_eq!(standing(&app, &all, Some(bad)).await, ["missed"; 4]);
        as_owner(&app, &format!("UPDATE appointments SET notice_proof = 'proven' WHERE id = {ROW}"));
        let report = app.worker().run_job_once("mark_missed").await.unwrap();
        assert_eq!(report.acted_on, 1);
        assert_eq!(standing(&app, &all, None).await, ["missed"; 5]);
        app.run_until_idle().await;
    }

    /// A step that comes later in the job has its turn too: somebody who did not report in is found
    /// overdue.
    async fn the_steps_after_it_have_their_turn(app: TestApp) {
        let all = several(&app, 2).await;
        app.advance("2025-10-01").await;
        let client = app.register_client("李小红", "13900002222").await;
        app.register_case(&client, "community_treatment", 36, "2025-09-30").await;
        app.advance("2025-10-11T20:00").await;
        as_owner(&app, &format!("UPDATE appointments SET notice_proof = '?' WHERE id = {ROW}"));
        app.outage_until("2025-10-31T00:00");
        app.worker().run_job_once("mark_missed").await.unwrap_err();
        let overdue = app.escalations().await;
        assert_eq!(overdue.len(), 1, "{overdue:#?}");
        assert_eq!(overdue[0]["kind"], "overdue_report_in");
        as_owner(&app, &format!("UPDATE appointments SET notice_proof = 'proven' WHERE id = {ROW}"));
        app.run_until_idle().await;
        assert_eq!(standing(&app, &all, None).await, ["missed"; 2]);
    }

    /// What is stored of one client cannot be opened: their reminder waits for somebody to mend that, and
    /// is watched; all others go out, and are followed up.
    async fn a_client_who_cannot_be_read_holds_up_no_message_of_others(setup: Setup) {
        let aliyun = Scripted::new(ALIYUN, Channel::Sms);
        let app = setup.with_providers(Providers::new(vec![aliyun.provider(1)], [])).start().await;
        let all = several(&app, 3).await;
        app.advance("2025-09-29T08:59").await;
        as_owner(&app, &spoiled());
        app.outage_until("2025-09-29T09:00");
        app.worker().run_job_once("deliver").await.unwrap();
        assert_eq!(reminders(&app, &all).await, ["accepted", "accepted", "scheduled cannot_be_read"]);
        as_owner(&app, &mended());
        app.advance("2025-09-29T09:10").await;
        assert_eq!(reminders(&app, &all).await, ["accepted"; 3]);

        as_owner(&app, &spoiled());
        aliyun.knows(settled(ReceiptOutcome::Delivered));
        app.outage_until("2025-09-29T11:00");
        app.worker().run_job_once("receipts").await.unwrap();
        assert_eq!(reminders(&app, &all).await, ["accepted cannot_be_read", "delivered", "delivered"]);
        let (_alarms, said) = told(&app);
        assert!(said.contains(&format!("held_up {ALIYUN} messages 1 ")), "{said}");
        as_owner(&app, &mended());
        app.advance("2025-09-29T11:10").await;
        assert_eq!(reminders(&app, &all).await, ["delivered"; 3]);
    }

    /// Somebody else has the same number, by which their vendor counts.
    async fn a_client_who_cannot_be_read_holds_up_nobody_with_the_same_number(setup: Setup) {
        let aliyun = Scripted::new(ALIYUN, Channel::Sms);
        let counts = Provider { per_number_a_day: Some(9), ..aliyun.provider(1) };
        let app = setup.with_providers(Providers::new(vec![counts], [])).start().await;
        let mut all = several(&app, 1).await;
        all.extend(several(&app, 1).await);
        app.advance("2025-09-29T08:59").await;
        as_owner(&app, &spoiled());
        app.outage_until("2025-09-29T09:00");
        app.worker().run_job_once("deliver").await.unwrap();
        assert_eq!(reminders(&app, &all).await, ["accepted", "scheduled cannot_be_read"]);
    }

    /// Nobody mended it until the reminder is of no use any more: somebody phones instead.
    async fn of_whom_nothing_can_be_read_in_time_is_phoned(setup: Setup) {
        let app = setup.with_webhook().start().await;
        let all = several(&app, 1).await;
        app.advance("2025-09-29T08:59").await;
        as_owner(&app, &spoiled());
        for at in ["2025-09-29T09:00", "2025-09-30T08:59"] {
            app.outage_until(at);
            app.worker().run_job_once("deliver").await.unwrap();
            assert_eq!(reminders(&app, &all).await, ["scheduled cannot_be_read"], "{at}");
        }
        let before = calls(&app, &all[0]).await.len();
        // Nor can the case be read, but for who looks after it.
        as_owner(&app, "UPDATE cases SET measure = '?', status = '?'");
        app.outage_until("2025-09-30T09:00");
        app.worker().run_job_once("deliver").await.unwrap();
        as_owner(&app, "UPDATE cases SET measure = 'community_treatment', status = 'active'");
        assert_eq!(reminders(&app, &all).await, ["expired cannot_be_read"]);
        assert_eq!(calls(&app, &all[0]).await.len(), before + 1);
        as_owner(&app, &mended());
        let late = message(&app, &all[0], "wd-1").await;
        assert_eq!((&late["channel"], &late["remedy"]), (&json!("call_task"), &json!("phone_client")), "{late:#}");
    }

    /// The same of one that was taken, and got no receipt.
    async fn of_whom_nothing_can_be_read_is_phoned_for_want_of_a_receipt(setup: Setup) {
        let app = setup.with_webhook().start().await;
        let all = several(&app, 1).await;
        app.advance("2025-09-29T09:00").await;
        assert_eq!(reminders(&app, &all).await, ["accepted"]);
        let before = calls(&app, &all[0]).await.len();
        as_owner(&app, &spoiled());
        app.outage_until("2025-09-30T09:00");
        app.worker().run_job_once("receipts").await.unwrap();
        assert_eq!(reminders(&app, &all).await, ["no_receipt no_receipt_in_time"]);
        assert_eq!(calls(&app, &all[0]).await.len(), before + 1);
        as_owner(&app, &mended());
        app.run_until_idle().await;
    }

    /// More than the client cannot be read; the agency's other messages are followed up all the same.
    async fn of_a_case_that_cannot_be_read_somebody_is_phoned_too(setup: Setup) {
        let app = setup.with_webhook().start().await;
        let all = several(&app, 2).await;
        app.advance("2025-09-29T09:00").await;
        assert_eq!(reminders(&app, &all).await, ["accepted"; 2]);
        let mut before = 0;
        for journey in &all {
            before += calls(&app, journey).await.len();
        }
        let one = "id = (SELECT id FROM cases ORDER BY id LIMIT 1)";
        as_owner(&app, &format!("UPDATE cases SET measure = '?', status = '?' WHERE {one}"));
        app.outage_until("2025-09-30T09:00");
        app.worker().run_job_once("receipts").await.unwrap();
        as_owner(&app, &format!("UPDATE cases SET measure = 'community_treatment', status = 'active' WHERE {one}"));
        let over = ["no_receipt cannot_be_read", "no_receipt no_receipt_in_time"];
        assert_eq!(reminders(&app, &all).await, over);
        let mut after = 0;
        for journey in &all {
            after += calls(&app, journey).await.len();
        }
        assert_eq!(after, before + 2);
        app.run_until_idle().await;
    }

    /// Whoever came meanwhile is not phoned, though nothing can be read of them.
    async fn of_whom_nothing_can_be_read_is_not_phoned_about_a_date_that_was_kept(setup: Setup) {
        let app = setup.with_webhook().start().await;
        let all = several(&app, 1).await;
        app.advance("2025-09-29T09:00").await;
        let first = app.appointments(&all[0]).await[0].clone();
        app.test(&first).await;
        app.run_until_idle().await;
        let before = calls(&app, &all[0]).await.len();
        as_owner(&app, &spoiled());
        app.outage_until("2025-09-30T09:00");
        app.worker().run_job_once("receipts").await.unwrap();
        assert_eq!(reminders(&app, &all).await, ["no_receipt no_receipt_in_time"]);
        assert_eq!(calls(&app, &all[0]).await.len(), before);
    }

    /// The worker died over it: nobody knows whether it left.
    async fn what_was_cut_off_and_cannot_be_read_is_of_unknown_fate(setup: Setup) {
        let aliyun = Scripted::new(ALIYUN, Channel::Sms);
        let app = setup.with_providers(Providers::new(vec![aliyun.provider(1)], [])).start().await;
        let all = several(&app, 1).await;
        app.advance("2025-09-29T08:59").await;
        let before = aliyun.tried();
        let _never = aliyun.hold_next();
        app.outage_until("2025-09-29T09:00");
        let dying = app.clone();
        let dying = tokio::spawn(async move { dying.another_worker().run_job_once("deliver").await });
        eventually("it is on its way", async || aliyun.tried() > before).await;
        dying.abort();
        dying.await.unwrap_err();
        as_owner(&app, &spoiled());
        app.outage_until("2025-09-29T09:10");
        app.worker().run_job_once("deliver").await.unwrap();
        assert_eq!(reminders(&app, &all).await, ["unknown cut_off"]);
        let sent = message(&app, &all[0], "wd-1").await;
        assert_eq!(sent["attempts"][0]["outcome"], "unknown");
        app.outage_until("2025-09-29T09:12");
        app.worker().run_job_once("receipts").await.unwrap();
        assert_eq!(reminders(&app, &all).await, ["unknown cannot_be_read"]);
        app.outage_until("2025-09-30T09:00");
        app.worker().run_job_once("receipts").await.unwrap();
        assert_eq!(reminders(&app, &all).await, ["no_receipt no_receipt_in_time"]);
        as_owner(&app, &mended());
        app.run_until_idle().await;
    }
}
