//! The clock of an escalation: who is told when nobody acts, and how it ends.

use domain::{MessageKind, Role};
use serde_json::json;
use tests::{app::china, on_both, steps::id_of};

use crate::people::{file, missed, only_file, step, submit, tasks};

on_both! {
    /// Opened on Friday 5 December at midnight: the caseworker is told each working morning, the
    /// supervisors after two working days.
    async fn an_open_file_reminds_daily_and_then_the_supervisor(app: TestApp) {
        missed(&app, 3).await;
        let opened = only_file(&app).await;
        assert_eq!(opened["opened_at"], "2025-12-04T16:00:00Z");
        let [review] = &tasks(&app, "review_escalation").await[..] else { panic!("not one task") };
        assert_eq!(review["assignee_id"], json!(app.seed().staff("caseworker")));
        assert_eq!(review["due_on"], "2025-12-05");

        app.advance("2025-12-09T08:00").await;
        assert!(tasks(&app, "unattended_escalation").await.is_empty());
        app.advance("2025-12-09T09:00").await;
        let [alert] = &tasks(&app, "unattended_escalation").await[..] else { panic!("not one alert") };
        assert_eq!(alert["created_at"], "2025-12-09T00:30:00Z");
        assert!(alert["assignee_id"].is_null(), "any supervisor of the office");
        let digests: Vec<_> = app
            .sent()
            .into_iter()
            .filter(|sent| sent.kind == MessageKind::StaffDigest && sent.at >= china("2025-12-05"))
            .map(|sent| sent.at)
            .collect();
        // Not on the weekend of the 6th and 7th; of the alert the head of the office is told as well.
        let (daily, alerted) = (["2025-12-05T08:30", "2025-12-08T08:30"], ["2025-12-09T08:30"; 2]);
        let expected = daily.into_iter().chain(alerted).map(china);
        assert_eq!(digests, expected.collect::<Vec<_>>());
    }

    /// Signed off on Tuesday 9 December: to be handed over on the 10th, alert on the 12th. That
    /// nobody had looked at it in time was an alert of its own.
    async fn a_file_that_is_not_handed_over_raises_another_alert(app: TestApp) {
        let (_, items) = missed(&app, 3).await;
        app.advance("2025-12-09T10:00").await;
        assert_eq!(tasks(&app, "unattended_escalation").await.len(), 1);
        let it = only_file(&app).await;
        submit(&app, &it, &items[..3]).await;
        let reason = json!({ "reason": "同意移交" });
        let signed = step(&app, Role::Supervisor, &it, "sign-off", reason).await.expect(200);
        assert_eq!(signed["clock"]["report_due_on"], "2025-12-10");
        assert_eq!(signed["clock"]["alert_on"], "2025-12-12");
        let [hand_over] = &tasks(&app, "hand_over_escalation").await[..] else { panic!("not one task") };
        assert_eq!((hand_over["due_on"].as_str(), hand_over["status"].as_str()), (Some("2025-12-10"), Some("open")));
        app.advance("2025-12-12T09:00").await;
        let open = tasks(&app, "unattended_escalation").await;
        let open = open.iter().filter(|task| task["status"] == "open").count();
        assert_eq!(open, 1);

        // Handing it over ends every task of it.
        let receipt = json!({
            "receipt_no": "移交〔2025〕12号", "police_unit": "城东派出所", "officer": "周警官",
            "handed_over_at": app.now(),
        });
        step(&app, Role::Caseworker, &it, "referral", receipt).await.expect(200);
        let token = app.login(Role::Supervisor).await;
        let left = app.all_items(&token, "/v1/tasks?status=open&limit=100").await;
        assert!(left.iter().all(|task| task["escalation_id"] != it["id"]), "{left:#?}");
    }

    /// Steps out of order are refused and change nothing.
    async fn no_step_is_skipped_and_none_repeated(app: TestApp) {
        let (journey, items) = missed(&app, 3).await;
        app.advance("2025-12-05T10:00").await;
        let it = only_file(&app).await;
        let reason = json!({ "reason": "r" });
        let receipt = json!({
            "receipt_no": "1", "police_unit": "城东派出所", "officer": "周警官",
            "handed_over_at": app.now(),
        });
        let outcome = json!({
            "decision": "isolation", "document_no": "88", "decided_on": "2025-12-05",
        });
        let head = Role::Supervisor;
        step(&app, head, &it, "sign-off", reason.clone()).await.problem(409, "illegal_transition");
        step(&app, head, &it, "referral", receipt.clone()).await.problem(409, "illegal_transition");
        step(&app, head, &it, "outcome", outcome.clone()).await.problem(409, "illegal_transition");
        let blocked = step(&app, head, &it, "submit", reason.clone()).await;
        let blocked = blocked.problem(409, "escalation_blocked");
        assert_eq!(blocked["errors"][0]["detail"], "unlabelled_miss");
        let after = file(&app, &id_of(&it)).await;
        assert_eq!((&after["status"], &after["version"]), (&json!("open"), &it["version"]));

        submit(&app, &it, &items[..3]).await;
        step(&app, head, &it, "submit", reason.clone()).await.problem(409, "illegal_transition");
        step(&app, Role::Caseworker, &it, "dismiss", reason.clone()).await.problem(403, "forbidden");
        step(&app, head, &it, "sign-off", reason.clone()).await.expect(200);
        step(&app, head, &it, "referral", receipt).await.expect(200);
        // The police have it now.
        step(&app, head, &it, "dismiss", reason).await.problem(409, "illegal_transition");
        let closed = step(&app, head, &it, "outcome", outcome).await.expect(200);
        assert_eq!(closed["status"], "closed");
        assert!(!closed["remedy"].is_null());
        let token = app.login(Role::Caseworker).await;
        let case = app.get(&token, &journey.path("")).await.expect(200);
        assert_eq!(case["status"], "ended_in_isolation");
        let left = app.appointments(&journey).await;
        assert!(left[3..].iter().all(|item| item["status"] == "cancelled"));
        assert!(left[..3].iter().all(|item| item["status"] == "missed"));
    }
}
