//! One client who is to be reminded, and what the API shows of it.

use std::{future::Future, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use diesel::{Connection, PgConnection, SqliteConnection, connection::SimpleConnection};
use domain::Role;
use serde_json::{Value, json};
use tests::{
    Backend, TestApp,
    fakes::webhook::Taken,
    steps::{Journey, id_of},
};

/// The client's number, as gateways get it.
pub(crate) const CLIENT: &str = "+8613900001111";

/// A case whose first appointment is due on 9 October 2025. Its reminders go out at 09:00 on 30
/// September (`wd-1`), 2 (`d-7`), 6 (`d-3`) and 9 October (`d0`). The clock stands at 08:59 before
/// the first.
pub(crate) async fn before_the_first_reminder(app: &TestApp) -> Journey {
    app.advance("2025-09-05T10:00").await;
    let journey = app
        .active_case("community_treatment", 36, "2025-09-05")
        .await;
    app.advance("2025-09-30T08:59").await;
    journey
}

/// A client whose case is judged by another pack: the shipped one, changed; it says of itself `cn-other`.
pub(crate) async fn under_another_pack(app: &TestApp, change: (&str, &str)) -> Journey {
    let pack = domain::rule_pack::shipped()[0]
        .1
        .replace("\"cn-default\"", "\"cn-other\"")
        .replace(change.0, change.1);
    let admin = app.login(Role::AgencyAdmin).await;
    let body = json!({ "document": pack });
    app.post(&admin, "/v1/rule-packs", body).await.expect(201);
    app.advance("2025-09-05T10:00").await;
    let client = app.register_client("王小明", "13900001111").await;
    let case = app.register_case(&client, "community_treatment", 36, "2025-09-05");
    let case = id_of(&case.await);
    app.report_in(&case, "2025-09-05").await;
    let journey = Journey { client, case };
    let caseworker = app.login(Role::Caseworker).await;
    let replan = json!({ "rule_pack": "cn-other", "reason": "试点" });
    let path = journey.path("/replans");
    app.post(&caseworker, &path, replan).await.expect(200);
    journey
}

/// Runs SQL as somebody who owns the database, past the product.
pub(crate) fn as_owner(app: &TestApp, sql: &str) {
    match app.backend() {
        Backend::Sqlite => {
            let path = app.database_url().strip_prefix("sqlite://").unwrap();
            let mut conn = SqliteConnection::establish(path).unwrap();
            conn.batch_execute(sql).unwrap();
        }
        Backend::Postgres => {
            let mut conn = PgConnection::establish(app.database_url()).unwrap();
            conn.batch_execute(sql).unwrap();
        }
    }
}

/// The message of the first appointment's step.
pub(crate) async fn message(app: &TestApp, journey: &Journey, step: &str) -> Value {
    let messages = app.messages(journey).await;
    messages
        .into_iter()
        .find(|message| message["step"] == step)
        .unwrap()
}

/// What the first appointment's `notice_proof` says.
pub(crate) async fn notice_proof(app: &TestApp, journey: &Journey) -> Value {
    app.appointments(journey).await[0]["notice_proof"].clone()
}

/// The case's tasks to phone the client.
pub(crate) async fn calls(app: &TestApp, journey: &Journey) -> Vec<Value> {
    let token = app.login(Role::Caseworker).await;
    let path = format!("/v1/tasks?case_id={}&limit=100", journey.case);
    let tasks = app.all_items(&token, &path).await.into_iter();
    tasks.filter(|task| task["kind"] == "call_client").collect()
}

/// The first appointment, as it is read by itself.
pub(crate) async fn shown(app: &TestApp, journey: &Journey) -> Value {
    let token = app.login(Role::Caseworker).await;
    let id = id_of(&app.appointments(journey).await[0]);
    app.get(&token, &format!("/v1/appointments/{id}"))
        .await
        .expect(200)
}

/// Changes the case's client.
pub(crate) async fn change_client(app: &TestApp, journey: &Journey, body: Value) {
    let token = app.login(Role::Caseworker).await;
    app.patch(&token, &format!("/v1/clients/{}", journey.client), body)
        .await
        .expect(200);
}

/// Outcome and code of every attempt at a message, in order.
pub(crate) fn outcomes(message: &Value) -> Vec<(&str, Option<&str>)> {
    let attempts = message["attempts"].as_array().unwrap().iter();
    attempts
        .map(|attempt| {
            (
                attempt["outcome"].as_str().unwrap(),
                attempt["code"].as_str(),
            )
        })
        .collect()
}

/// The time between the end of each attempt at a message and the begin of the next.
pub(crate) fn waits(message: &Value) -> Vec<TimeDelta> {
    let attempts = message["attempts"].as_array().unwrap();
    attempts
        .windows(2)
        .map(|pair| instant(&pair[1]["started_at"]) - instant(&pair[0]["finished_at"]))
        .collect()
}

/// An instant of the API.
pub(crate) fn instant(value: &Value) -> DateTime<Utc> {
    value.as_str().unwrap().parse().unwrap()
}

/// What the platform took for the client; the digests to staff left out.
pub(crate) fn taken(app: &TestApp) -> Vec<Taken> {
    let all = app.fake().taken().into_iter();
    all.filter(|taken| taken.to == CLIENT).collect()
}

/// Waits for what another process, or the other end of a connection, does.
///
/// # Panics
/// When it has not happened after a minute.
pub(crate) async fn eventually<F: Future<Output = bool>>(what: &str, mut holds: impl FnMut() -> F) {
    let waiting = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_mins(1), waiting).await;
    assert!(waited.is_ok(), "waited in vain: {what}");
}
