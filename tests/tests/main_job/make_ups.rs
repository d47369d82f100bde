//! A make-up: the day agreed on is an appointment like any other.

use domain::MessageKind;
use serde_json::{Value, json};
use tests::{TestApp, app::china, on_both, steps::Journey};

use crate::people::{appointment, decide, ladder, missed, request, tasks, to_clients};

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

    /// Accepted on 20 September, before any reminder: nothing is sent and nothing is missed.
    async fn an_excuse_before_the_day_ends_its_reminders(app: TestApp) {
        let (_, items) = missed(&app, 0).await;
        app.advance("2025-09-20T10:00").await;
        let excuse = request(&app, &items[0], json!({ "reason_code": "pregnancy" })).await.expect(201);
        let accept = json!({ "decision": "accept", "reason": "已核对" });
        decide(&app, &excuse, accept).await.expect(200);
        app.advance("2025-10-15").await;
        let item = appointment(&app, &items[0]["id"]).await;
        assert_eq!(item["status"], "excused");
        assert!(item["label"].is_null(), "there was no miss to label");
        assert!(ladder(&app, &items[0]).await.is_empty());
        assert!(to_clients(&app).is_empty());
        assert!(tasks(&app, "overdue_contact").await.is_empty());
    }

    async fn one_excuse_at_a_time_and_none_after_it_was_accepted(app: TestApp) {
        let (_, items) = missed(&app, 1).await;
        let item = &items[0];
        let illness = json!({ "reason_code": "illness" });
        let first = request(&app, item, illness.clone()).await.expect(201);
        request(&app, item, illness.clone()).await.problem(409, "excuse_pending");
        let reject = json!({ "decision": "reject", "reason": "无证明" });
        decide(&app, &first, reject.clone()).await.expect(200);
        decide(&app, &first, reject).await.problem(409, "excuse_decided");

        let body = json!({ "reason_code": "illness", "evidence_due_on": "2025-10-11" });
        let refused = request(&app, item, body).await.problem(422, "invalid_value");
        assert_eq!(refused["errors"][0]["pointer"], "/evidence_due_on");
        let body = json!({ "reason_code": "illness", "evidence_due_on": "2025-10-12" });
        let second = request(&app, item, body).await.expect(201);
        assert_eq!(second["status"], "awaiting_evidence");
        let [task] = &tasks(&app, "excuse_evidence").await[..] else { panic!("not one task") };
        assert_eq!((&task["due_on"], &task["status"]), (&json!("2025-10-12"), &json!("open")));
        let accept = json!({ "decision": "accept", "reason": "出院小结已核对" });
        decide(&app, &second, accept).await.expect(200);
        let [task] = &tasks(&app, "excuse_evidence").await[..] else { panic!("not one task") };
        assert_eq!(task["status"], "cancelled");
        request(&app, item, illness).await.problem(409, "excuse_decided");

        let now = appointment(&app, &item["id"]).await;
        assert_eq!((&now["status"], &now["label"]), (&json!("excused"), &json!("excused")));
        assert_eq!(now["labelled_by"], json!(app.seed().staff("supervisor")));
        let other = json!({ "reason_code": "other" });
        request(&app, &items[1], other).await.problem(422, "note_required");
        let unknown = json!({ "reason_code": "holiday" });
        request(&app, &items[1], unknown).await.problem(422, "unknown_excuse_code");
    }
}
