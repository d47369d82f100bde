//! The worker was away: what it does when it is back.

use chrono::{DateTime, Utc};
use domain::{MessageKind, Role};
use tests::{TestApp, app::china, on_both};

/// When texts went to the client.
fn to_client(app: &TestApp) -> Vec<(DateTime<Utc>, MessageKind)> {
    let sent = app
        .sent()
        .into_iter()
        .filter(|sent| sent.kind != MessageKind::StaffDigest);
    sent.map(|sent| (sent.at, sent.kind)).collect()
}

on_both! {
    async fn a_week_is_caught_up_with_the_latest_step_alone(app: TestApp) {
        app.advance("2025-09-05T10:00").await;
        let journey = app.active_case("community_treatment", 36, "2025-09-05").await;
        app.advance("2025-10-01T10:00").await;
        let reminder = MessageKind::AppointmentReminder;
        assert_eq!(to_client(&app), [(china("2025-09-30T09:00"), reminder)]);

        // The steps of 2, 6 and 9 October pass without a worker.
        app.outage_until("2025-10-09T10:00");
        app.run_until_idle().await;
        assert_eq!(to_client(&app)[1..], [(china("2025-10-09T10:00"), reminder)]);
        let mut standing: Vec<(String, String)> = Vec::new();
        for message in app.messages(&journey).await {
            let text = |field: &str| message[field].as_str().unwrap().to_owned();
            standing.push((text("step"), text("status")));
        }
        standing.sort_unstable();
        // The step of tomorrow is planned a day ahead.
        let expected = [
            ("d-3", "expired"), ("d-7", "expired"), ("d0", "delivered"), ("overdue", "scheduled"),
            ("wd-1", "delivered"),
        ];
        assert_eq!(standing, expected.map(|(step, status)| (step.to_owned(), status.to_owned())));
    }

    async fn two_months_are_caught_up_without_a_backlog_and_no_miss_goes_unseen(app: TestApp) {
        app.advance("2025-09-05T10:00").await;
        let journey = app.active_case("community_treatment", 36, "2025-09-05").await;
        app.outage_until("2025-12-01T10:00");
        app.run_until_idle().await;

        // The third appointment is due on 4 December: three days ahead, its step of today.
        assert_eq!(
            to_client(&app),
            [(china("2025-12-01T10:00"), MessageKind::AppointmentReminder)]
        );
        let items = app.appointments(&journey).await;
        let standing: Vec<_> = items.iter().map(|item| item["status"].as_str().unwrap()).collect();
        assert_eq!(standing[..4], ["missed", "missed", "open", "scheduled"]);
        for item in &items[..2] {
            assert_eq!(item["notice_proof"], "unproven", "nobody told the client");
        }
        let token = app.login(Role::Caseworker).await;
        let path = format!("/v1/tasks?case_id={}&limit=100", journey.case);
        let tasks = app.all_items(&token, &path).await;
        for item in &items[..2] {
            let contact = tasks.iter().any(|task| {
                task["kind"] == "contact_client" && task["appointment_id"] == item["id"]
            });
            assert!(contact, "{tasks:#?}");
        }
        assert!(app.escalations().await.is_empty(), "two misses are not three");
    }

    async fn running_twice_at_one_instant_changes_nothing(app: TestApp) {
        app.advance("2025-09-05T10:00").await;
        let journey = app.active_case("community_treatment", 36, "2025-09-05").await;
        app.advance("2025-10-20").await;
        let before = (app.messages(&journey).await, app.appointments(&journey).await);
        assert_eq!(app.run_until_idle().await, []);
        assert_eq!(app.another_worker().run_until_idle().await.unwrap(), []);
        assert_eq!((app.messages(&journey).await, app.appointments(&journey).await), before);
    }
}
