//! A year whose holidays were not known yet.

use domain::Role;
use serde_json::{Value, json};
use tests::{TestApp, on_both, steps::Journey};

/// A case whose second test would fall on Sunday 31 January 2027.
async fn case_into_2027(app: &TestApp) -> Journey {
    app.advance("2026-12-01T10:00").await;
    app.active_case("community_treatment", 36, "2026-12-01")
        .await
}

fn year_2027() -> Value {
    json!({
        "year": 2027,
        "notice": "国务院办公厅关于2027年部分节假日安排的通知",
        "source": "https://www.gov.cn/",
        "holidays": { "2027-01-01": "元旦", "2027-02-01": "春节" },
        "make_up_workdays": { "2027-01-30": "春节" },
    })
}

async fn second_due(app: &TestApp, journey: &Journey) -> (String, bool) {
    let item = app.appointments(journey).await[1].clone();
    (
        item["due_on"].as_str().unwrap().to_owned(),
        item["provisional"].as_bool().unwrap(),
    )
}

on_both! {
    async fn loading_a_year_shows_what_would_move_then_moves_it(setup: Setup) {
        let app = setup.at("2026-12-01T08:00").start().await;
        let journey = case_into_2027(&app).await;
        assert_eq!(second_due(&app, &journey).await, ("2027-02-01".to_owned(), true));
        let admin = app.login(Role::AgencyAdmin).await;

        let shown = app.put(&admin, "/v1/calendars/2027?dry_run=true", year_2027()).await.expect(200);
        assert_eq!(shown["dry_run"], true);
        let moved = shown["moves"].as_array().unwrap().iter().find(|one| one["sequence"] == 2);
        let moved = moved.unwrap();
        assert_eq!((&moved["from_due_on"], &moved["to_due_on"]), (&json!("2027-02-01"), &json!("2027-02-02")));
        assert_eq!(second_due(&app, &journey).await, ("2027-02-01".to_owned(), true));

        app.put(&admin, "/v1/calendars/2027", year_2027()).await.expect(200);
        assert_eq!(second_due(&app, &journey).await, ("2027-02-02".to_owned(), false));
    }

    async fn what_was_announced_to_the_client_stays(setup: Setup) {
        let app = setup.at("2026-12-01T08:00").start().await;
        let journey = case_into_2027(&app).await;
        // A week ahead of 1 February the client was told of it.
        app.advance("2027-01-26").await;
        let admin = app.login(Role::AgencyAdmin).await;
        app.put(&admin, "/v1/calendars/2027", year_2027()).await.expect(200);
        assert_eq!(second_due(&app, &journey).await.0, "2027-02-01");
    }
}
