//! What people do in several of these stories, and what clients and staff get to see of them.

use domain::{Role, staff_notice::is_notice};
use gateways::recording::Recorded;
use serde_json::{Value, json};
use tests::{
    Response, TestApp,
    steps::{Journey, id_of},
};

/// A community treatment that began on 1 September 2025, and its appointments. Due days: 30
/// September (Tuesday), 31 October (Friday), 1 December (Monday), 31 December (Wednesday). Missed at
/// midnight before 12 October, 6 November, 5 December and 7 January.
pub(crate) async fn begun(app: &TestApp) -> (Journey, Vec<Value>) {
    let journey = app
        .active_case("community_treatment", 36, "2025-09-01")
        .await;
    let items = app.appointments(&journey).await;
    (journey, items)
}

/// The same with its first `count` appointments missed.
pub(crate) async fn missed(app: &TestApp, count: usize) -> (Journey, Vec<Value>) {
    let (journey, items) = begun(app).await;
    for item in &items[..count] {
        app.let_pass(item).await;
    }
    let items = app.appointments(&journey).await;
    (journey, items)
}

/// An appointment as it is now.
pub(crate) async fn appointment(app: &TestApp, id: &Value) -> Value {
    let token = app.login(Role::Caseworker).await;
    let path = format!("/v1/appointments/{}", id.as_str().unwrap());
    app.get(&token, &path).await.expect(200)
}

/// Somebody makes a step of an escalation.
pub(crate) async fn step(
    app: &TestApp,
    role: Role,
    file: &Value,
    step: &str,
    body: Value,
) -> Response {
    let token = app.login(role).await;
    let path = format!("/v1/escalations/{}/{step}", id_of(file));
    app.post(&token, &path, body).await
}

/// An escalation as the supervisor sees it now, whole.
pub(crate) async fn file(app: &TestApp, id: &str) -> Value {
    let token = app.login(Role::Supervisor).await;
    app.get(&token, &format!("/v1/escalations/{id}"))
        .await
        .expect(200)
}

/// The one escalation there is, whole.
pub(crate) async fn only_file(app: &TestApp) -> Value {
    let files = app.escalations().await;
    assert_eq!(files.len(), 1, "{files:#?}");
    file(app, &id_of(&files[0])).await
}

/// The codes of an escalation's blockers.
pub(crate) fn blockers(file: &Value) -> Vec<&str> {
    let blockers = file["blockers"].as_array().unwrap();
    blockers
        .iter()
        .map(|one| one["code"].as_str().unwrap())
        .collect()
}

/// The caseworker says what a miss was; answers the appointment with the count that follows.
pub(crate) async fn label(app: &TestApp, miss: &Value, label: &str) -> Value {
    let token = app.login(Role::Caseworker).await;
    let path = format!("/v1/appointments/{}/label", id_of(miss));
    let body = json!({ "label": label, "reason": "已逐次核对" });
    app.post(&token, &path, body).await.expect(200)
}

/// The caseworker labels misses as evaded, and submits the review.
pub(crate) async fn submit(app: &TestApp, file: &Value, misses: &[Value]) -> Value {
    for miss in misses {
        label(app, miss, "evaded_or_refused").await;
    }
    let reason = json!({ "reason": "已逐次核对" });
    step(app, Role::Caseworker, file, "submit", reason)
        .await
        .expect(200)
}

/// The caseworker asks for an excuse.
pub(crate) async fn request(app: &TestApp, appointment: &Value, body: Value) -> Response {
    let token = app.login(Role::Caseworker).await;
    let path = format!("/v1/appointments/{}/excuses", id_of(appointment));
    app.post(&token, &path, body).await
}

/// The supervisor decides on an excuse.
pub(crate) async fn decide(app: &TestApp, excuse: &Value, body: Value) -> Response {
    let token = app.login(Role::Supervisor).await;
    let path = format!("/v1/excuses/{}/decision", id_of(excuse));
    app.post(&token, &path, body).await
}

/// Tasks of one kind, as the supervisor sees them.
pub(crate) async fn tasks(app: &TestApp, kind: &str) -> Vec<Value> {
    let token = app.login(Role::Supervisor).await;
    let mut tasks = app.all_items(&token, "/v1/tasks?limit=100").await;
    tasks.retain(|task| task["kind"] == kind);
    tasks
}

/// What clients got, oldest first.
pub(crate) fn to_clients(app: &TestApp) -> Vec<Recorded> {
    let mut sent = app.sent();
    sent.retain(|sent| !is_notice(sent.kind));
    sent
}

/// The messages about an appointment in the order planned: step, where it stands, and why.
pub(crate) async fn ladder(app: &TestApp, appointment: &Value) -> Vec<(String, String, String)> {
    let token = app.login(Role::Caseworker).await;
    let path = format!(
        "/v1/messages?appointment_id={}&limit=100",
        id_of(appointment)
    );
    let mut messages = app.all_items(&token, &path).await;
    messages.sort_by_key(|message| message["planned_for"].as_str().unwrap().to_owned());
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    messages
        .iter()
        .map(|message| {
            (
                text(&message["step"]),
                text(&message["status"]),
                text(&message["status_reason"]),
            )
        })
        .collect()
}
