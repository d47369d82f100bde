//! What clients allow in the app, and take back there as easily.

use domain::Role;
use serde_json::{Value, json};
use tests::{Response, TestApp, on_both};

const PHONE: &str = "13900001111";
const CONSENTS: &str = "/v1/me/consents";

async fn give(app: &TestApp, token: &str, purpose: &str) -> Response {
    let body = json!({ "purpose": purpose, "text_version": "text-2025-01" });
    app.post(token, CONSENTS, body).await
}

async fn withdraw(app: &TestApp, token: &str, purpose: &str) -> Response {
    let path = format!("{CONSENTS}/withdrawals");
    app.post(token, &path, json!({ "purpose": purpose })).await
}

/// Purposes with what was said last.
async fn held(app: &TestApp, token: &str) -> Vec<(Value, Value)> {
    let all = app.get(token, CONSENTS).await.expect(200);
    let items = all["items"].as_array().unwrap().iter();
    items
        .map(|one| (one["purpose"].clone(), one["act"].clone()))
        .collect()
}

on_both! {
    async fn a_consent_is_given_and_withdrawn_in_the_app(app: TestApp) {
        let client = app.register_born("王小明", PHONE).await;
        let other = app.register_born("李小红", "13900006666").await;
        let token = app.client_token(PHONE).await;
        assert!(held(&app, &token).await.is_empty());
        withdraw(&app, &token, "location").await.problem(409, "consent_not_in_force");

        let given = give(&app, &token, "location").await.expect(201);
        let expected = json!({
            "purpose": "location", "act": "given", "text_version": "text-2025-01",
            "channel": "app", "said_on": "2025-09-01",
        });
        assert_eq!(given, expected);
        let here = json!({ "location": { "latitude": 30.2741, "longitude": 120.1551 } });
        app.post(&token, "/v1/me/check-ins", here.clone()).await.expect(201);
        withdraw(&app, &token, "location").await.expect(201);
        assert_eq!(held(&app, &token).await, [(json!("location"), json!("withdrawn"))]);
        app.post(&token, "/v1/me/check-ins", here).await.problem(409, "consent_not_in_force");

        // Staff see who said it, and how; a place goes with its consent.
        let staff = app.login(Role::Caseworker).await;
        let ledger = app.all_items(&staff, &format!("/v1/clients/{client}/consents")).await;
        assert_eq!(ledger.len(), 2);
        for entry in &ledger {
            assert_eq!(entry["recorded_by_kind"], "client");
            assert_eq!(entry["recorded_by"], json!(client));
            assert_eq!(entry["channel"], "app");
        }
        let seen = app.all_items(&staff, &format!("/v1/clients/{client}/check-ins")).await;
        assert_eq!(seen[0]["location"], Value::Null);
        let theirs = app.all_items(&staff, &format!("/v1/clients/{other}/consents")).await;
        assert!(theirs.is_empty());
    }

    async fn whoever_consents_in_the_app_binds_their_account_and_withdrawing_unbinds_it(app: TestApp) {
        app.register_born("王小明", PHONE).await;
        let token = app.client_token(PHONE).await;
        app.bind_wechat(&token, "wang").await.problem(409, "consent_not_in_force");
        give(&app, &token, "wechat").await.expect(201);
        app.bind_wechat(&token, "wang").await.expect(201);
        app.wechat_sign_in("wang", None).await.expect(201);
        withdraw(&app, &token, "wechat").await.expect(201);
        app.wechat_sign_in("wang", None).await.problem(401, "not_bound");
        let bound = app.get(&token, "/v1/me/wechat-bindings").await.expect(200);
        assert_eq!(bound["items"], json!([]));
    }

    async fn what_is_no_consent_is_refused_and_changes_nothing(app: TestApp) {
        app.register_born("王小明", PHONE).await;
        let token = app.client_token(PHONE).await;
        let before = app.contents();
        give(&app, &token, "tracking").await.problem(422, "invalid_value");
        let body = json!({ "purpose": "wechat", "text_version": "第一版" });
        let refused = app.post(&token, CONSENTS, body).await.problem(422, "invalid_value");
        assert_eq!(refused["errors"][0]["pointer"], "/text_version");
        // The day and the way are not for the client to say.
        let body = json!({ "purpose": "wechat", "text_version": "1", "said_on": "2025-01-01", "channel": "paper" });
        app.post(&token, CONSENTS, body).await.problem(422, "unknown_field");
        assert!(app.contents().changed_since(&before).is_empty());
    }
}
