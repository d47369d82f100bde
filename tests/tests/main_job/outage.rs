//! The worker was away: what it does when it is back. Steps whose time is over are on file and never
//! sent.

use chrono::{DateTime, Utc};
use domain::{MessageKind, Role};
use tests::{TestApp, app::china, on_both};

use crate::people::{begun, blockers, ladder, only_file, tasks, to_clients};

/// When texts went to the client, and what about.
fn told(app: &TestApp) -> Vec<(DateTime<Utc>, MessageKind)> {
    let sent = to_clients(app);
    sent.iter().map(|sent| (sent.at, sent.kind)).collect()
}

/// Steps as (step, status).
fn standing(ladder: &[(String, String, String)]) -> Vec<(&str, &str)> {
    ladder
        .iter()
        .map(|(step, status, _)| (step.as_str(), status.as_str()))
        .collect()
}

on_both! {
    /// Reminders are due on 23, 27, 29 and 30 September at 09:00; Monday's was planned already.
    async fn a_day_is_caught_up_with_one_message(app: TestApp) {
        let (_, items) = begun(&app).await;
        app.advance("2025-09-28T20:00").await;
        assert_eq!(to_clients(&app).len(), 2);

        app.outage_until("2025-09-30T09:30");
        app.run_until_idle().await;
        let sent = to_clients(&app);
        assert_eq!(sent.len(), 3, "one message, not a backlog");
        assert_eq!(sent[2].at, app.now());
        assert!(sent[2].text.contains("今天9月30日17:00前"), "the step of the day itself");
        let steps = ladder(&app, &items[0]).await;
        assert_eq!(
            standing(&steps),
            [("d-7", "delivered"), ("d-3", "delivered"), ("wd-1", "expired"), ("d0", "delivered")]
        );
        assert_eq!(steps[2].2, "passed");
        app.advance("2025-09-30T23:00").await;
        assert_eq!(to_clients(&app).len(), 3, "nothing is made up for later");
    }

    /// Back at 22:30, in the quiet hours: the step of that morning goes out at 08:00, an hour before
    /// the next one has its turn.
    async fn at_night_the_step_waits_for_the_morning(app: TestApp) {
        let (journey, _) = begun(&app).await;
        app.advance("2025-09-28T20:00").await;
        app.outage_until("2025-09-29T22:30");
        app.run_until_idle().await;
        assert_eq!(to_clients(&app).len(), 2);
        app.advance("2025-09-30T08:30").await;
        let sent = to_clients(&app);
        assert_eq!((sent.len(), sent[2].at), (3, china("2025-09-30T08:00")));
        let messages = app.messages(&journey).await;
        let moved = messages.iter().find(|message| message["step"] == "wd-1").unwrap();
        assert_eq!(moved["shifted"]["from"], "2025-09-29T01:00:00Z");
        assert!(moved["shifted"]["reason"].as_str().unwrap().contains("21:00–08:00"));
    }

    /// Back at 22:30 of the due day: the quiet hours outlast the window.
    async fn at_night_of_the_last_day_nothing_is_sent(app: TestApp) {
        let (_, items) = begun(&app).await;
        app.advance("2025-09-29T10:00").await;
        let before = to_clients(&app).len();
        app.outage_until("2025-09-30T22:30");
        app.run_until_idle().await;
        app.advance("2025-10-01T08:30").await;
        assert_eq!(to_clients(&app).len(), before);
        let steps = ladder(&app, &items[0]).await;
        assert_eq!(standing(&steps)[3], ("d0", "expired"));
        assert_eq!(steps[3].2, "quiet_hours_until_passed");
    }

    /// From 10 September to 20 December nothing runs: three windows open, close and are missed.
    async fn three_misses_in_an_outage_are_one_file_and_no_text(app: TestApp) {
        let (journey, items) = begun(&app).await;
        app.advance("2025-09-10").await;
        app.outage_until("2025-12-20T10:00");
        app.run_until_idle().await;

        assert!(to_clients(&app).is_empty(), "what has passed is not told any more");
        let now = app.appointments(&journey).await;
        let statuses: Vec<_> = now[..5].iter().map(|item| item["status"].as_str().unwrap()).collect();
        assert_eq!(statuses, ["missed", "missed", "missed", "open", "scheduled"]);
        for item in &items[..3] {
            let steps = ladder(&app, item).await;
            let all: Vec<_> = standing(&steps);
            for step in ["d-7", "wd-1", "d0", "overdue"] {
                assert!(all.contains(&(step, "expired")), "{step} is not on file: {all:?}");
            }
            assert!(all.iter().all(|(_, status)| *status == "expired"), "{all:?}");
        }
        let unproven = now[..3].iter().filter(|item| item["notice_proof"] == "unproven").count();
        assert_eq!(unproven, 3);
        assert_eq!(tasks(&app, "contact_client").await.len(), 3);

        let file = only_file(&app).await;
        assert_eq!((file["count"].as_i64(), file["status"].as_str()), (Some(3), Some("open")));
        assert_eq!(blockers(&file), ["unlabelled_miss", "notice_unproven"]);

        // From here on the fourth is told of as ever.
        app.advance("2025-12-25").await;
        let sent = to_clients(&app);
        assert_eq!(sent.len(), 1);
        assert_eq!((sent[0].at, sent[0].kind), (china("2025-12-24T09:00"), MessageKind::AppointmentReminder));
    }

    /// A decision received on 1 September: report-in by the 16th, reminders on 11, 14 and 16.
    async fn an_overdue_report_in_is_found_after_an_outage(app: TestApp) {
        let client = app.register_client("王小明", "13900001111").await;
        let case = app.register_case(&client, "community_treatment", 36, "2025-09-01").await;
        app.advance("2025-09-12").await;
        let sent = to_clients(&app);
        assert_eq!(sent.len(), 1);
        assert_eq!((sent[0].at, sent[0].kind), (china("2025-09-11T09:00"), MessageKind::ReportInReminder));
        app.outage_until("2025-09-18T10:00");
        app.run_until_idle().await;
        assert_eq!(to_clients(&app).len(), 1, "the two steps that passed are dropped");
        let token = app.login(Role::Caseworker).await;
        let path = format!("/v1/cases/{}", case["id"].as_str().unwrap());
        assert_eq!(app.get(&token, &path).await.expect(200)["status"], "overdue_report_in");
        let file = only_file(&app).await;
        assert_eq!(file["kind"], "overdue_report_in");
        let report_in = &file["basis"][0]["report_in"];
        let reminders = report_in["reminders"].as_array().unwrap();
        assert_eq!(report_in["notice"]["message_id"], reminders[0]["id"]);
        let steps: Vec<_> = reminders
            .iter()
            .map(|one| (one["step"].as_str().unwrap(), one["status"].as_str().unwrap()))
            .collect();
        assert_eq!(steps, [("d-5", "delivered"), ("d-2", "expired"), ("d0", "expired")]);
        assert_eq!(tasks(&app, "overdue_report_in").await.len(), 1);
    }

    async fn a_week_is_caught_up_with_the_latest_step_alone(app: TestApp) {
        app.advance("2025-09-05T10:00").await;
        let journey = app.active_case("community_treatment", 36, "2025-09-05").await;
        app.advance("2025-10-01T10:00").await;
        let reminder = MessageKind::AppointmentReminder;
        assert_eq!(told(&app), [(china("2025-09-30T09:00"), reminder)]);

        // The steps of 2, 6 and 9 October pass without a worker.
        app.outage_until("2025-10-09T10:00");
        app.run_until_idle().await;
        assert_eq!(told(&app)[1..], [(china("2025-10-09T10:00"), reminder)]);
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
            told(&app),
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
