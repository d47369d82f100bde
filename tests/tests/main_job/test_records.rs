//! Test records: what counts, what it completes, what it opens.

use domain::Role;
use serde_json::{Value, json};
use tests::{
    TestApp, on_both,
    steps::{Journey, id_of},
};

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
    async fn a_positive_result_completes_the_item_and_opens_its_escalation(app: TestApp) {
        let (journey, items) = case(&app).await;
        app.go_to(&items[0]).await;
        let record = app.test_with(&items[0], json!({ "result": "positive" })).await.expect(201);
        assert_eq!(status(&app, &journey, 0).await, ("completed".to_owned(), false));
        let escalations = app.escalations().await;
        assert_eq!(escalations.len(), 1);
        assert_eq!(escalations[0]["kind"], "positive_test");
        let token = app.login(Role::Supervisor).await;
        let path = format!("/v1/escalations/{}", id_of(&escalations[0]));
        let file = app.get(&token, &path).await.expect(200);
        assert_eq!(file["basis"][0]["test_record"]["id"], record["id"]);
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
