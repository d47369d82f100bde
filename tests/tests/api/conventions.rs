//! What holds for every operation: problems, repetition, versions, pages.

use std::collections::BTreeSet;

use domain::Role;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{TestApp, on_both, steps::id_of};

fn a_client(name: &str) -> Value {
    json!({ "name": name, "sex": "male", "phone": "13900001111" })
}

async fn clients(app: &TestApp) -> usize {
    let token = app.login(Role::Caseworker).await;
    app.all_items(&token, "/v1/clients?limit=100").await.len()
}

on_both! {
    async fn a_repeated_request_gets_the_first_answer_and_does_nothing(app: TestApp) {
        let token = app.login(Role::Caseworker).await;
        let send = |key: &'static str, body: Value| {
            let request = app
                .request(Method::POST, "/v1/clients")
                .bearer_auth(&token)
                .header("idempotency-key", key)
                .json(&body);
            app.send(request)
        };
        let first = send("a", a_client("王小明")).await;
        let again = send("a", a_client("王小明")).await;
        assert_eq!(first.header("location"), again.header("location"));
        assert_eq!(first.expect(201), again.expect(201));
        assert_eq!(clients(&app).await, 1);
        send("a", a_client("李小红")).await.problem(409, "idempotency_key_reused");
        send("b", a_client("李小红")).await.expect(201);
        assert_eq!(clients(&app).await, 2);
    }

    async fn a_refused_request_may_be_sent_again_under_its_key(app: TestApp) {
        let token = app.login(Role::Caseworker).await;
        let send = |body: Value| {
            let request = app
                .request(Method::POST, "/v1/clients")
                .bearer_auth(&token)
                .header("idempotency-key", "a")
                .json(&body);
            app.send(request)
        };
        send(json!({ "name": "", "sex": "male" })).await.problem(422, "invalid_value");
        send(a_client("王小明")).await.expect(201);
    }

    async fn a_stale_version_changes_nothing(app: TestApp) {
        let token = app.login(Role::AgencyAdmin).await;
        let path = format!("/v1/offices/{}", app.seed().office);
        let office = app.get(&token, &path).await;
        let tag = office.header("etag").unwrap().to_owned();
        let patch = |tag: String, phone: &'static str| {
            let request = app
                .request(Method::PATCH, &path)
                .bearer_auth(&token)
                .header("if-match", tag)
                .json(&json!({ "phone": phone }));
            app.send(request)
        };
        let changed = patch(tag.clone(), "0571-88880001").await;
        assert_ne!(changed.header("etag"), Some(tag.as_str()));
        changed.expect(200);
        patch(tag, "0571-88880002").await.problem(412, "stale_version");
        patch("rubbish".to_owned(), "0571-88880002").await.problem(400, "invalid_header");
        let office = app.get(&token, &path).await.expect(200);
        assert_eq!(office["phone"], "0571-88880001");
    }

    async fn pages_hold_every_row_once(app: TestApp) {
        let token = app.login(Role::Caseworker).await;
        for number in 0..7 {
            app.register_client("王小明", &format!("1390000111{number}")).await;
        }
        let items = app.all_items(&token, "/v1/clients?limit=3").await;
        let ids: BTreeSet<String> = items.iter().map(id_of).collect();
        assert_eq!((items.len(), ids.len()), (7, 7));
        let page = app.get(&token, "/v1/clients?limit=3").await;
        assert!(page.header("link").unwrap().contains("rel=\"next\""));
        let cursor = page.expect(200)["next_cursor"].as_str().unwrap().to_owned();
        // Another list's cursor, and a damaged one, are refused rather than guessed at.
        let supervisor = app.login(Role::Supervisor).await;
        let foreign = format!("/v1/cases?cursor={cursor}");
        app.get(&supervisor, &foreign).await.problem(400, "invalid_cursor");
        let mut damaged = cursor.into_bytes();
        let middle = damaged.len() / 2;
        damaged[middle] = if damaged[middle] == b'A' { b'B' } else { b'A' };
        let damaged = String::from_utf8(damaged).unwrap();
        app.get(&token, &format!("/v1/clients?cursor={damaged}")).await.problem(400, "invalid_cursor");
    }

    async fn what_the_framework_refuses_is_a_problem_too(app: TestApp) {
        let token = app.login(Role::Caseworker).await;
        let send = |method: Method, path: &str, kind: Option<&str>, body: &'static str| {
            let mut request = app.request(method, path).bearer_auth(&token).body(body);
            if let Some(kind) = kind {
                request = request.header("content-type", kind);
            }
            app.send(request)
        };
        let json = Some("application/json");
        send(Method::GET, "/v1/nothing", None, "").await.problem(404, "not_found");
        send(Method::GET, "/nothing", None, "").await.problem(404, "not_found");
        let answer = send(Method::DELETE, "/v1/clients", None, "").await;
        assert!(answer.header("allow").unwrap().contains("POST"));
        answer.problem(405, "method_not_allowed");
        send(Method::POST, "/v1/clients", Some("text/plain"), "{}").await.problem(415, "unsupported_media_type");
        send(Method::POST, "/v1/clients", None, "{}").await.problem(415, "unsupported_media_type");
        send(Method::POST, "/v1/clients", json, "{\"name\":").await.problem(400, "malformed_json");
        send(Method::POST, "/v1/clients", json, "\u{0}").await.problem(400, "malformed_json");
        send(Method::GET, "/v1/clients/not-an-id", None, "").await.problem(404, "not_found");
        send(Method::GET, "/v1/clients?limit=0", None, "").await.problem(400, "invalid_query");
        send(Method::GET, "/v1/clients?colour=red", None, "").await.problem(400, "invalid_query");
    }
}
