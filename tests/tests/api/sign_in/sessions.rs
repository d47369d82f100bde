//! How long a session goes on, and who ends it.

use chrono::TimeDelta;
use domain::Role;
use serde_json::{Value, json};
use tests::{TestApp, app::PASSWORD, on_both, steps::id_of};

use super::{new_session, refresh, sign_in, text};

async fn open(app: &TestApp, token: &str, path: &str) -> Vec<Value> {
    let list = app.get(token, path).await.expect(200);
    list["items"].as_array().unwrap().clone()
}

on_both! {
    async fn an_unused_session_ends_after_half_an_hour(app: TestApp) {
        let session = new_session(&app).await;
        app.sign_in_clock().advance(TimeDelta::minutes(30) - TimeDelta::seconds(1));
        let session = refresh(&app, text(&session, "refresh_token")).await.expect(201);
        app.sign_in_clock().advance(TimeDelta::minutes(30));
        let late = refresh(&app, text(&session, "refresh_token")).await;
        late.problem(401, "invalid_refresh_token");
        let session = new_session(&app).await;
        assert_eq!(open(&app, text(&session, "access_token"), "/v1/sessions").await.len(), 1);
    }

    async fn a_used_session_ends_after_twelve_hours(app: TestApp) {
        let mut session = new_session(&app).await;
        for _ in 0..35 {
            app.sign_in_clock().advance(TimeDelta::minutes(20));
            session = refresh(&app, text(&session, "refresh_token")).await.expect(201);
        }
        app.sign_in_clock().advance(TimeDelta::minutes(20));
        let late = refresh(&app, text(&session, "refresh_token")).await;
        late.problem(401, "invalid_refresh_token");
    }

    async fn everybody_sees_and_ends_their_own_sessions(app: TestApp) {
        let here = new_session(&app).await;
        // Sessions of one instant have no order.
        app.sign_in_clock().advance(TimeDelta::seconds(1));
        let lost = new_session(&app).await;
        let (token, other) = (text(&here, "access_token"), text(&lost, "access_token"));
        let sessions = open(&app, token, "/v1/sessions").await;
        assert_eq!(sessions.len(), 2);
        let current: Vec<bool> = sessions.iter().map(|it| it["current"] == true).collect();
        assert_eq!(current, [false, true]);

        let path = format!("/v1/sessions/{}", id_of(&sessions[0]));
        let colleague = app.login_as("colleague").await;
        app.delete(&colleague, &path).await.problem(404, "not_found");
        app.get(other, "/v1/today").await.expect(200);
        app.delete(token, &path).await.expect(204);
        app.get(other, "/v1/today").await.problem(401, "unauthenticated");
        let after = refresh(&app, text(&lost, "refresh_token")).await;
        after.problem(401, "invalid_refresh_token");
        app.delete(token, &path).await.problem(404, "not_found");
        assert_eq!(open(&app, token, "/v1/sessions").await.len(), 1);
    }

    async fn the_security_administration_sees_and_ends_others(app: TestApp) {
        let sessions = [new_session(&app).await, new_session(&app).await];
        let security = app.login(Role::SecurityAdmin).await;
        let path = format!("/v1/staff/{}/sessions", app.seed().staff("caseworker"));
        let seen = open(&app, &security, &path).await;
        assert_eq!(seen.len(), 2);
        assert!(seen.iter().all(|session| session["current"] == false));
        app.delete(&security, &path).await.expect(204);
        for session in &sessions {
            let token = text(session, "access_token");
            app.get(token, "/v1/today").await.problem(401, "unauthenticated");
        }
        assert!(open(&app, &security, &path).await.is_empty());
        let body = json!({ "username": "caseworker", "password": PASSWORD });
        sign_in(&app, body).await.expect(201);

        let foreign = app.login_as("foreign.agency_admin").await;
        let staff = app.get(&foreign, "/v1/staff").await.expect(200);
        let path = format!("/v1/staff/{}/sessions", id_of(&staff["items"][0]));
        app.get(&security, &path).await.problem(404, "not_found");
        app.delete(&security, &path).await.problem(404, "not_found");
    }
}
