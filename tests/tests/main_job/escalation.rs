//! From the third miss to the police's outcome: people decide each step.

use domain::{MessageKind, Role};
use serde_json::{Value, json};
use tests::{
    Response, TestApp, on_both,
    steps::{Journey, id_of},
};

async fn at_the_third_miss(app: &TestApp) -> (Journey, Vec<Value>, String) {
    app.advance("2025-09-05T10:00").await;
    let journey = app
        .active_case("community_treatment", 36, "2025-09-05")
        .await;
    let items = app.appointments(&journey).await;
    for item in &items[..3] {
        app.let_pass(item).await;
    }
    let escalations = app.escalations().await;
    assert_eq!(escalations.len(), 1, "{escalations:#?}");
    (
        journey,
        items,
        format!("/v1/escalations/{}", id_of(&escalations[0])),
    )
}

async fn label(app: &TestApp, appointment: &Value, label: &str) -> Value {
    let token = app.login(Role::Caseworker).await;
    let path = format!("/v1/appointments/{}/label", id_of(appointment));
    let body = json!({ "label": label, "reason": "多次联系,本人表示不来" });
    app.post(&token, &path, body).await.expect(200)
}

async fn step(app: &TestApp, role: Role, path: &str, rest: &str, body: Value) -> Response {
    let token = app.login(role).await;
    app.post(&token, &format!("{path}/{rest}"), body).await
}

fn to_client(app: &TestApp) -> usize {
    app.sent()
        .iter()
        .filter(|sent| sent.kind != MessageKind::StaffDigest)
        .count()
}

on_both! {
    async fn a_file_goes_from_review_to_outcome_by_two_people(app: TestApp) {
        let (journey, items, path) = at_the_third_miss(&app).await;
        let sent_before = to_client(&app);
        let reason = json!({ "reason": "已核查" });
        step(&app, Role::Caseworker, &path, "submit", reason.clone()).await.problem(409, "escalation_blocked");
        for item in &items[..3] {
            label(&app, item, "evaded_or_refused").await;
        }
        let said = json!({ "statement": "本人称因打工无法前来" });
        step(&app, Role::Caseworker, &path, "statement", said).await.expect(200);
        let submitted = step(&app, Role::Caseworker, &path, "submit", reason.clone()).await.expect(200);
        assert_eq!(submitted["status"], "in_review");
        step(&app, Role::Caseworker, &path, "sign-off", reason.clone()).await.problem(403, "forbidden");
        let signed = step(&app, Role::Supervisor, &path, "sign-off", reason.clone()).await.expect(200);
        assert_eq!(signed["status"], "signed_off");
        assert!(!signed["clock"]["report_due_on"].is_null(), "{signed:#}");

        let referral = json!({
            "receipt_no": "收2026-3", "police_unit": "城东派出所", "officer": "陈警官",
            "handed_over_at": app.now(),
        });
        let referred = step(&app, Role::Caseworker, &path, "referral", referral).await.expect(200);
        assert_eq!(referred["status"], "referred");
        let token = app.login(Role::Caseworker).await;
        let case = app.get(&token, &journey.path("")).await.expect(200);
        assert_eq!(case["status"], "referred");

        let outcome = json!({ "decision": "continue", "document_no": "东公(决)字〔2026〕1号", "decided_on": "2025-12-10" });
        let closed = step(&app, Role::Supervisor, &path, "outcome", outcome).await.expect(200);
        assert_eq!(closed["status"], "closed");
        assert!(!closed["remedy"].is_null(), "the client's remedies are shown with an outcome");
        let case = app.get(&token, &journey.path("")).await.expect(200);
        assert_eq!(case["status"], "active");

        app.run_until_idle().await;
        assert_eq!(to_client(&app), sent_before, "nothing goes to the client because of a flag");
    }

    async fn the_basis_shows_every_reminder_with_its_proof(app: TestApp) {
        let (_, items, path) = at_the_third_miss(&app).await;
        let token = app.login(Role::Supervisor).await;
        let file = app.get(&token, &path).await.expect(200);
        for (basis, item) in file["basis"].as_array().unwrap().iter().zip(&items) {
            let appointment = &basis["appointment"];
            assert_eq!(appointment["id"], item["id"]);
            assert_eq!(appointment["why"], item["why"]);
            let reminders = appointment["reminders"].as_array().unwrap();
            // Four before the due day and one after it.
            assert_eq!(reminders.len(), 5, "{reminders:#?}");
            for reminder in reminders {
                assert_eq!(reminder["status"], "delivered");
                assert_eq!(reminder["attempts"].as_array().unwrap().len(), 1);
            }
        }
        assert!(file["consequence"].as_str().unwrap().contains("可能"));
    }

    async fn who_submits_does_not_sign_off(app: TestApp) {
        let (_, items, path) = at_the_third_miss(&app).await;
        for item in &items[..3] {
            label(&app, item, "evaded_or_refused").await;
        }
        let reason = json!({ "reason": "已核查" });
        step(&app, Role::Supervisor, &path, "submit", reason.clone()).await.expect(200);
        step(&app, Role::Supervisor, &path, "sign-off", reason).await.problem(409, "sign_off_by_submitter");
    }

    async fn while_it_is_open_a_miss_joins_and_after_dismissal_the_next_opens_a_new_one(app: TestApp) {
        let (_, items, path) = at_the_third_miss(&app).await;
        let supervisor = app.login(Role::Supervisor).await;
        app.let_pass(&items[3]).await;
        assert_eq!(app.escalations().await.len(), 1);
        let file = app.get(&supervisor, &path).await.expect(200);
        assert_eq!((&file["count"], file["basis"].as_array().unwrap().len()), (&json!(4), 4));

        let reason = json!({ "reason": "已面谈,继续执行" });
        let dismissed = step(&app, Role::Supervisor, &path, "dismiss", reason).await.expect(200);
        assert_eq!(dismissed["status"], "dismissed");
        app.run_until_idle().await;
        assert_eq!(app.escalations().await.len(), 1, "old misses open nothing again");
        app.let_pass(&items[4]).await;
        let standing: Vec<_> = app.escalations().await.iter().map(|it| it["status"].clone()).collect();
        assert_eq!(standing.len(), 2);
        assert!(standing.contains(&json!("open")), "{standing:?}");
    }

    async fn a_label_of_service_fault_takes_the_miss_out(app: TestApp) {
        let (_, items, path) = at_the_third_miss(&app).await;
        let labelled = label(&app, &items[2], "service_fault").await;
        assert_eq!(labelled["status"], "service_fault");
        assert_eq!(labelled["counted_misses"], 2);
        let token = app.login(Role::Supervisor).await;
        assert_eq!(app.get(&token, &path).await.expect(200)["status"], "withdrawn");
    }

    async fn an_unattended_file_is_brought_before_people_and_never_labelled_by_the_machine(app: TestApp) {
        let (journey, _, path) = at_the_third_miss(&app).await;
        app.advance_to(app.now() + chrono::TimeDelta::days(10)).await;
        let token = app.login(Role::Supervisor).await;
        let file = app.get(&token, &path).await.expect(200);
        assert_eq!(file["status"], "open");
        let tasks = app.all_items(&token, "/v1/tasks?limit=100").await;
        for kind in ["review_escalation", "unattended_escalation"] {
            assert!(tasks.iter().any(|task| task["kind"] == kind), "{kind}: {tasks:#?}");
        }
        for item in app.appointments(&journey).await {
            assert!(item["label"].is_null() && item["labelled_by"].is_null());
        }
    }
}
