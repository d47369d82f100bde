//! What was counted is counted after a restart of the program too.

use reqwest::Method;
use serde_json::json;
use tests::{Response, TestApp, app::PASSWORD, on_both, program::Serving};

async fn sign_in(app: &TestApp, at: &Serving, username: &str, password: &str) -> Response {
    let body = json!({ "username": username, "password": password });
    app.send(at.request(Method::POST, "/v1/sessions").json(&body))
        .await
}

async fn ask_code(app: &TestApp, at: &Serving, phone: &str) -> Response {
    let body = json!({ "phone": phone });
    app.send(
        at.request(Method::POST, "/v1/client-sessions/otp")
            .json(&body),
    )
    .await
}

on_both! {
    async fn failed_sign_ins_are_counted_across_a_restart(app: TestApp) {
        let before = Serving::start(&app, &[]).await;
        for _ in 0..4 {
            sign_in(&app, &before, "caseworker", "wrong").await.problem(401, "invalid_credentials");
        }
        before.kill();
        let after = Serving::start(&app, &[]).await;
        sign_in(&app, &after, "caseworker", "wrong").await.problem(401, "invalid_credentials");
        // The fifth: not even the right password is looked at now.
        let waits = sign_in(&app, &after, "caseworker", PASSWORD).await;
        waits.problem(429, "too_many_requests");
        sign_in(&app, &after, "colleague", PASSWORD).await.expect(201);
    }

    async fn codes_asked_for_are_counted_across_a_restart(app: TestApp) {
        let settings = [("CLIENT_SIGN_IN__CODES_PER_ADDRESS_HOUR", "3")];
        let before = Serving::start(&app, &settings).await;
        for number in 0..2 {
            ask_code(&app, &before, &format!("1390000111{number}")).await.expect(202);
        }
        before.kill();
        let after = Serving::start(&app, &settings).await;
        ask_code(&app, &after, "13900001112").await.expect(202);
        ask_code(&app, &after, "13900001113").await.problem(429, "too_many_requests");
    }
}
