//! A text comes into force when a second person has read it, and not before.

use domain::Role;
use serde_json::{Value, json};
use tests::{TestApp, on_both};

const STEP: &str = "/v1/templates/appointment_reminder/d-3";
const FIRST: &str = "{name}您好,请{date}到站。";
const SECOND: &str = "{name}您好,请于{date}{time}前来。";

/// The step as the caseworker sees it.
async fn shown(app: &TestApp) -> Value {
    let token = app.login(Role::Caseworker).await;
    let list = app.get(&token, "/v1/templates").await.expect(200);
    let mut items = list["items"].as_array().unwrap().iter();
    let of_step = |item: &&Value| item["kind"] == "appointment_reminder" && item["step"] == "d-3";
    items.find(of_step).unwrap().clone()
}

on_both! {
    async fn what_ships_is_in_force_until_a_reviewed_text_is(app: TestApp) {
        let shipped = shown(&app).await;
        assert_eq!(shipped["source"], "shipped");
        assert_eq!((&shipped["version"], &shipped["draft"]), (&Value::Null, &Value::Null));
        let neutral = domain::template::neutral(domain::MessageKind::AppointmentReminder);
        assert_eq!(shipped["fallback"], neutral.text());

        let version = app.draft(STEP, FIRST).await;
        let drafted = shown(&app).await;
        assert_eq!(drafted["text"], shipped["text"], "the shipped one stays in force");
        assert_eq!(drafted["source"], "shipped");
        assert_eq!(drafted["draft"]["text"], FIRST);
        assert_eq!(drafted["draft"]["status"], "draft");
        assert_eq!(drafted["draft"]["parts"], 1);

        let approved = app.review(STEP, version, json!({ "decision": "approve" })).await.expect(200);
        assert_eq!(approved, shown(&app).await);
        assert_eq!((&approved["text"], &approved["source"]), (&json!(FIRST), &json!("agency")));
        assert_eq!(approved["text_version"], version);
        assert_eq!(approved["reviewed_by"], json!(app.seed().staff("agency_admin")));
        assert_ne!(approved["updated_by"], approved["reviewed_by"]);
        assert_eq!(approved["draft"], Value::Null);

        // The same with the agency's own.
        let next = app.draft(STEP, SECOND).await;
        assert_eq!(shown(&app).await["text"], FIRST);
        app.review(STEP, next, json!({ "decision": "approve" })).await.expect(200);
        assert_eq!(shown(&app).await["text"], SECOND);
    }

    async fn nobody_reviews_what_they_wrote(app: TestApp) {
        let author = app.second_admin().await;
        let version = app.draft(STEP, FIRST).await;
        let before = app.contents();
        for decision in ["approve", "reject"] {
            let body = json!({ "version": version, "decision": decision, "note": "好" });
            let answer = app.post(&author, &format!("{STEP}/review"), body).await;
            answer.problem(409, "review_by_author");
        }
        let changed = app.contents();
        assert!(changed.changed_since(&before).is_empty(), "only the trail says so");
        assert_eq!(shown(&app).await["source"], "shipped");
        for other in [Role::Supervisor, Role::SecurityAdmin, Role::Auditor] {
            let token = app.login(other).await;
            let body = json!({ "version": version, "decision": "approve" });
            app.post(&token, &format!("{STEP}/review"), body).await.problem(403, "forbidden");
        }
    }

    async fn a_rejected_draft_goes_back_with_its_note(app: TestApp) {
        app.put_in_force(STEP, FIRST).await;
        let version = app.draft(STEP, SECOND).await;
        let answer = app.review(STEP, version, json!({ "decision": "reject" })).await;
        assert_eq!(answer.problem(422, "note_required")["errors"][0]["pointer"], "/note");
        let long = json!({ "decision": "reject", "note": "长".repeat(301) });
        app.review(STEP, version, long).await.problem(422, "invalid_value");

        let back = json!({ "decision": "reject", "note": " 称呼应当更礼貌 " });
        let rejected = app.review(STEP, version, back.clone()).await.expect(200);
        assert_eq!(rejected["text"], FIRST, "what was in force stays");
        assert_eq!(rejected["draft"]["status"], "rejected");
        assert_eq!(rejected["draft"]["note"], "称呼应当更礼貌");
        assert_eq!(rejected["draft"]["reviewed_by"], json!(app.seed().staff("agency_admin")));
        app.review(STEP, version, back).await.problem(409, "conflict");

        // The next draft takes its place.
        let next = app.draft(STEP, SECOND).await;
        let shown = shown(&app).await;
        assert_eq!((&shown["draft"]["version"], &shown["draft"]["status"]), (&json!(next), &json!("draft")));
        assert_eq!(shown["draft"]["note"], Value::Null);
    }

    /// A reviewer approves what they read, and nothing that was put in its place meanwhile.
    async fn a_draft_that_was_replaced_cannot_be_approved(app: TestApp) {
        let read = app.draft(STEP, FIRST).await;
        let written = app.draft(STEP, SECOND).await;
        assert!(written > read);
        let approved = json!({ "decision": "approve" });
        app.review(STEP, read, approved.clone()).await.problem(412, "stale_version");
        assert_eq!(shown(&app).await["source"], "shipped");
        app.review(STEP, written, approved.clone()).await.expect(200);
        app.review(STEP, written, approved).await.problem(409, "conflict");
    }

    async fn a_reset_takes_the_text_and_its_draft_away(app: TestApp) {
        app.put_in_force(STEP, FIRST).await;
        let version = app.draft(STEP, SECOND).await;
        let token = app.login(Role::AgencyAdmin).await;
        app.delete(&token, STEP).await.expect(204);
        let shown = shown(&app).await;
        assert_eq!((&shown["source"], &shown["draft"]), (&json!("shipped"), &Value::Null));
        assert_eq!(shown["version"], Value::Null);
        app.review(STEP, version, json!({ "decision": "approve" })).await.problem(409, "conflict");
        app.delete(&token, STEP).await.problem(404, "not_found");
    }

    /// What is sent is what is in force, until its successor is.
    async fn the_worker_sends_reviewed_texts_only(app: TestApp) {
        app.advance("2025-09-05T10:00").await;
        app.active_case("community_treatment", 36, "2025-09-05").await;
        let d7 = "/v1/templates/appointment_reminder/d-7";
        app.put_in_force(d7, "{name}您好,审过的{date}到站。").await;
        app.draft(d7, "{name}您好,没审过的{date}到站。").await;
        app.draft(STEP, "{name}您好,没审过的{date}到站。").await;
        app.advance("2025-10-08T10:00").await;
        let sent = app.sent();
        let texts: Vec<&str> = sent.iter().map(|one| one.text.as_str()).collect();
        assert!(texts.iter().any(|text| text.contains("审过的10月9日到站")), "{texts:?}");
        assert!(!texts.iter().any(|text| text.contains("没审过的")), "{texts:?}");
    }

    async fn a_reminder_states_the_date(app: TestApp) {
        let token = app.login(Role::AgencyAdmin).await;
        for (path, text) in [
            (STEP, "{name}您好,请尽快到站。"),
            ("/v1/templates/report_in_reminder/d-2", "{name}您好,请于{time}前到站。"),
        ] {
            let answer = app.put(&token, path, json!({ "text": text })).await;
            assert_eq!(answer.problem(422, "invalid_value")["errors"][0]["pointer"], "/text");
        }
        let overdue = "/v1/templates/appointment_overdue/overdue";
        app.put(&token, overdue, json!({ "text": "请致电{phone}改期。" })).await.expect(200);
    }
}
