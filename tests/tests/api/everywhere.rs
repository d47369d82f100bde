//! Conventions that every operation keeps as far as the document says it has them: bodies, versions
//! and repetition.

mod repetition;

use reqwest::{
    Method, RequestBuilder, StatusCode,
    header::{CONTENT_LENGTH, CONTENT_TYPE, IF_MATCH},
};
use serde_json::{Value, json};
use tests::{Response, on_both};

use crate::{
    documented::{self, Operation},
    lists,
    matrix::{self, Answer},
    problems,
    story::World,
};

/// Larger than any body that is read.
const TWO_MEGABYTES: usize = 2 * 1024 * 1024;

/// Refused as documented, with the code and the pointer.
#[track_caller]
fn refused(operation: &Operation, answer: Response, code: &str, pointer: Option<&str>) {
    operation.assert_documents(&answer);
    problems::assert_whole(&answer);
    assert_eq!(
        answer.body["code"], code,
        "{}: {:#}",
        operation.id, answer.body
    );
    let at = answer.body["errors"][0]["pointer"].as_str();
    assert_eq!(at, pointer, "{}: {:#}", operation.id, answer.body);
}

/// Bodies that no operation takes. A signed body is not read before its signature.
async fn refuse_bodies(world: &World, operation: &Operation, caller: &str) {
    let (app, input) = (&world.app, world.input(&operation.id, caller));
    let bare = async || {
        let request = app.request(operation.method.clone(), &input.path);
        match caller {
            "nobody" => request,
            caller => request.bearer_auth(app.login_as(caller).await),
        }
    };
    let text = input.body.to_string();
    if is_callback(operation) {
        return refuse_calls(world, operation, &input.path).await;
    }
    if operation.path.starts_with("/v1/gateways/") {
        return refuse_posts(world, operation, &input.path, &text).await;
    }
    for kind in [
        None,
        Some("text/plain"),
        Some("application/x-www-form-urlencoded"),
        Some("json"),
    ] {
        let mut request = bare().await.body(text.clone());
        if let Some(kind) = kind {
            request = request.header(CONTENT_TYPE, kind);
        }
        refused(
            operation,
            app.send(request).await,
            "unsupported_media_type",
            None,
        );
    }
    let json = async |body: String| {
        let request = bare()
            .await
            .header(CONTENT_TYPE, "application/json; charset=utf-8");
        app.send(request.body(body)).await
    };
    let large = format!("{{\"text\":\"{}\"}}", "a".repeat(TWO_MEGABYTES));
    refused(operation, json(large).await, "payload_too_large", None);
    if ["receive_receipt", "receive_reply"].contains(&operation.id.as_str()) {
        refused(operation, json(text).await, "invalid_signature", None);
        return;
    }
    for broken in [
        &text[..text.len() - 1],
        "",
        "{",
        "\u{0}",
        &*format!("{text} x"),
        "{'a':1}",
    ] {
        refused(
            operation,
            json(broken.to_owned()).await,
            "malformed_json",
            None,
        );
    }
    for other in ["[]", "1", "null", "\"text\""] {
        refused(
            operation,
            json(other.to_owned()).await,
            "invalid_value",
            Some(""),
        );
    }
    let mut body = input.body.clone();
    body["a~colour/of"] = json!("red");
    let unknown = Some("/a~0colour~1of");
    refused(
        operation,
        json(body.to_string()).await,
        "unknown_field",
        unknown,
    );
}

