//! What the owner of an account notices at the next sign-in.

use chrono::TimeDelta;
use domain::Role;
use platform::config::PasswordProfile;
use serde_json::{Value, json};
use tests::{TestApp, app::PASSWORD, on_both};

use super::{sign_in, text};

/// Given by somebody else.
const TEMPORARY: &str = "Zeitweise-Losung-77";

async fn begin(app: &TestApp, password: &str) -> Value {
    let body = json!({ "username": "caseworker", "password": password });
    sign_in(app, body).await.expect(201)
}

async fn fail(app: &TestApp, times: u32) {
    for _ in 0..times {
        let body = json!({ "username": "caseworker", "password": "wrong" });
        sign_in(app, body).await.problem(401, "invalid_credentials");
    }
}

async fn shown(app: &TestApp, session: &Value) -> Value {
    let token = text(session, "access_token");
    app.get(token, "/v1/sessions/current").await.expect(200)
}

on_both! {
    async fn the_owner_sees_the_sign_in_before_and_what_failed_since(app: TestApp) {
        let first_at = app.sign_in_clock().now();
        fail(&app, 2).await;
        let first = begin(&app, PASSWORD).await;
        assert_eq!(first["account"]["last_sign_in"], Value::Null);
        assert_eq!(first["account"]["failed_since"], 2);
        app.sign_in_clock().advance(TimeDelta::minutes(10));
        fail(&app, 3).await;
        // Somebody else's failures are theirs.
        let body = json!({ "username": "colleague", "password": "wrong" });
        sign_in(&app, body).await.problem(401, "invalid_credentials");
        let second = begin(&app, PASSWORD).await;
        let account = &second["account"];
        assert_eq!(account["failed_since"], 3);
        let last: chrono::DateTime<chrono::Utc> = account["last_sign_in"].as_str().unwrap().parse().unwrap();
        assert_eq!(last, first_at);

        let here = shown(&app, &second).await;
        assert_eq!(here["account"], *account);
        assert_eq!((&here["session"]["current"], &here["staff"]["username"]), (&json!(true), &json!("caseworker")));
        assert_eq!(here["restriction"], Value::Null);
        // In a minute of the trail with room for it.
        app.outage_until("2025-09-01T08:01");
        fail(&app, 1).await;
        assert_eq!(shown(&app, &second).await["account"]["failed_since"], 4);
        // To the first session the second one is the last sign-in.
        assert_eq!(shown(&app, &first).await["account"]["failed_since"], 1);
        let refreshed = super::refresh(&app, text(&second, "refresh_token")).await.expect(201);
        assert_eq!(refreshed["account"], Value::Null);
    }

    /// However many: those without an entry of their own too, once the minute is over.
    async fn failures_that_were_only_counted_are_counted_here(app: TestApp) {
        let body = json!({ "username": "caseworker", "password": "wrong" });
        for _ in 0..8 {
            app.sign_in_clock().advance(TimeDelta::hours(2));
            sign_in(&app, body.clone()).await.problem(401, "invalid_credentials");
        }
        app.outage_until("2025-09-01T08:01");
        app.sign_in_clock().advance(TimeDelta::hours(2));
        sign_in(&app, body).await.problem(401, "invalid_credentials");
        app.sign_in_clock().advance(TimeDelta::hours(2));
        assert_eq!(begin(&app, PASSWORD).await["account"]["failed_since"], 9);
    }

    async fn the_owner_sees_what_changed_and_what_runs_out(setup: Setup) {
        let setup = setup.with(|config| config.auth.password_profile = PasswordProfile::Level3);
        let app = setup.start().await;
        let made_at = app.sign_in_clock().now();
        let instant = |value: &Value| -> chrono::DateTime<chrono::Utc> {
            value.as_str().unwrap().parse().unwrap()
        };
        let session = begin(&app, PASSWORD).await;
        let account = &session["account"];
        assert_eq!(instant(&account["password_changed_at"]), made_at);
        assert_eq!(instant(&account["password_expires_at"]), made_at + TimeDelta::days(90));
        assert_eq!(account["second_factor_since"], Value::Null);
        assert_eq!(account["recovery_codes_left"], 0);

        app.sign_in_clock().advance(TimeDelta::minutes(5));
        let security = app.login(Role::SecurityAdmin).await;
        let path = format!("/v1/staff/{}/password", app.seed().staff("caseworker"));
        let temporary = json!({ "password": TEMPORARY });
        app.put(&security, &path, temporary).await.expect(204);
        let reset_at = app.sign_in_clock().now();
        let session = begin(&app, TEMPORARY).await;
        assert_eq!(instant(&session["account"]["password_changed_at"]), reset_at);
        // A temporary one runs out first. Whoever may only change it sees so too.
        let here = shown(&app, &session).await;
        assert_eq!(here["restriction"], "password_change");
        assert_eq!(instant(&here["account"]["password_expires_at"]), reset_at + TimeDelta::days(3));
    }
}
