//! What is deleted when its time has run out.

use reqwest::Method;
use serde_json::json;
use tests::{
    TestApp,
    app::{PASSWORD, china},
    client::BORN,
    on_both,
};

async fn sign_in(app: &TestApp) {
    let body = json!({ "username": "caseworker", "password": PASSWORD });
    let request = app.request(Method::POST, "/v1/sessions").json(&body);
    app.send(request).await.expect(201);
}

/// Wrong passwords, each for another name that nobody has.
async fn guess(app: &TestApp, count: usize) {
    for number in 0..count {
        let body = json!({ "username": format!("nobody.{number}"), "password": PASSWORD });
        let request = app.request(Method::POST, "/v1/sessions").json(&body);
        app.send(request).await.problem(401, "invalid_credentials");
    }
}

on_both! {
    /// What strangers leave behind goes in one run, however much it is.
    async fn a_run_goes_on_until_nothing_is_over(setup: Setup) {
        let app = setup.with(|config| config.worker.job_batch = 2).start().await;
        guess(&app, 7).await;
        // One for each name, and one for the address.
        assert_eq!(app.contents().rows("sign_in_counters"), 8);
        app.sign_in_clock().advance(chrono::TimeDelta::days(2));
        app.worker().run_job_once("purge").await.unwrap();
        assert_eq!(app.contents().rows("sign_in_counters"), 0);
    }

    /// Signed in on 1 September at 08:00: the tokens go with their time, the session half a year after
    /// its end, which is 12 hours after the sign-in at the latest.
    async fn a_sign_in_is_kept_half_a_year_after_its_end(app: TestApp) {
        sign_in(&app).await;
        let rows = || {
            let held = app.contents();
            (held.rows("sessions"), held.rows("refresh_tokens"))
        };
        assert_eq!(rows(), (1, 1));
        // The cases' clock alone ends no sign-in.
        app.advance("2025-10-02").await;
        assert_eq!(rows(), (1, 1));
        for (day, left) in [("2025-10-03", (1, 0)), ("2026-02-28", (1, 0)), ("2026-03-01", (0, 0))] {
            app.sign_in_clock().set(china(day));
            app.advance(day).await;
            assert_eq!(rows(), left, "{day}");
        }
    }

    /// A client's sign-in lasts 90 days at most, and is on file for half a year after that.
    async fn a_clients_sign_in_is_kept_half_a_year_after_its_end(app: TestApp) {
        app.register_born("王小明", "13711113333").await;
        let code = app.get_code("13711113333").await;
        app.try_code("13711113333", &code, Some(BORN)).await.expect(201);
        for (day, left) in [("2026-05-29", 1), ("2026-05-30", 0)] {
            app.sign_in_clock().set(china(day));
            app.advance(day).await;
            assert_eq!(app.contents().rows("client_sessions"), left, "{day}");
        }
        let token = app.login_as("auditor").await;
        let reports = app.all_items(&token, "/v1/retention-reports?limit=100").await;
        let deleted = reports.iter().find(|report| {
            report["subject"] == "client_sessions" && report["acted"] == 1
        });
        assert_eq!(deleted.unwrap()["keep_days"], 180);
    }

    /// A contact that ended goes a month later; what the rules did is there for the auditor.
    async fn what_was_deleted_and_kept_is_reported(app: TestApp) {
        let client = app.register_client("王小明", "13900001111").await;
        let token = app.login_as("caseworker").await;
        let post = async |rest: &str, body| {
            app.post(&token, &format!("/v1/clients/{client}/{rest}"), body).await.expect(201)
        };
        post("consents", json!({
            "purpose": "family_contact", "text_version": "family-1", "channel": "paper",
        })).await;
        post("family-contacts", json!({
            "name": "李秀英", "phone": "13900003333", "relation": "parent",
            "scope": "emergency_only", "ends_on": "2026-08-31",
        })).await;
        post("consents/withdrawals", json!({ "purpose": "family_contact", "channel": "paper" })).await;
        app.advance("2025-10-01").await;
        assert_eq!(app.contents().rows("family_contacts"), 1);
        app.advance("2025-10-02").await;
        assert_eq!(app.contents().rows("family_contacts"), 0);
        for reader in ["auditor", "security_admin"] {
            let token = app.login_as(reader).await;
            let reports = app.all_items(&token, "/v1/retention-reports?limit=100").await;
            let of = |subject: &str| {
                let found = reports.iter().find(|report| {
                    report["subject"] == subject && report["ran_on"] == "2025-10-01"
                });
                found.unwrap().clone()
            };
            let contacts = of("family_contacts");
            assert_eq!((&contacts["acted"], &contacts["kept"]), (&json!(1), &json!(0)));
            assert_eq!((&contacts["action"], &contacts["keep_days"]), (&json!("delete"), &json!(30)));
            assert!(contacts["reason"].as_str().unwrap().contains("PIPL"));
            let consents = of("consents");
            assert_eq!((&consents["action"], &consents["acted"], &consents["kept"]),
                (&json!("keep"), &json!(0), &json!(2)));
        }
    }
}