/// What is nothing that a provider posts, whatever it says of the form.
async fn refuse_posts(world: &World, operation: &Operation, path: &str, text: &str) {
    let post = async |body: &str| {
        let request = world.app.request(operation.method.clone(), path);
        world.app.send(request.body(body.to_owned())).await
    };
    let large = format!("[{}]", " ".repeat(TWO_MEGABYTES));
    refused(operation, post(&large).await, "payload_too_large", None);
    let cut = &text[..text.len() - 1];
    for broken in [cut, "", "{", "\u{0}", "{}", "1", "null", "\"text\""] {
        refused(operation, post(broken).await, "malformed_json", None);
    }
    let some = format!("[{},7]", &text[1..text.len() - 1]);
    let before = world.app.contents();
    refused(operation, post(&some).await, "malformed_json", Some("/1"));
    let after = world.app.contents();
    assert_eq!(
        after.changed_since(&before).len(),
        1,
        "what can be read is kept"
    );
}

/// Whether it is for WeChat to call.
fn is_callback(operation: &Operation) -> bool {
    operation.path == "/v1/gateways/{account}/wechat"
}

/// What is nothing that WeChat calls back with.
async fn refuse_calls(world: &World, operation: &Operation, path: &str) {
    let post = async |body: &str| {
        let request = world.app.request(operation.method.clone(), path);
        world.app.send(request.body(body.to_owned())).await
    };
    let large = " ".repeat(TWO_MEGABYTES);
    refused(operation, post(&large).await, "payload_too_large", None);
    for broken in ["", "{", "\u{0}", "{}", "1", "<xml></xml>", "<xml><Encrypt>"] {
        refused(operation, post(broken).await, "malformed_json", None);
    }
    let other = "<xml><Encrypt>AAAA</Encrypt></xml>";
    refused(operation, post(other).await, "invalid_signature", None);
}

/// A parameter that is not known, whether the operation takes any or none.
async fn refuse_queries(world: &World, operation: &Operation, caller: &str) {
    // WeChat adds what it likes.
    if is_callback(operation) {
        return;
    }
    let (client, request) = world.request(operation, caller).await.build_split();
    let mut request = request.unwrap();
    request
        .url_mut()
        .query_pairs_mut()
        .append_pair("a_colour", "red");
    // The caller may have signed in for it.
    let before = world.app.contents();
    let answer = world
        .app
        .send(RequestBuilder::from_parts(client, request))
        .await;
    refused(operation, answer, "invalid_query", Some("/a_colour"));
    assert_eq!(
        world.app.contents(),
        before,
        "{} stores what it refuses",
        operation.id
    );
}

/// A version that is not the stored one, and what is no version.
async fn refuse_versions(world: &World, operation: &Operation, caller: &str) {
    for (version, code) in [
        ("\"999\"", "stale_version"),
        ("3", "invalid_header"),
        ("\"a\"", "invalid_header"),
    ] {
        let request = world
            .request(operation, caller)
            .await
            .header(IF_MATCH, version);
        refused(operation, world.app.send(request).await, code, None);
    }
}

fn headers(answer: &Response) -> [Option<&str>; 3] {
    ["location", "etag", "content-type"].map(|name| answer.header(name))
}

/// Done once, however often it is sent.
async fn repeat(world: &World, operation: &Operation, caller: &str) -> Response {
    let app = &world.app;
    let send = async |key: &str| {
        let request = world
            .request(operation, caller)
            .await
            .header("idempotency-key", key);
        app.send(request).await
    };
    for key in ["", &"k".repeat(201)] {
        refused(operation, send(key).await, "invalid_header", None);
    }
    let first = send(&operation.id).await;
    let after = app.contents();
    let again = send(&operation.id).await;
    assert_eq!(
        (again.status, &again.body),
        (first.status, &first.body),
        "{}",
        operation.id
    );
    assert_eq!(headers(&again), headers(&first), "{}", operation.id);
    assert_eq!(app.contents(), after, "{} is done again", operation.id);

    if matches!(caller, "caseworker" | "supervisor") && operation.id != "register_client" {
        let token = app.login_as(caller).await;
        let body = json!({ "name": "李小红", "sex": "male" });
        let request = app
            .request(Method::POST, "/v1/clients")
            .bearer_auth(token)
            .json(&body);
        let answer = app
            .send(request.header("idempotency-key", &operation.id))
            .await;
        problems::assert_whole(&answer);
        answer.problem(409, "idempotency_key_reused");
        assert_eq!(app.contents(), after, "{}", operation.id);
    }
    first
}

