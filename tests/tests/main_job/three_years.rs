//! A whole case of each measure that is kept from the first day to the last, begun on an awkward day.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use domain::{Role, calendar::Calendar};
use serde_json::{Value, json};
use tests::{Setup, TestApp, on_both};

use crate::people::ladder;

/// One case: it begins on the day the clock starts, and every test is taken on its due day.
struct Kept {
    measure: &'static str,
    months: u32,
    begins: &'static str,
    term_ends: &'static str,
    due: &'static [&'static str],
}

/// The days on which the ladder tells of a due day: a week, three days and a working day before, and
/// the day itself.
fn told_on(due: &str) -> BTreeSet<NaiveDate> {
    let due: NaiveDate = due.parse().unwrap();
    let day_before = Calendar::shipped().add_working_days(due, -1).date;
    [due - Days::new(7), due - Days::new(3), day_before, due].into()
}

async fn keep(setup: Setup, story: Kept) {
    let app = setup.at(&format!("{}T08:00", story.begins)).start().await;
    let journey = app
        .active_case(story.measure, story.months, story.begins)
        .await;
    let items = app.appointments(&journey).await;
    let due: Vec<_> = items
        .iter()
        .map(|item| item["due_on"].as_str().unwrap())
        .collect();
    assert_eq!(due, story.due);
    for item in &items {
        app.go_to(item).await;
        let mut told = ladder(&app, item).await;
        told.retain(|(step, ..)| step != "overdue");
        let days = told_on(item["due_on"].as_str().unwrap());
        assert_eq!(told.len(), days.len(), "{told:?}");
        assert!(
            told.iter().all(|(_, status, _)| status == "delivered"),
            "{told:?}"
        );
        let record = app.test(item).await;
        assert_eq!(record["completed_appointment_id"], item["id"]);
    }
    end(&app, &journey.case, story.term_ends).await;
    for item in app.appointments(&journey).await {
        assert_eq!(
            (&item["status"], &item["late"]),
            (&json!("completed"), &json!(false))
        );
    }
    let (overdue, before): (Vec<_>, Vec<_>) = app
        .messages(&journey)
        .await
        .into_iter()
        .partition(|message| message["step"] == "overdue");
    for message in overdue {
        assert_eq!(
            (&message["status"], &message["attempts"]),
            (&json!("cancelled"), &json!([]))
        );
    }
    let told: BTreeSet<_> = before.iter().map(at_nine).collect();
    let days: BTreeSet<_> = story.due.iter().flat_map(|due| told_on(due)).collect();
    assert_eq!(told, days, "reminders on these days alone, at 09:00");
    assert!(app.escalations().await.is_empty());
    let head = app.login(Role::Supervisor).await;
    let tasks = app.all_items(&head, "/v1/tasks?limit=100").await;
    assert!(tasks.is_empty(), "{tasks:#?}");
}

/// The local day of a message that was planned for 09:00.
fn at_nine(message: &Value) -> NaiveDate {
    let planned = message["planned_for"].as_str().unwrap();
    planned.strip_suffix("T01:00:00Z").unwrap().parse().unwrap()
}

/// The case cannot be completed on the last day but one, and can on the last.
async fn end(app: &TestApp, case: &str, term_ends: &str) {
    let head = app.login(Role::Supervisor).await;
    let path = format!("/v1/cases/{case}/completion");
    let body = json!({ "document_no": "东公(解)字7号" });
    let last: NaiveDate = term_ends.parse().unwrap();
    let eve = format!("{}T17:00", last - Days::new(1));
    if app.now() <= tests::app::china(&eve) {
        app.advance(&eve).await;
        app.post(&head, &path, body.clone())
            .await
            .problem(409, "illegal_transition");
    }
    app.advance(&format!("{term_ends}T17:00")).await;
    let case = app.post(&head, &path, body).await.expect(200);
    assert_eq!(
        (&case["status"], &case["term_ends_on"]),
        (&json!("completed"), &json!(term_ends))
    );
    // Nothing of it is left to do.
    app.advance_to(app.now() + chrono::TimeDelta::days(40))
        .await;
}

on_both! {
    /// The months of a 29 February end on the 28th of the next; the last item would fall on the
    /// Saturday on which the term ends.
    async fn a_treatment_begun_on_29_february(setup: Setup) {
        let due = &[
            "2024-03-28", "2024-04-28", "2024-05-28", "2024-06-28", "2024-07-29", "2024-08-28",
            "2024-09-29", "2024-10-28", "2024-11-28", "2024-12-30", "2025-02-05", "2025-02-27",
            "2025-04-28", "2025-06-30", "2025-08-28", "2025-10-28", "2025-12-29", "2026-02-27",
            "2026-05-28", "2026-08-28", "2026-11-30", "2027-02-26",
        ];
        keep(setup, Kept {
            measure: "community_treatment", months: 36, begins: "2024-02-29",
            term_ends: "2027-02-27", due,
        }).await;
    }

    async fn a_rehabilitation_begun_on_the_last_of_august(setup: Setup) {
        let due = &[
            "2025-10-30", "2025-12-30", "2026-02-27", "2026-04-29", "2026-06-29", "2026-08-31",
            "2026-11-30", "2027-03-01", "2027-05-31", "2027-08-30", "2028-02-28", "2028-08-30",
        ];
        keep(setup, Kept {
            measure: "community_rehabilitation", months: 36, begins: "2025-08-31",
            term_ends: "2028-08-30", due,
        }).await;
    }

    /// Steps of two months all through; the last item would fall on the Saturday the term ends on.
    async fn a_rehabilitation_of_two_years(setup: Setup) {
        let due = &[
            "2025-11-04", "2026-01-04", "2026-03-04", "2026-05-06", "2026-07-06", "2026-09-04",
            "2026-11-04", "2027-01-04", "2027-03-04", "2027-05-04", "2027-07-05", "2027-09-03",
        ];
        keep(setup, Kept {
            measure: "community_rehabilitation", months: 24, begins: "2025-09-05",
            term_ends: "2027-09-04", due,
        }).await;
    }

    /// Its first item falls on 7 October, in the National Day holiday of 1 to 8 October 2025.
    async fn an_aftercare_over_national_day(setup: Setup) {
        let due = &[
            "2025-10-09", "2025-12-08", "2026-02-09", "2026-04-07", "2026-06-08", "2026-08-07",
        ];
        keep(setup, Kept {
            measure: "aftercare", months: 12, begins: "2025-08-08", term_ends: "2026-08-07", due,
        }).await;
    }
}
