//! The State Council's notice of a year comes late: what moves, and what stays.

use domain::Role;
use serde_json::{Value, json};
use tests::{TestApp, on_both, steps::Journey};

/// A notice with Spring Festival from 5 to 11 February 2027 and a day off on 4 January.
fn notice() -> Value {
    json!({
        "year": 2027,
        "notice": "国务院办公厅关于2027年部分节假日安排的通知",
        "source": "https://www.gov.cn/",
        "holidays": {
            "2027-01-01": "元旦", "2027-01-04": "元旦",
            "2027-02-05": "春节", "2027-02-06": "春节", "2027-02-07": "春节", "2027-02-08": "春节",
            "2027-02-09": "春节", "2027-02-10": "春节", "2027-02-11": "春节",
        },
        "make_up_workdays": { "2027-02-13": "春节" },
    })
}

/// Due days of items 5 to 9, which are 9 January (a Saturday), 9 February, 9 March, 9 April and 9 May
/// (a Sunday) by the cadence.
async fn due_days(app: &TestApp, journey: &Journey) -> Vec<(String, bool)> {
    app.appointments(journey).await[4..9]
        .iter()
        .map(|item| {
            let due = item["due_on"].as_str().unwrap().to_owned();
            (due, item["provisional"].as_bool().unwrap())
        })
        .collect()
}

fn all(days: [&str; 5], provisional: bool) -> Vec<(String, bool)> {
    days.map(|day| (day.to_owned(), provisional)).into()
}

const WEEKENDS_ALONE: [&str; 5] = [
    "2027-01-11",
    "2027-02-09",
    "2027-03-09",
    "2027-04-09",
    "2027-05-10",
];
const BY_THE_NOTICE: [&str; 5] = [
    "2027-01-11",
    "2027-02-12",
    "2027-03-09",
    "2027-04-09",
    "2027-05-10",
];

async fn entries(app: &TestApp) -> usize {
    let auditor = app.login(Role::Auditor).await;
    app.all_items(&auditor, "/v1/audit-entries?limit=100")
        .await
        .len()
}

on_both! {
    async fn a_dry_run_shows_the_moves_and_stores_nothing(setup: Setup) {
        let app = setup.at("2026-08-10T08:00").start().await;
        let journey = app.active_case("community_treatment", 36, "2026-08-10").await;
        assert_eq!(due_days(&app, &journey).await, all(WEEKENDS_ALONE, true));
        let before = app.appointments(&journey).await;
        let admin = app.login(Role::AgencyAdmin).await;
        let count = entries(&app).await;

        let shown = app.put(&admin, "/v1/calendars/2027?dry_run=true", notice()).await.expect(200);
        assert_eq!(shown["dry_run"], true);
        let moves = shown["moves"].as_array().unwrap();
        assert_eq!(moves.len(), 1, "{moves:#?}");
        assert_eq!(moves[0]["appointment_id"], before[5]["id"]);
        assert_eq!((&moves[0]["from_due_on"], &moves[0]["to_due_on"]), (&json!("2027-02-09"), &json!("2027-02-12")));
        assert!(moves[0]["why"].as_str().unwrap().contains("春节"));
        assert_eq!(app.appointments(&journey).await, before);
        assert_eq!(entries(&app).await, count);
        app.get(&admin, "/v1/calendars/2027").await.problem(404, "not_found");
        // What is not there was reached for: that is an entry too.
        let count = count + 1;

        let loaded = app.put(&admin, "/v1/calendars/2027", notice()).await.expect(200);
        assert_eq!(loaded["moves"], shown["moves"]);
        assert_eq!(due_days(&app, &journey).await, all(BY_THE_NOTICE, false));
        assert_eq!(app.appointments(&journey).await[5]["why"]["roll_cause"], "春节");
        assert_eq!(app.get(&admin, "/v1/calendars/2027").await.expect(200)["origin"], "agency");
        assert_eq!(entries(&app).await, count + 1);
        // A year has one notice: loaded again, it moves nothing.
        let again = app.put(&admin, "/v1/calendars/2027", notice()).await.expect(200);
        assert_eq!(again["moves"], json!([]));
        // Another agency reads the notice for itself.
        let foreign = app.login_as("foreign.agency_admin").await;
        app.get(&foreign, "/v1/calendars/2027").await.problem(404, "not_found");
    }

    /// On 3 February the client knows of the 9th: that day stays, and the later ones follow a
    /// corrected notice.
    async fn a_day_the_client_was_told_of_stays(setup: Setup) {
        let app = setup.at("2026-12-10T08:00").start().await;
        let journey = app.active_case("community_treatment", 36, "2026-12-10").await;
        let first = app.appointments(&journey).await[0].clone();
        assert_eq!(first["due_on"], "2027-01-11");
        app.go_to(&first).await;
        app.test(&first).await;
        app.advance("2027-02-03T10:00").await;
        let told = app.sent().iter().filter(|sent| sent.text.contains("2月9日")).count();
        assert_eq!(told, 1);

        let mut corrected = notice();
        corrected["holidays"]["2027-03-09"] = json!("假日");
        let admin = app.login(Role::AgencyAdmin).await;
        let loaded = app.put(&admin, "/v1/calendars/2027", corrected).await.expect(200);
        let moved: Vec<_> = loaded["moves"].as_array().unwrap().iter().map(|one| &one["sequence"]).collect();
        assert_eq!(moved, [&json!(3)]);
        let now = app.appointments(&journey).await;
        assert_eq!((&now[1]["due_on"], &now[1]["status"]), (&json!("2027-02-09"), &json!("open")));
        assert_eq!(now[2]["due_on"], "2027-03-10");

        // The reminders follow the new day.
        app.go_to(&now[1]).await;
        app.test(&now[1]).await;
        app.advance("2027-03-10T10:00").await;
        let ends: Vec<_> = app.sent().iter().filter(|sent| sent.text.contains("3月10日")).map(|sent| sent.at).collect();
        let days = ["2027-03-03", "2027-03-07", "2027-03-08", "2027-03-10"];
        assert_eq!(ends, days.map(|day| tests::app::china(&format!("{day}T09:00"))));
    }

    /// Received on 18 December 2026: 2 January is a Saturday, and the Monday after is off by the
    /// notice.
    async fn the_last_day_for_reporting_in_moves_as_well(setup: Setup) {
        let app = setup.at("2026-12-18T08:00").start().await;
        let client = app.register_client("王小明", "13900001111").await;
        let case = app.register_case(&client, "community_treatment", 36, "2026-12-18").await;
        assert_eq!(case["report_in_due_on"], "2027-01-04");
        assert_eq!(case["report_in_provisional"], true);
        let admin = app.login(Role::AgencyAdmin).await;
        let loaded = app.put(&admin, "/v1/calendars/2027", notice()).await.expect(200);
        assert_eq!(loaded["moves"][0]["to_due_on"], "2027-01-05");
        assert!(loaded["moves"][0]["appointment_id"].is_null());
        let token = app.login(Role::Caseworker).await;
        let path = format!("/v1/cases/{}", case["id"].as_str().unwrap());
        let case = app.get(&token, &path).await.expect(200);
        assert_eq!(case["report_in_due_on"], "2027-01-05");
        assert_eq!(case["report_in_provisional"], false);

        app.advance("2027-01-05T23:00").await;
        assert_eq!(app.get(&token, &path).await.expect(200)["status"], "ordered");
        app.advance("2027-01-06T01:00").await;
        assert_eq!(app.get(&token, &path).await.expect(200)["status"], "overdue_report_in");
    }
}
