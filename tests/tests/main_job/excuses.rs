//! Excuses: what they do to a miss, to a count and to an escalation.

use domain::Role;
use serde_json::{Value, json};
use tests::{
    Response, TestApp, on_both,
    steps::{Journey, id_of},
};

async fn request(app: &TestApp, appointment: &Value, body: Value) -> Response {
    let token = app.login(Role::Caseworker).await;
    app.post(
        &token,
        &format!("/v1/appointments/{}/excuses", id_of(appointment)),
        body,
    )
    .await
}

async fn decide(app: &TestApp, excuse: &Value, body: Value) -> Response {
    let token = app.login(Role::Supervisor).await;
    app.post(
        &token,
        &format!("/v1/excuses/{}/decision", id_of(excuse)),
        body,
    )
    .await
}

async fn case_with_misses(app: &TestApp, misses: usize) -> (Journey, Vec<Value>) {
    app.advance("2025-09-05T10:00").await;
    let journey = app
        .active_case("community_treatment", 36, "2025-09-05")
        .await;
    let items = app.appointments(&journey).await;
    for item in &items[..misses] {
        app.let_pass(item).await;
    }
    (journey, items)
}

on_both! {
    async fn a_late_acceptance_takes_the_miss_out_and_withdraws_the_escalation(app: TestApp) {
        let (journey, items) = case_with_misses(&app, 3).await;
        let escalation = app.escalations().await[0].clone();
        assert_eq!(escalation["status"], "open");

        let asked = json!({ "reason_code": "illness", "note": "住院" });
        let excuse = request(&app, &items[1], asked).await.expect(201);
        assert_eq!(excuse["status"], "requested");
        let supervisor = app.login(Role::Supervisor).await;
        let path = format!("/v1/escalations/{}", id_of(&escalation));
        let open = app.get(&supervisor, &path).await.expect(200);
        let codes: Vec<_> = open["blockers"].as_array().unwrap().iter().map(|b| b["code"].as_str().unwrap()).collect();
        assert!(codes.contains(&"excuse_pending"), "{codes:?}");

        let accept = json!({ "decision": "accept", "reason": "有住院证明" });
        let decided = decide(&app, &excuse, accept.clone()).await.expect(200);
        assert_eq!(decided["status"], "accepted");
        assert_eq!(app.appointments(&journey).await[1]["status"], "excused");
        let withdrawn = app.get(&supervisor, &path).await.expect(200);
        assert_eq!(withdrawn["status"], "withdrawn");
        assert!(!withdrawn["closed_reason"].is_null());
        assert_eq!(withdrawn["count"], 2);

        // The file stays, and the next miss opens a new one.
        app.let_pass(&items[3]).await;
        let standing: Vec<_> = app.escalations().await.iter().map(|it| it["status"].clone()).collect();
        assert_eq!(standing.len(), 2, "{standing:?}");
        assert!(standing.contains(&json!("open")) && standing.contains(&json!("withdrawn")));

        decide(&app, &excuse, accept).await.problem(409, "excuse_decided");
    }

    async fn a_make_up_day_defers_and_its_test_completes(app: TestApp) {
        let (journey, items) = case_with_misses(&app, 0).await;
        app.advance("2025-10-08T10:00").await;
        let excuse = request(&app, &items[0], json!({ "reason_code": "family_event" })).await.expect(201);
        let without_day = json!({ "decision": "make_up", "reason": "改期" });
        decide(&app, &excuse, without_day).await.problem(422, "make_up_date_required");
        let body = json!({ "decision": "make_up", "reason": "改期", "make_up_due_on": "2025-10-20" });
        assert_eq!(decide(&app, &excuse, body).await.expect(200)["status"], "make_up");
        let now = app.appointments(&journey).await;
        assert_eq!(now.len(), 23);
        let deferred = now.iter().find(|item| item["id"] == items[0]["id"]).unwrap();
        assert_eq!(deferred["status"], "deferred");
        let instead = now.iter().find(|item| item["replaces_id"] == items[0]["id"]).unwrap();
        assert_eq!(instead["due_on"], "2025-10-20");
        app.go_to(instead).await;
        let record = app.test(instead).await;
        assert_eq!(record["completed_appointment_id"], instead["id"]);
        assert!(app.escalations().await.is_empty());
    }

    async fn evidence_may_come_later_and_a_second_request_is_refused(app: TestApp) {
        let (journey, items) = case_with_misses(&app, 1).await;
        let body = json!({ "reason_code": "examination_or_court", "evidence_due_on": "2025-10-24" });
        let excuse = request(&app, &items[0], body.clone()).await.expect(201);
        assert_eq!(excuse["status"], "awaiting_evidence");
        let token = app.login(Role::Caseworker).await;
        let path = format!("/v1/tasks?case_id={}&limit=100", journey.case);
        let tasks = app.all_items(&token, &path).await;
        assert!(tasks.iter().any(|task| task["kind"] == "excuse_evidence" && task["due_on"] == "2025-10-24"));
        request(&app, &items[0], body).await.problem(409, "excuse_pending");

        let reject = json!({ "decision": "reject", "reason": "未提供证明" });
        assert_eq!(decide(&app, &excuse, reject).await.expect(200)["status"], "rejected");
        assert_eq!(app.appointments(&journey).await[0]["status"], "missed");
    }

    async fn a_caseworker_requests_and_does_not_decide(app: TestApp) {
        let (_, items) = case_with_misses(&app, 1).await;
        let excuse = request(&app, &items[0], json!({ "reason_code": "illness" })).await.expect(201);
        let token = app.login(Role::Caseworker).await;
        let path = format!("/v1/excuses/{}/decision", id_of(&excuse));
        let body = json!({ "decision": "accept", "reason": "是" });
        app.post(&token, &path, body).await.problem(403, "forbidden");
    }
}
