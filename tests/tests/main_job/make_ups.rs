//! A make-up: the day agreed on is an appointment like any other.

use domain::MessageKind;
use serde_json::{Value, json};
use tests::{TestApp, app::china, on_both, steps::Journey};

use crate::people::{appointment, begun, decide, missed, request, to_clients};

/// The first appointment was missed; on Monday 13 October a make-up on Saturday the 18th is agreed
/// on, which the Monday after stands in for.
async fn agreed(app: &TestApp) -> (Journey, Vec<Value>, Value) {
    let (journey, items) = missed(app, 1).await;
    app.advance("2025-10-13T10:00").await;
    let excuse = request(app, &items[0], json!({ "reason_code": "family_event" }))
        .await
        .expect(201);
    let body = json!({ "decision": "make_up", "reason": "改期", "make_up_due_on": "2025-10-18" });
    assert_eq!(
        decide(app, &excuse, body).await.expect(200)["status"],
        "make_up"
    );
    let all = app.appointments(&journey).await;
    let instead = all
        .iter()
        .find(|item| item["replaces_id"] == items[0]["id"])
        .unwrap()
        .clone();
    (journey, items, instead)
}

on_both! {
    /// The second window (1 to 31 October) lies around the make-up: the make-up is older.
    async fn it_is_told_of_and_a_test_for_it_completes_it(app: TestApp) {
        let (journey, items, instead) = agreed(&app).await;
        let first = appointment(&app, &items[0]["id"]).await;
        assert_eq!((&first["status"], &first["label"]), (&json!("deferred"), &json!("deferred")));
        assert_eq!(instead["sequence"], 1);
        assert_eq!(instead["generation"], 1);
        assert_eq!(instead["due_on"], "2025-10-20");
        assert!(instead["why"]["text"].as_str().unwrap().contains("2025-10-18"));

        let before = to_clients(&app).len();
        app.go_to(&instead).await;
        let told: Vec<_> = to_clients(&app)[before..].iter().map(|sent| (sent.at, sent.kind)).collect();
        let reminder = MessageKind::AppointmentReminder;
        // What would have been the step of a week before goes out at once.
        assert_eq!(
            told,
            ["2025-10-13T10:00", "2025-10-17T09:00", "2025-10-20T09:00"].map(|at| (china(at), reminder))
        );
        let record = app.test(&instead).await;
        assert_eq!(record["completed_appointment_id"], instead["id"]);
        let now = app.appointments(&journey).await;
        let second = now.iter().find(|item| item["id"] == items[1]["id"]).unwrap();
        assert_eq!(second["status"], "open", "the next one is still to come");
    }

    async fn to_miss_it_counts_once(app: TestApp) {
        let (_, items, instead) = agreed(&app).await;
        app.let_pass(&instead).await;
        assert_eq!(appointment(&app, &instead["id"]).await["status"], "missed");
        assert_eq!(appointment(&app, &items[0]["id"]).await["status"], "deferred");
        // The make-up is again the first counted miss; the next two make three.
        for item in &items[1..3] {
            assert!(app.escalations().await.is_empty());
            app.let_pass(item).await;
        }
        let [file] = &app.escalations().await[..] else { panic!("not one file") };
        assert_eq!(file["count"], 3);
    }

    async fn a_make_up_is_not_before_today_nor_after_the_term(app: TestApp) {
        let (_, items) = missed(&app, 1).await;
        let excuse = request(&app, &items[0], json!({ "reason_code": "illness" })).await.expect(201);
        for day in ["2025-10-11", "2028-09-01"] {
            let body = json!({ "decision": "make_up", "reason": "改期", "make_up_due_on": day });
            let refused = decide(&app, &excuse, body).await.problem(422, "invalid_value");
            assert_eq!(refused["errors"][0]["pointer"], "/make_up_due_on");
        }
        assert_eq!(appointment(&app, &items[0]["id"]).await["status"], "missed");
        let bare = json!({ "decision": "make_up", "reason": "改期" });
        decide(&app, &excuse, bare).await.problem(422, "make_up_date_required");
    }

    async fn a_make_up_may_be_agreed_on_before_the_day(app: TestApp) {
        let (journey, items) = begun(&app).await;
        app.advance("2025-09-29T10:00").await;
        let excuse = request(&app, &items[0], json!({ "reason_code": "family_event" })).await.expect(201);
        let without_day = json!({ "decision": "make_up", "reason": "改期" });
        decide(&app, &excuse, without_day).await.problem(422, "make_up_date_required");
        let body = json!({ "decision": "make_up", "reason": "改期", "make_up_due_on": "2025-10-20" });
        assert_eq!(decide(&app, &excuse, body).await.expect(200)["status"], "make_up");
        let now = app.appointments(&journey).await;
        assert_eq!(now.len(), 23);
        let deferred = now.iter().find(|item| item["id"] == items[0]["id"]).unwrap();
        assert_eq!(deferred["status"], "deferred");
        assert!(deferred["label"].is_null(), "there was no miss to label");
        let instead = now.iter().find(|item| item["replaces_id"] == items[0]["id"]).unwrap();
        assert_eq!(instead["due_on"], "2025-10-20");
        app.go_to(instead).await;
        let record = app.test(instead).await;
        assert_eq!(record["completed_appointment_id"], instead["id"]);
        assert!(app.escalations().await.is_empty());
    }
}
