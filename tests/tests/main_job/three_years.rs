//! A whole case of each measure, kept from the first day to the last.

use chrono::{NaiveDate, TimeDelta};
use domain::{MessageKind, Role, calendar::Calendar};
use serde_json::{Value, json};
use tests::{TestApp, on_both};

/// Walks a case in which every test is taken, and counts what went out for it.
async fn kept_to_the_end(app: TestApp, measure: &str, months: u32, items: usize, ends_on: &str) {
    app.advance("2025-09-05T10:00").await;
    let journey = app.active_case(measure, months, "2025-09-05").await;
    let planned = app.appointments(&journey).await;
    assert_eq!(planned.len(), items);
    for item in &planned {
        app.go_to(item).await;
        let record = app.test(item).await;
        assert_eq!(record["counts"], true);
        assert_eq!(record["completed_appointment_id"], item["id"]);
    }
    for item in app.appointments(&journey).await {
        assert_eq!(item["status"], "completed", "{item:#}");
        assert_eq!(item["late"], false, "{item:#}");
        assert_eq!(item["notice_proof"], "proven", "{item:#}");
    }
    // Every step of the ladder, once, and no word of anything missed.
    let sent = app.sent();
    let of = |kind| sent.iter().filter(|sent| sent.kind == kind).count();
    let steps: usize = planned.iter().map(reminders_ahead_of).sum();
    assert_eq!(of(MessageKind::AppointmentReminder), steps);
    assert_eq!(of(MessageKind::AppointmentOverdue), 0);
    assert!(app.escalations().await.is_empty());

    let supervisor = app.login(Role::Supervisor).await;
    let case = app.get(&supervisor, &journey.path("")).await.expect(200);
    assert_eq!(case["term_ends_on"], ends_on);
    app.advance(&format!("{ends_on}T17:00")).await;
    let body = json!({ "document_no": "东公(解)字〔2028〕7号" });
    let done = app
        .post(&supervisor, &journey.path("/completion"), body)
        .await
        .expect(200);
    assert_eq!(done["status"], "completed");
}

/// Seven days, three days, one working day ahead, and on the day: four texts, or three where the
/// last working day is three days ahead, as before a Monday.
fn reminders_ahead_of(item: &Value) -> usize {
    let due: NaiveDate = item["due_on"].as_str().unwrap().parse().unwrap();
    let working_day = Calendar::shipped().add_working_days(due, -1).date;
    let ahead = [7, 3, 0].map(|days| due - TimeDelta::days(days));
    if ahead.contains(&working_day) { 3 } else { 4 }
}

/// The due days of a community treatment that begins on a day.
async fn due_days(app: &TestApp, begins: &str) -> Vec<NaiveDate> {
    let token = app.login(Role::Caseworker).await;
    let body = json!({
        "measure": "community_treatment", "reported_in_on": begins, "term_months": 36,
    });
    let preview = app
        .post(&token, "/v1/schedule-previews", body)
        .await
        .expect(200);
    let items = preview["items"].as_array().unwrap();
    items
        .iter()
        .map(|item| item["due_on"].as_str().unwrap().parse().unwrap())
        .collect()
}

on_both! {
    async fn community_treatment_of_three_years(app: TestApp) {
        kept_to_the_end(app, "community_treatment", 36, 22, "2028-09-04").await;
    }

    async fn community_rehabilitation_of_three_years(app: TestApp) {
        kept_to_the_end(app, "community_rehabilitation", 36, 12, "2028-09-04").await;
    }

    async fn community_rehabilitation_of_two_years(app: TestApp) {
        kept_to_the_end(app, "community_rehabilitation", 24, 12, "2027-09-04").await;
    }

    async fn aftercare_of_a_year(app: TestApp) {
        kept_to_the_end(app, "aftercare", 12, 6, "2026-09-04").await;
    }

    /// Months are counted from the first day, never from the last item: a case that begins on the
    /// 31st or on 29 February does not creep.
    async fn month_ends_and_29_february_do_not_creep(app: TestApp) {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let august = due_days(&app, "2025-08-31").await;
        assert_eq!(august[5..7], [day("2026-02-27"), day("2026-03-30")]);
        let leap = due_days(&app, "2024-02-29").await;
        assert_eq!(leap.len(), 22);
        // 28 March is a Thursday; from there, the 28th or the next working day.
        assert_eq!(leap[0], day("2024-03-28"));
        // A year on, the month has 28 days: 27 February, a Thursday.
        assert_eq!(leap[11], day("2025-02-27"));
        assert_eq!(leap[21], day("2027-02-26"));
    }
}