on_both! {
    async fn every_operation_keeps_the_conventions(app: TestApp) {
        let operations = documented::operations(&app).await;
        let mut world = World::new(app.clone());
        for caller in &matrix::CALLERS[1..] {
            app.login_as(caller).await;
        }
        for row in matrix::rows() {
            let operation = &operations[row.operation];
            let Some(caller) = row.main() else { continue };
            world.prepare(row.operation).await;
            refuse_queries(&world, operation, caller).await;
            let before = app.contents();
            if operation.has_body {
                refuse_bodies(&world, operation, caller).await;
            }
            if operation.takes("If-Match") {
                refuse_versions(&world, operation, caller).await;
            }
            if !["receive_vendor_receipts", "receive_vendor_replies"].contains(&row.operation) {
                assert_eq!(app.contents(), before, "{} stores what it refuses", row.operation);
            }
            let answer = if operation.takes("Idempotency-Key") {
                repeat(&world, operation, caller).await
            } else {
                app.send(world.request(operation, caller).await).await
            };
            assert!(answer.status.is_success(), "{}: {:#}", row.operation, answer.body);
            if answer.status == StatusCode::CREATED {
                let at = answer.header("location").unwrap();
                assert!(at.starts_with("/v1/"), "{}: {at}", row.operation);
            }
            // A published rule pack never changes: its version is its name.
            if answer.body["version"].is_i64() && !row.operation.contains("rule_pack") {
                let tag = format!("\"{}\"", answer.body["version"]);
                assert_eq!(answer.header("etag"), Some(tag.as_str()), "{}", row.operation);
            }
            world.keep(row.operation, &answer);
            if row.operation == "list_audit_entries" {
                lists::check(&world, &operations).await;
            }
        }
    }

    /// Nobody of the matrix is a client: each operation of theirs, as a client asks for it.
    async fn unknown_parameters_are_refused_of_clients_too(app: TestApp) {
        let operations = documented::operations(&app).await;
        app.advance("2025-09-05T10:00").await;
        app.born_with_case("13900007777", "2025-09-05").await;
        let token = app.client_token("13900007777").await;
        let before = app.contents();
        let rows = matrix::rows();
        let of_clients = rows.iter().filter(|row| row.answers[1] == Answer::Unauthenticated);
        let mut tried = 0;
        for operation in of_clients.map(|row| &operations[row.operation]) {
            let path = operation.path.replace("{id}", app.seed().agency.to_string().as_str());
            let request = app.request(operation.method.clone(), &format!("{path}?a_colour=red"));
            let answer = app.send(request.bearer_auth(&token)).await;
            refused(operation, answer, "invalid_query", Some("/a_colour"));
            tried += 1;
        }
        assert!(tried >= 10, "{tried}");
        assert!(app.contents().changed_since(&before).is_empty());
        app.get(&token, "/v1/me").await.expect(200);
    }

    /// Refused by what the head says, before any of it is read.
    async fn a_large_body_is_refused_by_its_announced_length(app: TestApp) {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let url = app.request(Method::POST, "/v1/sessions").build().unwrap().url().clone();
        let address = (url.host_str().unwrap(), url.port().unwrap());
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        let head = format!(
            "POST /v1/sessions HTTP/1.1\r\nhost: tests\r\n{CONTENT_TYPE}: application/json\r\n{CONTENT_LENGTH}: {TWO_MEGABYTES}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(b"}") {
            assert!(stream.read_buf(&mut answer).await.unwrap() > 0, "closed without an answer");
        }
        let answer = String::from_utf8(answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
        let body: Value = serde_json::from_str(answer.split("\r\n\r\n").nth(1).unwrap()).unwrap();
        assert_eq!(body["code"], "payload_too_large");
    }
}
