//! Whole bodies, as apps see them: a field that appears, goes or changes its name shows here.
//!
//! After a change that is meant, run once with `INSTA_UPDATE=always` and read the difference.

use std::{collections::BTreeSet, fs, path::Path};

use domain::Role;
use serde_json::{Value, json};
use tests::{TestApp, on_both};
use uuid::Uuid;

/// The bodies kept. A file without its name here is refused.
const KEPT: [&str; 6] = [
    "appointment",
    "case",
    "escalation",
    "message",
    "problem",
    "schedule_preview",
];

/// Puts a word in the place of every id: they differ from run to run.
fn without_ids(value: &mut Value) {
    match value {
        Value::String(text) if Uuid::parse_str(text).is_ok() => "[id]".clone_into(text),
        Value::Array(items) => items.iter_mut().for_each(without_ids),
        Value::Object(fields) => fields.values_mut().for_each(without_ids),
        _ => {}
    }
}

fn keep(name: &str, mut body: Value) {
    assert!(KEPT.contains(&name));
    without_ids(&mut body);
    insta::assert_json_snapshot!(name, body);
}

/// What is at `path`, to the caseworker.
async fn shown(app: &TestApp, path: &str) -> Value {
    let token = app.login(Role::Caseworker).await;
    app.get(&token, path).await.expect(200)
}

on_both! {
    async fn bodies_are_as_they_were(app: TestApp) {
        app.advance("2025-09-05T10:00").await;
        let journey = app.active_case("community_treatment", 36, "2025-09-05").await;
        keep("case", shown(&app, &journey.path("")).await);
        let first = app.appointments(&journey).await.remove(0);
        keep("appointment", shown(&app, &format!("/v1/appointments/{}", first["id"].as_str().unwrap())).await);

        app.advance("2026-01-09T10:00").await;
        let file = app.escalations().await.remove(0);
        keep("escalation", shown(&app, &format!("/v1/escalations/{}", file["id"].as_str().unwrap())).await);
        let message = app.messages(&journey).await.remove(0);
        keep("message", shown(&app, &format!("/v1/messages/{}", message["id"].as_str().unwrap())).await);

        let token = app.login(Role::Caseworker).await;
        let asked = json!({
            "measure": "aftercare", "reported_in_on": "2025-08-31", "term_months": 6,
        });
        let preview = app.post(&token, "/v1/schedule-previews", asked).await.expect(200);
        keep("schedule_preview", preview);
        let refused = app.post(&token, "/v1/clients", json!({ "name": "王小明", "sex": "male", "phone": "12345" })).await;
        keep("problem", refused.body);
    }
}

#[test]
fn every_kept_body_is_still_compared() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/api/snapshots");
    let stored: BTreeSet<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let kept = KEPT.map(|name| format!("api__bodies__{name}.snap"));
    assert_eq!(stored, kept.into_iter().collect());
}
