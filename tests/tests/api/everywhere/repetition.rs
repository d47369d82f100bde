//! What is sent twice, and what changed since it was read.

use reqwest::{Method, header::IF_MATCH};
use serde_json::{Value, json};
use storage::sessions;
use tests::on_both;

on_both! {
    /// The second of two that come at once waits for the first, and gets its answer.
    async fn a_request_sent_twice_at_once_is_done_once(app: TestApp) {
        let token = app.login_as("caseworker").await;
        let send = || {
            let (app, token) = (app.clone(), token.clone());
            tokio::spawn(async move {
                let request = app.request(Method::POST, "/v1/clients").bearer_auth(token);
                let body = json!({ "name": "王小明", "sex": "male" });
                app.send(request.header("idempotency-key", "a").json(&body)).await.expect(201)
            })
        };
        let requests = [send(), send(), send(), send(), send(), send()];
        let mut answers = Vec::new();
        for request in requests {
            answers.push(request.await.unwrap());
        }
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");
        assert_eq!(app.contents().rows("clients"), 1);
    }

    async fn a_key_is_the_callers_own_and_forgotten_after_a_day(app: TestApp) {
        let send = async |caller: &str| {
            let token = app.login_as(caller).await;
            let request = app.request(Method::POST, "/v1/clients").bearer_auth(token);
            let body = json!({ "name": "王小明", "sex": "male" });
            app.send(request.header("idempotency-key", "a").json(&body)).await.expect(201)
        };
        let first = send("caseworker").await;
        assert_ne!(send("colleague").await["id"], first["id"]);
        assert_ne!(send("foreign.caseworker").await["id"], first["id"]);
        app.outage_until("2025-09-02T07:59");
        assert_eq!(send("caseworker").await, first);
        app.outage_until("2025-09-02T08:01");
        assert_ne!(send("caseworker").await["id"], first["id"]);
    }

    /// An answer that was kept is not for whoever holds the token of a session that ended: not even
    /// where this process has not heard of the end yet.
    async fn a_kept_answer_is_not_for_a_session_that_ended(app: TestApp) {
        let send = async |token: &str, path: &str, body: &Value| {
            let request = app.request(Method::POST, path).bearer_auth(token);
            app.send(request.header("idempotency-key", "a").json(body)).await
        };
        let supervisor = app.login_as("supervisor").await;
        let seed = app.seed();
        let cover = json!({
            "absent_id": seed.staff("caseworker"), "covering_id": seed.staff("covering"),
            "starts_on": "2025-09-05", "ends_on": "2025-09-30",
        });
        let first = send(&supervisor, "/v1/covers", &cover).await.expect(201);
        assert_eq!(send(&supervisor, "/v1/covers", &cover).await.expect(201), first);
        let (agency, now) = (seed.agency, app.sign_in_clock().now());
        let ended = app.store().write_in(agency, |tx| {
            sessions::revoke_all_of(tx, agency, seed.staff("supervisor"), now, "test")
        });
        assert_eq!(ended.unwrap(), 1);
        let again = send(&supervisor, "/v1/covers", &cover).await;
        again.problem(401, "unauthenticated");

        app.advance("2025-09-05T10:00").await;
        app.born_with_case("13900007777", "2025-09-05").await;
        let client = app.client_token("13900007777").await;
        let help = json!({ "text": "想了解就业培训" });
        let first = send(&client, "/v1/me/help-requests", &help).await.expect(201);
        assert_eq!(send(&client, "/v1/me/help-requests", &help).await.expect(201), first);
        app.delete(&client, "/v1/client-sessions/current").await.expect(204);
        let again = send(&client, "/v1/me/help-requests", &help).await;
        again.problem(401, "unauthenticated");
    }

    async fn the_version_read_is_the_version_changed(app: TestApp) {
        let token = app.login_as("caseworker").await;
        let client = app.register_client("王小明", "13900001111").await;
        let path = format!("/v1/clients/{client}");
        let read = app.get(&token, &path).await;
        let tag = read.header("etag").unwrap().to_owned();
        let patch = |tag: String, name: &'static str| {
            let request = app.request(Method::PATCH, &path).bearer_auth(&token);
            app.send(request.header(IF_MATCH, tag).json(&json!({ "name": name })))
        };
        let changed = patch(tag.clone(), "王大明").await;
        let next = changed.header("etag").unwrap().to_owned();
        assert_ne!(next, tag);
        changed.expect(200);
        patch(tag, "王中明").await.problem(412, "stale_version");
        assert_eq!(patch(next, "王又明").await.expect(200)["name"], "王又明");
        assert_eq!(patch("*".to_owned(), "王小明").await.expect(200)["name"], "王小明");
    }
}
