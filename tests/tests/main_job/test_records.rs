//! Test records: what counts, what it completes, what it opens.

use domain::Role;
use serde_json::{Value, json};
use tests::{TestApp, on_both, steps::Journey};

use crate::people::{blockers, missed, only_file, step, to_clients};

async fn case(app: &TestApp) -> (Journey, Vec<Value>) {
    app.advance("2025-09-05T10:00").await;
    let journey = app
        .active_case("community_treatment", 36, "2025-09-05")
        .await;
    let items = app.appointments(&journey).await;
    (journey, items)
}

async fn status(app: &TestApp, journey: &Journey, index: usize) -> (String, bool) {
    let item = app.appointments(journey).await[index].clone();
    (
        item["status"].as_str().unwrap().to_owned(),
        item["late"].as_bool().unwrap(),
    )
}

on_both! {
    /// Two positive results are one file; it needs no label, and the case goes on meanwhile.
    async fn a_further_positive_result_joins_the_file(app: TestApp) {
        let (journey, items) = missed(&app, 0).await;
        app.advance("2025-09-20T10:00").await;
        app.test_with(&items[0], json!({ "result": "positive" })).await.expect(201);
        assert_eq!(status(&app, &journey, 0).await, ("completed".to_owned(), false));
        let it = only_file(&app).await;
        assert_eq!((&it["kind"], &it["count"]), (&json!("positive_test"), &json!(1)));
        assert!(blockers(&it).is_empty());
        app.advance("2025-10-05T10:00").await;
        let record = app.test_with(&items[1], json!({ "result": "positive" })).await.expect(201);
        let it = only_file(&app).await;
        assert_eq!((&it["status"], &it["count"]), (&json!("open"), &json!(2)));
        assert_eq!(it["basis"][1]["test_record"]["id"], record["id"]);
        assert!(to_clients(&app).is_empty(), "no text because of a result");
        let token = app.login(Role::Caseworker).await;
        assert_eq!(app.get(&token, &journey.path("")).await.expect(200)["status"], "active");

        // Dismissed, it stays dismissed until another positive result.
        let reason = json!({ "reason": "实验室复检为阴性" });
        step(&app, Role::Supervisor, &it, "dismiss", reason).await.expect(200);
        app.test_with(&items[2], json!({})).await.problem(409, "appointment_not_open_yet");
        app.advance("2025-11-10T10:00").await;
        app.test(&items[2]).await;
        assert_eq!(app.escalations().await.len(), 1);
        app.advance("2025-12-10T10:00").await;
        app.test_with(&items[3], json!({ "result": "positive" })).await.expect(201);
        assert_eq!(app.escalations().await.len(), 2);
        // Staff are told of it.
        app.run_until_idle().await;
    }

    /// The first window ends on 9 October, the second opens on the 5th: between them the older item
    /// takes the test, whichever it was recorded for.
    async fn where_windows_overlap_the_oldest_unmet_takes_the_test(app: TestApp) {
        let (journey, items) = case(&app).await;
        app.advance("2025-10-07T10:00").await;
        let record = app.test(&items[1]).await;
        assert_eq!(record["completed_appointment_id"], items[0]["id"]);
        assert_eq!(status(&app, &journey, 1).await.0, "open");
        app.advance("2025-10-08T10:00").await;
        let record = app.test(&items[1]).await;
        assert_eq!(record["completed_appointment_id"], items[1]["id"]);
    }

    async fn one_more_test_is_kept_as_additional_and_moves_nothing(app: TestApp) {
        let (journey, items) = case(&app).await;
        app.advance("2025-09-10T10:00").await;
        app.test(&items[0]).await;
        let before = app.appointments(&journey).await;
        app.advance("2025-09-12T10:00").await;
        let token = app.login(Role::Caseworker).await;
        let body = json!({
            "sample": "saliva", "method": "on_site", "collected_at": app.now(),
            "collector_ids": [
                app.seed().staff("caseworker").to_string(),
                app.seed().staff("supervisor").to_string(),
            ],
            "result": "negative", "client_signed": true,
        });
        let record = app.post(&token, &journey.path("/test-records"), body).await.expect(201);
        assert!(record["appointment_id"].is_null());
        assert_eq!(app.appointments(&journey).await, before);
        app.test_with(&items[0], json!({})).await.problem(409, "appointment_closed");
    }

    async fn in_the_days_of_grace_a_test_completes_late(app: TestApp) {
        let (journey, items) = case(&app).await;
        app.advance("2025-10-10T10:00").await;
        assert_eq!(status(&app, &journey, 0).await, ("overdue".to_owned(), false));
        app.test(&items[0]).await;
        assert_eq!(status(&app, &journey, 0).await, ("completed".to_owned(), true));
    }

    async fn a_test_that_does_not_count_is_kept_and_completes_nothing(app: TestApp) {
        let (journey, items) = case(&app).await;
        app.go_to(&items[0]).await;
        let alone = json!([app.seed().staff("caseworker").to_string()]);
        for (other, reason) in [
            (json!({ "result": "invalid" }), "result_invalid"),
            (json!({ "collector_ids": alone }), "second_collector_missing"),
            (json!({ "client_signed": false }), "signature_missing"),
            (json!({ "kit_expires_on": "2025-10-08" }), "kit_expired"),
            (json!({ "sample": "hair", "method": "laboratory" }), "hair_does_not_replace_urine"),
        ] {
            let record = app.test_with(&items[0], other).await.expect(201);
            assert_eq!(record["counts"], false);
            assert_eq!(record["counts_reason"], reason);
        }
        assert_eq!(status(&app, &journey, 0).await.0, "open");
        app.test(&items[0]).await;
        assert_eq!(status(&app, &journey, 0).await.0, "completed");
    }
}
