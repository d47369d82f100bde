//! A row that nobody can work on does not keep the others from their turn.

use tests::{TestApp, on_both, steps::Journey};

use crate::story::as_owner;

/// Their first appointments are due on 30 September and missed at midnight before 12 October.
async fn several(app: &TestApp, count: usize) -> Vec<Journey> {
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
}
