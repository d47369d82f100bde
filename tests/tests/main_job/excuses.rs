//! Excuses: asked for before the day or after it, decided by people, and what follows at once.

use domain::Role;
use serde_json::json;
use tests::{on_both, steps::id_of};

use crate::people::{
    appointment, blockers, decide, file, ladder, missed, only_file, request, tasks, to_clients,
};

on_both! {
    async fn an_excuse_accepted_late_withdraws_the_file_and_the_next_miss_opens_another(app: TestApp) {
        let (_, items) = missed(&app, 3).await;
        app.advance("2025-12-08T10:00").await;
        let first = only_file(&app).await;
        assert_eq!(blockers(&first), ["unlabelled_miss"]);
        let before = to_clients(&app).len();
        let body = json!({ "reason_code": "illness", "evidence_due_on": "2025-12-15" });
        let excuse = request(&app, &items[1], body).await.expect(201);
        assert_eq!(blockers(&only_file(&app).await), ["unlabelled_miss", "excuse_pending"]);
        let accept = json!({ "decision": "accept", "reason": "出院小结已核对" });
        decide(&app, &excuse, accept).await.expect(200);

        let withdrawn = file(&app, &id_of(&first)).await;
        assert_eq!((&withdrawn["status"], &withdrawn["count"]), (&json!("withdrawn"), &json!(2)));
        assert_eq!(withdrawn["closed_reason"], "below_threshold");
        let basis = withdrawn["basis"].as_array().unwrap();
        assert_eq!(basis.len(), 3, "what left the basis stays on file");
        for one in basis {
            assert_eq!(one["removed_at"].is_null(), one["object_id"] != items[1]["id"], "{one:#}");
        }
        for task in tasks(&app, "review_escalation").await {
            assert_eq!(task["status"], "cancelled", "nobody reviews it any more");
        }
        app.run_until_idle().await;
        assert_eq!(to_clients(&app).len(), before);

        app.let_pass(&items[3]).await;
        let files = app.escalations().await;
        assert_eq!(files.len(), 2);
        let second = files.iter().find(|one| one["id"] != first["id"]).unwrap();
        let second = file(&app, &id_of(second)).await;
        assert_eq!((&second["status"], &second["count"]), (&json!("open"), &json!(3)));
        let mut rests_on: Vec<_> = second["basis"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["appointment"]["sequence"].as_i64().unwrap())
            .collect();
        rests_on.sort_unstable();
        assert_eq!(rests_on, [1, 3, 4]);
    }

    async fn a_rejected_excuse_leaves_the_count(app: TestApp) {
        let (_, items) = missed(&app, 3).await;
        let excuse = request(&app, &items[1], json!({ "reason_code": "illness" })).await.expect(201);
        let reject = json!({ "decision": "reject", "reason": "未提供证明" });
        decide(&app, &excuse, reject).await.expect(200);
        let it = only_file(&app).await;
        assert_eq!((&it["status"], &it["count"]), (&json!("open"), &json!(3)));
        assert_eq!(appointment(&app, &items[1]["id"]).await["status"], "missed");
        assert_eq!(it["basis"][1]["appointment"]["excuses"][0]["status"], "rejected");
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

    /// Asked for weeks before the first reminder: nobody runs after evidence once it is no matter any
    /// more.
    async fn evidence_is_not_awaited_for_an_appointment_that_is_settled(app: TestApp) {
        let (journey, items) = missed(&app, 0).await;
        for item in &items[1..3] {
            assert_eq!(item["status"], "scheduled");
            let body = json!({ "reason_code": "illness", "evidence_due_on": "2025-10-09" });
            request(&app, item, body).await.expect(201);
        }
        let awaited = async || {
            let tasks = tasks(&app, "excuse_evidence").await;
            tasks.into_iter().map(|task| task["status"].clone()).collect::<Vec<_>>()
        };
        assert_eq!(awaited().await, ["open", "open"]);
        let token = app.login(Role::Supervisor).await;
        let end = json!({ "kind": "gone_abroad", "reason": "已出境定居" });
        app.post(&token, &journey.path("/termination"), end).await.expect(200);
        assert_eq!(awaited().await, ["cancelled", "cancelled"]);
    }

    async fn a_caseworker_requests_and_does_not_decide(app: TestApp) {
        let (_, items) = missed(&app, 1).await;
        let excuse = request(&app, &items[0], json!({ "reason_code": "illness" })).await.expect(201);
        let token = app.login(Role::Caseworker).await;
        let path = format!("/v1/excuses/{}/decision", id_of(&excuse));
        let body = json!({ "decision": "accept", "reason": "是" });
        app.post(&token, &path, body).await.problem(403, "forbidden");
    }
}
