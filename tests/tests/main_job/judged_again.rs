//! What comes in late: an excuse, a record, a further miss. The file follows.

use domain::Role;
use serde_json::json;
use tests::{on_both, steps::id_of};

use crate::people::{
    appointment, blockers, decide, file, missed, only_file, request, step, tasks, to_clients,
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

    /// The sample was taken in the second window and the paper found after the third miss.
    async fn a_test_recorded_late_withdraws_the_file(app: TestApp) {
        let (_, items) = missed(&app, 3).await;
        let it = only_file(&app).await;
        let paper = json!({ "collected_at": "2025-10-20T02:00:00Z" });
        let record = app.test_with(&items[1], paper).await.expect(201);
        assert_eq!(record["completed_appointment_id"], items[1]["id"]);
        let item = appointment(&app, &items[1]["id"]).await;
        assert_eq!((&item["status"], &item["late"]), (&json!("completed"), &json!(false)));
        assert!(item["missed_at"].is_null());
        assert_eq!(file(&app, &id_of(&it)).await["status"], "withdrawn");
    }

    /// With four misses on file, one label fewer changes the basis and withdraws nothing.
    async fn a_label_changes_the_basis_of_the_file_under_way(app: TestApp) {
        let (_, items) = missed(&app, 4).await;
        let it = only_file(&app).await;
        assert_eq!(it["count"], 4);
        let token = app.login(Role::Caseworker).await;
        let path = format!("/v1/appointments/{}/label", id_of(&items[0]));
        let fault = json!({ "label": "service_fault", "reason": "试剂缺货" });
        app.post(&token, &path, fault).await.expect(200);
        let it = only_file(&app).await;
        assert_eq!((&it["status"], &it["count"]), (&json!("open"), &json!(3)));
        // Labelled anew, it counts again and joins again.
        let evaded = json!({ "label": "evaded_or_refused", "reason": "核对后更正" });
        app.post(&token, &path, evaded).await.expect(200);
        let it = only_file(&app).await;
        assert_eq!((&it["status"], &it["count"]), (&json!("open"), &json!(4)));
        let fault = json!({ "label": "service_fault", "reason": "试剂缺货" });
        for item in &items[..2] {
            let path = format!("/v1/appointments/{}/label", id_of(item));
            app.post(&token, &path, fault.clone()).await.expect(200);
        }
        assert_eq!(only_file(&app).await["status"], "withdrawn");
    }

    /// Two positive results are one file; it needs no label, and the case goes on meanwhile.
    async fn a_further_positive_result_joins_the_file(app: TestApp) {
        let (journey, items) = missed(&app, 0).await;
        app.advance("2025-09-20T10:00").await;
        app.test_with(&items[0], json!({ "result": "positive" })).await.expect(201);
        let it = only_file(&app).await;
        assert_eq!((&it["kind"], &it["count"]), (&json!("positive_test"), &json!(1)));
        assert!(blockers(&it).is_empty());
        app.advance("2025-10-05T10:00").await;
        let record = app.test_with(&items[1], json!({ "result": "positive" })).await.expect(201);
        let it = only_file(&app).await;
        assert_eq!((&it["status"], &it["count"]), (&json!("open"), &json!(2)));
        assert_eq!(it["basis"][1]["test_record"]["id"], record["id"]);
        assert!(to_clients(&app).is_empty(), "no text because of a result");
        let token = app.login(Role::Caseworker).await;
        assert_eq!(app.get(&token, &journey.path("")).await.expect(200)["status"], "active");

        // Dismissed, it stays dismissed until another positive result.
        let reason = json!({ "reason": "实验室复检为阴性" });
        step(&app, Role::Supervisor, &it, "dismiss", reason).await.expect(200);
        app.test_with(&items[2], json!({})).await.problem(409, "appointment_not_open_yet");
        app.advance("2025-11-10T10:00").await;
        app.test(&items[2]).await;
        assert_eq!(app.escalations().await.len(), 1);
        app.advance("2025-12-10T10:00").await;
        app.test_with(&items[3], json!({ "result": "positive" })).await.expect(201);
        assert_eq!(app.escalations().await.len(), 2);
    }
}
