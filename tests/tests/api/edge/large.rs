//! Heads, bodies and numbers without end.

use domain::Role;
use reqwest::Method;
use serde_json::json;
use tests::on_both;

use super::{Socket, problem};

on_both! {
    async fn a_large_head_is_refused(app: TestApp) {
        let token = app.login(Role::Caseworker).await;
        let long = "x".repeat(16 * 1024);
        let request = app.request(Method::GET, "/v1/offices").bearer_auth(&token).header("x-long", &long);
        app.send(request).await.problem(431, "head_too_large");
        let request = app.request(Method::GET, &format!("/v1/clients?q={long}")).bearer_auth(&token);
        app.send(request).await.problem(431, "head_too_large");
    }

    /// Before there is a request to speak of, the server itself answers.
    async fn a_head_beyond_all_bounds_ends_the_connection(app: TestApp) {
        let many = "x-more: 1\r\n".repeat(200);
        let long = format!("x-long: {}\r\n", "x".repeat(200_000));
        for headers in [many, long] {
            let mut socket = Socket::open(&app).await;
            let head = format!("GET /livez HTTP/1.1\r\nhost: here\r\n{headers}\r\n");
            // The server may have had enough before all is sent.
            let _ = tokio::io::AsyncWriteExt::write_all(&mut socket.0, head.as_bytes()).await;
            let answer = socket.rest().await;
            assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431 "), "{answer}");
        }
    }

    async fn a_large_body_is_refused_when_it_is_announced(app: TestApp) {
        let head = "POST /v1/sessions HTTP/1.1\r\nhost: here\r\ncontent-type: application/json\r\n";
        let mut socket = Socket::open(&app).await;
        socket.write(&format!("{head}content-length: 999999999999\r\n\r\n")).await;
        problem(&socket.rest().await, 413, "payload_too_large");
    }

    /// In chunks nothing is announced: what comes is counted, and the rest is not waited for.
    async fn a_large_body_is_refused_when_it_comes(setup: Setup) {
        let app = setup
            .with(|config| {
                config.server.body_limit_bytes = 1000;
                config.server.header_timeout_seconds = 1;
                config.server.keep_alive_seconds = 1;
            })
            .start()
            .await;
        let chunk = format!("1f4\r\n{}\r\n", " ".repeat(500));
        let mut socket = Socket::open(&app).await;
        socket
            .write(&format!(
                "POST /v1/sessions HTTP/1.1\r\nhost: here\r\ncontent-type: application/json\r\n\
                 transfer-encoding: chunked\r\n\r\n{}",
                chunk.repeat(3)
            ))
            .await;
        problem(&socket.rest().await, 413, "payload_too_large");
    }

    async fn json_bombs_are_refused_before_they_are_built(app: TestApp) {
        let token = app.login(Role::Caseworker).await;
        let clients = app.all_items(&token, "/v1/clients").await;
        let send = |body: String| {
            let request = app
                .request(Method::POST, "/v1/clients")
                .bearer_auth(&token)
                .header("content-type", "application/json")
                .body(body);
            app.send(request)
        };
        let nested = format!("{{\"name\":{}{}}}", "[".repeat(33), "]".repeat(33));
        for body in [
            "[".repeat(200_000),
            "{\"a\":".repeat(40_000),
            nested,
            format!("{{\"name\":\"王\",\"sex\":{}}}", "9".repeat(100_000)),
            "{\"name\":\"王\",\"sex\":1e99999}".to_owned(),
        ] {
            send(body).await.problem(400, "json_too_complex");
        }
        // XML is read nowhere: there are no entities to expand.
        let request = app
            .request(Method::POST, "/v1/clients")
            .bearer_auth(&token)
            .header("content-type", "application/xml")
            .body("<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>");
        app.send(request).await.problem(415, "unsupported_media_type");
        let twice = json!({ "name": "王小明", "sex": "male" }).to_string().replace('{', "{\"name\":\"李\",");
        send(twice).await.problem(422, "invalid_value");
        assert_eq!(app.all_items(&token, "/v1/clients").await, clients);
    }
}
