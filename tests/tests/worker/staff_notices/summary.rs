//! What the morning's summary counts, and who gets one.

use domain::Role;
use serde_json::{Value, json};
use tests::{TestApp, app::china, on_both, steps::id_of};

use super::planned_for;

/// The mornings on which somebody got a summary, as the staff of the area see it.
async fn summaries(app: &TestApp, username: &str) -> Vec<String> {
    let token = app.login_as("area.supervisor").await;
    let path = "/v1/messages?recipient=staff&limit=100";
    let person = json!(app.seed().staff(username));
    let all = app.all_items(&token, path).await;
    let of_person = |one: &&Value| one["kind"] == "staff_digest" && one["staff_id"] == person;
    let of_person = all.iter().filter(of_person);
    of_person
        .map(|one| planned_for(one).date_naive().to_string())
        .collect()
}

async fn lock_the_head(app: &TestApp) {
    let admin = app.login(Role::AgencyAdmin).await;
    let path = format!("/v1/staff/{}", app.seed().staff("supervisor"));
    let locked = app.patch(&admin, &path, json!({ "active": false })).await;
    locked.expect(200);
}

/// A case with three misses, of which a file was opened on Friday 5 December and looked at by nobody,
/// on the morning on which the heads are told. No job has run on it.
async fn unattended(app: &TestApp) {
    let journey = app
        .active_case("community_treatment", 36, "2025-09-01")
        .await;
    for item in &app.appointments(&journey).await[..3] {
        app.let_pass(item).await;
    }
    app.advance("2025-12-09T08:29").await;
    app.outage_until("2025-12-09T08:30");
}

on_both! {
    /// The job that tells of unattended files may be later than the summary, or fail.
    async fn what_is_told_this_morning_stands_in_the_summary(app: TestApp) {
        unattended(&app).await;
        assert!(summaries(&app, "supervisor").await.is_empty(), "nothing else waits for the head");
        app.worker().run_job_once("digest").await.unwrap();
        assert_eq!(summaries(&app, "supervisor").await, ["2025-12-09"]);
        assert!(summaries(&app, "area.supervisor").await.is_empty(), "the office has a head");
        app.run_until_idle().await;
        let token = app.login(Role::Supervisor).await;
        let tasks = app.all_items(&token, "/v1/tasks?status=open&limit=100").await;
        assert_eq!(tasks.iter().filter(|task| task["kind"] == "unattended_escalation").count(), 1);
    }

    async fn an_office_without_a_head_is_looked_after_by_that_of_the_area(app: TestApp) {
        lock_the_head(&app).await;
        unattended(&app).await;
        app.worker().run_job_once("digest").await.unwrap();
        assert_eq!(summaries(&app, "area.supervisor").await, ["2025-12-09"]);
        assert!(summaries(&app, "other.area.supervisor").await.is_empty());
        app.run_until_idle().await;
        let texts = app.sent().into_iter().filter(|sent| sent.at >= china("2025-12-09"));
        let texts: Vec<String> = texts.map(|sent| sent.text).collect();
        assert!(texts.iter().any(|text| text.contains("您今天有1项待办")), "{texts:?}");
    }

    /// A client's reason without a day for the evidence makes no task. The first appointment is due on
    /// 30 September: from a week before, its caseworker is told of it.
    async fn reasons_to_decide_and_appointments_of_the_week_are_counted(app: TestApp) {
        let journey = app.active_case("community_treatment", 36, "2025-09-01").await;
        let item = id_of(&app.appointments(&journey).await[0]);
        app.advance("2025-09-01T10:00").await;
        let caseworker = app.login(Role::Caseworker).await;
        let path = format!("/v1/appointments/{item}/excuses");
        let body = json!({ "reason_code": "illness" });
        let excuse = app.post(&caseworker, &path, body).await.expect(201);
        app.advance("2025-09-02T10:00").await;
        for person in ["caseworker", "supervisor"] {
            assert_eq!(summaries(&app, person).await, ["2025-09-02"], "{person}");
        }
        assert!(summaries(&app, "colleague").await.is_empty());
        let texts: Vec<_> = app.sent().into_iter().map(|sent| sent.text).collect();
        let counted = texts.iter().filter(|text| text.contains("您今天有1项待办"));
        assert_eq!(counted.count(), 2, "{texts:?}");
        let head = app.login(Role::Supervisor).await;
        let decision = json!({ "decision": "reject", "reason": "未提供证明" });
        let path = format!("/v1/excuses/{}/decision", id_of(&excuse));
        app.post(&head, &path, decision).await.expect(200);
        app.advance("2025-09-23T10:00").await;
        assert_eq!(summaries(&app, "caseworker").await, ["2025-09-02"]);
        app.advance("2025-09-24T10:00").await;
        assert_eq!(summaries(&app, "caseworker").await, ["2025-09-02", "2025-09-24"]);
        assert_eq!(summaries(&app, "supervisor").await, ["2025-09-02"]);
    }
}
