//! Signing in and the life of a session.

mod account;
mod lockout;
mod password;
mod second_factor;
mod sessions;

use domain::Role;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Response, TestApp, on_both};

on_both! {
    /// Every seeded person gets in, and nobody with another password.
    async fn a_password_opens_a_session(app: TestApp) {
        for (username, id) in &app.seed().staff {
            let body = json!({ "username": username, "password": tests::app::PASSWORD });
            let request = app.request(Method::POST, "/v1/sessions").json(&body);
            let session = app.send(request).await.expect(201);
            assert_eq!(session["staff"]["id"], id.to_string());
            assert_eq!(session["token_type"], "Bearer");
            assert_eq!(session["expires_in"], 900);
        }
        for (username, password) in [("caseworker", "wrong"), ("nobody", tests::app::PASSWORD)] {
            let body = json!({ "username": username, "password": password });
            let request = app.request(Method::POST, "/v1/sessions").json(&body);
            app.send(request).await.problem(401, "invalid_credentials");
        }
    }

    async fn an_access_token_ends_after_its_time_and_not_by_the_cases_clock(app: TestApp) {
        let token = app.login(Role::Caseworker).await;
        app.advance("2025-12-01").await;
        app.get(&token, "/v1/offices").await.expect(200);
        app.sign_in_clock().advance(chrono::TimeDelta::seconds(905));
        app.get(&token, "/v1/offices").await.problem(401, "token_expired");
    }
}

async fn refresh(app: &TestApp, token: &str) -> Response {
    let body = json!({ "refresh_token": token });
    app.send(
        app.request(Method::POST, "/v1/sessions/refresh")
            .json(&body),
    )
    .await
}

async fn new_session(app: &TestApp) -> Value {
    let body = json!({ "username": "caseworker", "password": tests::app::PASSWORD });
    sign_in(app, body).await.expect(201)
}

async fn sign_in(app: &TestApp, body: Value) -> Response {
    app.send(app.request(Method::POST, "/v1/sessions").json(&body))
        .await
}

fn text<'a>(session: &'a Value, field: &str) -> &'a str {
    session[field].as_str().unwrap()
}

on_both! {
    async fn a_refresh_token_is_good_once_and_its_reuse_ends_the_session(app: TestApp) {
        let first = new_session(&app).await;
        let second = refresh(&app, text(&first, "refresh_token")).await.expect(201);
        let third = refresh(&app, text(&second, "refresh_token")).await.expect(201);
        app.get(text(&third, "access_token"), "/v1/offices").await.expect(200);
        // The first one again, though its successor was used: somebody has a copy.
        refresh(&app, text(&first, "refresh_token")).await.problem(401, "refresh_token_reused");
        app.get(text(&third, "access_token"), "/v1/offices").await.problem(401, "unauthenticated");
        let after = refresh(&app, text(&third, "refresh_token")).await;
        assert_eq!(after.status.as_u16(), 401);
    }

    /// The answer was lost on its way: the client has nothing but the old token.
    async fn a_lost_answer_does_not_end_the_session(app: TestApp) {
        let first = new_session(&app).await;
        refresh(&app, text(&first, "refresh_token")).await.expect(201);
        let again = refresh(&app, text(&first, "refresh_token")).await.expect(201);
        app.get(text(&again, "access_token"), "/v1/offices").await.expect(200);
    }

    async fn signing_out_takes_effect_at_once(app: TestApp) {
        let session = new_session(&app).await;
        let token = text(&session, "access_token");
        app.delete(token, "/v1/sessions/current").await.expect(204);
        app.get(token, "/v1/offices").await.problem(401, "unauthenticated");
        let after = refresh(&app, text(&session, "refresh_token")).await;
        assert_eq!(after.status.as_u16(), 401);
    }

    async fn a_token_of_another_key_or_without_one_is_refused(app: TestApp) {
        let session = new_session(&app).await;
        let token = text(&session, "access_token");
        let (_, rest) = token.split_once('.').unwrap();
        // {"typ":"JWT","alg":"none"}, and HS256 under the same key id.
        for head in ["eyJ0eXAiOiJKV1QiLCJhbGciOiJub25lIn0", "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiIsImtpZCI6ImVwaGVtZXJhbCJ9"] {
            let forged = format!("{head}.{rest}");
            app.get(&forged, "/v1/offices").await.problem(401, "unauthenticated");
        }
        let keys = app.send(app.request(Method::GET, "/.well-known/jwks.json")).await.expect(200);
        assert_eq!(keys["keys"][0]["crv"], "Ed25519");
        assert!(keys["keys"][0].get("d").is_none(), "the private half stays here");
    }

    async fn an_account_that_was_closed_gets_no_further(app: TestApp) {
        let session = new_session(&app).await;
        let admin = app.login(Role::AgencyAdmin).await;
        let path = format!("/v1/staff/{}", app.seed().staff("caseworker"));
        app.patch(&admin, &path, json!({ "active": false })).await.expect(200);
        let answer = refresh(&app, text(&session, "refresh_token")).await;
        assert_eq!(answer.status.as_u16(), 401);
        let body = json!({ "username": "caseworker", "password": tests::app::PASSWORD });
        let request = app.request(Method::POST, "/v1/sessions").json(&body);
        app.send(request).await.problem(401, "invalid_credentials");
    }
}
