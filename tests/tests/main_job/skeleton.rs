//! One case walked from the decision to the third miss.

use domain::Role;
use tests::{on_both, steps::id_of};

on_both! {
    async fn a_case_is_planned_reminded_missed_and_put_before_people(setup: Setup) {
        let app = setup.start().await;
        let client = app.register_client("王小明", "13900001111").await;
        let case = app.register_case(&client, "community_treatment", 36, "2025-09-01").await;
        assert_eq!(case["status"], "ordered");
        // 15 days after receipt, the day of receipt not counted (戒毒条例 14).
        assert_eq!(case["report_in_due_on"], "2025-09-16");

        app.advance("2025-09-05T10:00").await;
        let case = app.report_in(&id_of(&case), "2025-09-05").await;
        assert_eq!(case["status"], "active");
        assert_eq!(case["term_starts_on"], "2025-09-05");
        assert_eq!(case["term_ends_on"], "2028-09-04");
        let journey = tests::steps::Journey { client, case: id_of(&case) };

        let items = app.appointments(&journey).await;
        assert_eq!(items.len(), 22);
        let due: Vec<_> = [0, 3, 6].map(|index| items[index]["due_on"].as_str().unwrap()).into();
        assert_eq!(due, ["2025-10-09", "2026-01-04", "2026-04-07"]);
        assert_eq!(items[0]["status"], "scheduled");

        // The window is open from the day of report-in; the worker finds it so.
        app.run_until_idle().await;
        assert_eq!(app.appointments(&journey).await[0]["status"], "open");

        app.go_to(&items[0]).await;
        let steps: Vec<_> = app.sent().iter().map(|sent| sent.at.to_rfc3339()).collect();
        assert_eq!(
            steps,
            [
                // One working day ahead: the holiday lasts from 1 to 8 October.
                "2025-09-30T01:00:00+00:00",
                "2025-10-02T01:00:00+00:00",
                "2025-10-06T01:00:00+00:00",
                // The caseworker's summary: there is an appointment to see to.
                "2025-10-09T00:30:00+00:00",
                "2025-10-09T01:00:00+00:00",
            ]
        );

        for item in &items[..3] {
            app.let_pass(item).await;
        }
        let missed = app.appointments(&journey).await;
        for item in &missed[..3] {
            assert_eq!(item["status"], "missed");
            assert_eq!(item["notice_proof"], "proven");
            assert!(item["label"].is_null(), "only a person labels");
        }
        let [escalation] = &app.escalations().await[..] else { panic!("not one escalation") };
        assert_eq!(escalation["kind"], "missed_tests");
        assert_eq!(escalation["status"], "open");
        let supervisor = app.login(Role::Supervisor).await;
        let path = format!("/v1/escalations/{}", id_of(escalation));
        let escalation = app.get(&supervisor, &path).await.expect(200);
        assert_eq!(escalation["count"], 3);
        assert_eq!(escalation["threshold"], 3);
        assert_eq!(escalation["basis"].as_array().unwrap().len(), 3);
    }
}
