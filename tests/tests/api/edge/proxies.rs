//! Which address the audit trail knows.

use domain::Role;
use reqwest::Method;
use serde_json::json;
use tests::{TestApp, on_both};

async fn register(app: &TestApp, forwarded: &str) {
    let token = app.login(Role::Caseworker).await;
    let request = app
        .request(Method::POST, "/v1/clients")
        .bearer_auth(token)
        .header("x-forwarded-for", forwarded)
        .json(&json!({ "name": "王小明", "sex": "male" }));
    app.send(request).await.expect(201);
}

/// The addresses from which clients were registered, newest first.
async fn addresses(app: &TestApp) -> Vec<String> {
    let token = app.login(Role::Auditor).await;
    let entries = app.all_items(&token, "/v1/audit-entries?limit=100").await;
    entries
        .iter()
        .filter(|entry| entry["action"] == "register_client")
        .map(|entry| entry["address"].as_str().unwrap().to_owned())
        .collect()
}

on_both! {
    async fn without_trusted_proxies_the_trail_has_the_peer(app: TestApp) {
        register(&app, "192.0.2.1").await;
        assert_eq!(addresses(&app).await, ["127.0.0.1"]);
    }

    async fn behind_proxies_the_trail_has_what_they_saw(setup: Setup) {
        let app = setup
            .with(|config| {
                let networks = ["127.0.0.0/8", "10.20.0.0/16"];
                config.server.trusted_proxies =
                    networks.iter().map(|network| network.parse().unwrap()).collect();
            })
            .start()
            .await;
        for forwarded in ["192.0.2.1", "127.0.0.1, 192.0.2.2, 10.20.0.1", "rubbish"] {
            register(&app, forwarded).await;
        }
        let mut found = addresses(&app).await;
        found.sort();
        assert_eq!(found, ["127.0.0.1", "192.0.2.1", "192.0.2.2"]);
    }
}
