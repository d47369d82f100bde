//! Signing in and the life of a session.

use domain::Role;
use reqwest::Method;
use serde_json::json;
use tests::on_both;

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
        app.sign_in_clock().advance(chrono::TimeDelta::seconds(900));
        app.get(&token, "/v1/offices").await.problem(401, "token_expired");
    }
}
