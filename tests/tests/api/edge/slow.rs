//! Clients that take their time hold nothing for long.

use std::time::Duration;

use tests::{Setup, TestApp, on_both};
use tokio::io::AsyncWriteExt as _;

use super::{PATIENCE, Socket, all, problem};

const LIVEZ: &str = "GET /livez HTTP/1.1\r\nhost: here\r\n\r\n";

/// A sign-in that says it has a body.
fn head(length: &str) -> String {
    format!(
        "POST /v1/sessions HTTP/1.1\r\nhost: here\r\ncontent-type: application/json\r\n\
         {length}\r\n\r\n"
    )
}

/// Everything that is waited for is waited for one second.
async fn hurried(setup: Setup) -> TestApp {
    let hurry = |config: &mut platform::Config| {
        config.server.header_timeout_seconds = 1;
        config.server.body_timeout_seconds = 1;
        config.server.keep_alive_seconds = 1;
    };
    setup.with(hurry).start().await
}

/// What is answered to `begin` while `drop` is sent again and again, until the server does not want
/// it any more.
async fn dribble(app: &TestApp, begin: String, drop: &'static str) -> String {
    let Socket(stream) = Socket::open(app).await;
    let (mut read, mut write) = stream.into_split();
    let dribbling = tokio::spawn(async move {
        write.write_all(begin.as_bytes()).await.unwrap();
        let mut ticks = tokio::time::interval(Duration::from_millis(100));
        while write.write_all(drop.as_bytes()).await.is_ok() {
            ticks.tick().await;
        }
    });
    let answer = all(&mut read).await;
    let dribbled = tokio::time::timeout(PATIENCE, dribbling).await;
    dribbled.unwrap().unwrap();
    String::from_utf8(answer).unwrap()
}

on_both! {
    async fn a_head_that_does_not_end_is_cut(setup: Setup) {
        let app = setup.with(|config| config.server.header_timeout_seconds = 1).start().await;
        for half in ["", "GET", "GET /livez HTTP/1.1\r\nhost: here\r\nx-more: "] {
            let mut socket = Socket::open(&app).await;
            socket.write(half).await;
            let answer = socket.rest().await;
            assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408 "), "{half:?} {answer}");
        }
    }

    /// The server itself times the first head of a connection only.
    async fn a_later_head_that_does_not_end_is_cut(setup: Setup) {
        let app = hurried(setup).await;
        for half in ["G", "GET /livez HTTP/1.1\r\nhost: here\r\nx-more: "] {
            let mut socket = Socket::open(&app).await;
            socket.write(LIVEZ).await;
            socket.answer(200, "\r\n\r\nok").await;
            socket.write(half).await;
            assert_eq!(socket.rest().await, "", "{half:?}");
        }
        let answer = dribble(&app, format!("{LIVEZ}GET /livez HTTP/1.1\r\n"), "x-more: 1\r\n").await;
        assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("\r\n\r\nok"), "{answer}");
    }

    /// Many requests may come by one connection, for longer than a single one is waited for.
    async fn a_connection_in_use_is_not_cut(setup: Setup) {
        let app = setup
            .with(|config| {
                config.server.header_timeout_seconds = 1;
                config.server.keep_alive_seconds = 3;
            })
            .start()
            .await;
        let mut socket = Socket::open(&app).await;
        for _ in 0..6 {
            socket.write(LIVEZ).await;
            socket.answer(200, "\r\n\r\nok").await;
            tokio::time::sleep(Duration::from_millis(900)).await;
        }
    }

    /// Who asks for much and takes none of it holds the connection no longer than others.
    async fn an_answer_nobody_takes_is_cut(setup: Setup) {
        let app = hurried(setup).await;
        let asked = 40;
        let page = "GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nhost: here\r\n\r\n";
        let length = {
            let mut socket = Socket::open(&app).await;
            socket.write(&page.replace("\r\n\r\n", "\r\nconnection: close\r\n\r\n")).await;
            socket.rest().await.len()
        };
        assert!(length > 1_000_000, "{length}");
        let mut socket = Socket::open(&app).await;
        socket.write(&page.repeat(asked)).await;
        tokio::time::sleep(Duration::from_secs(6)).await;
        let taken = all(&mut socket.0).await.len();
        assert!(taken < asked * length, "{taken} of {asked} times {length}");
    }

    async fn an_idle_connection_is_closed(setup: Setup) {
        let app = setup.with(|config| config.server.keep_alive_seconds = 1).start().await;
        let mut socket = Socket::open(&app).await;
        socket.write("GET /livez HTTP/1.1\r\nhost: here\r\n\r\n").await;
        socket.answer(200, "\r\n\r\nok").await;
        assert_eq!(socket.rest().await, "");
    }

    async fn a_body_that_does_not_come_is_cut(setup: Setup) {
        let app = hurried(setup).await;
        for (length, begin) in [
            ("content-length: 100", ""),
            ("content-length: 100", "{\"username\":"),
            ("transfer-encoding: chunked", ""),
            ("transfer-encoding: chunked", "1\r\n{\r\n"),
        ] {
            let mut socket = Socket::open(&app).await;
            socket.write(&head(length)).await;
            socket.write(begin).await;
            problem(&socket.rest().await, 408, "request_timeout");
        }
    }

    /// Forms of other systems are read as bodies of people are.
    async fn a_form_that_does_not_come_is_cut(setup: Setup) {
        let app = setup.with(|config| config.server.body_timeout_seconds = 1).start().await;
        let form = head("content-length: 100")
            .replace("/v1/sessions", "/oauth/token")
            .replace("json", "x-www-form-urlencoded");
        let mut socket = Socket::open(&app).await;
        socket.write(&form).await;
        socket.write("grant_type=").await;
        problem(&socket.rest().await, 408, "request_timeout");
    }

    /// The whole body has its time, however steadily it comes; and what is left of it no more than
    /// another request would have, in chunks as well.
    async fn a_body_that_dribbles_is_cut(setup: Setup) {
        let app = hurried(setup).await;
        for (length, drop) in [
            ("content-length: 100000", " "),
            ("transfer-encoding: chunked", "1\r\n \r\n"),
        ] {
            problem(&dribble(&app, head(length), drop).await, 408, "request_timeout");
            let refused = head(length).replace("sessions", "clients");
            problem(&dribble(&app, refused, drop).await, 401, "unauthenticated");
        }
    }

    /// Who is refused before the body is read need not send it, and cannot hold the connection.
    async fn a_body_nobody_waits_for_holds_no_connection(setup: Setup) {
        let app = hurried(setup).await;
        for length in ["content-length: 100", "transfer-encoding: chunked"] {
            let mut socket = Socket::open(&app).await;
            socket.write(&head(length).replace("sessions", "clients")).await;
            problem(&socket.rest().await, 401, "unauthenticated");
        }
    }
}
