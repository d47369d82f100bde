//! Clients that take their time hold nothing for long.

use tests::on_both;
use tokio::io::AsyncWriteExt as _;

use super::{Socket, problem};

/// A sign-in that says it has a body.
fn head(length: &str) -> String {
    format!(
        "POST /v1/sessions HTTP/1.1\r\nhost: here\r\ncontent-type: application/json\r\n\
         {length}\r\n\r\n"
    )
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

    async fn an_idle_connection_is_closed(setup: Setup) {
        let app = setup.with(|config| config.server.keep_alive_seconds = 1).start().await;
        let mut socket = Socket::open(&app).await;
        socket.write("GET /livez HTTP/1.1\r\nhost: here\r\n\r\n").await;
        socket.answer(200, "\r\n\r\nok").await;
        assert_eq!(socket.rest().await, "");
    }

    async fn a_body_that_does_not_come_is_cut(setup: Setup) {
        let app = setup.with(|config| config.server.body_timeout_seconds = 1).start().await;
        for begin in ["", "{\"username\":"] {
            let mut socket = Socket::open(&app).await;
            socket.write(&head("content-length: 100")).await;
            socket.write(begin).await;
            problem(&socket.rest().await, 408, "request_timeout");
        }
    }

    /// The whole body has its time, however steadily it comes.
    async fn a_body_that_dribbles_is_cut(setup: Setup) {
        let app = setup.with(|config| config.server.body_timeout_seconds = 1).start().await;
        let Socket(stream) = Socket::open(&app).await;
        let (read, mut write) = stream.into_split();
        let dribble = tokio::spawn(async move {
            write.write_all(head("content-length: 100000").as_bytes()).await.unwrap();
            let mut ticks = tokio::time::interval(std::time::Duration::from_millis(100));
            // Until the server does not want it any more.
            while write.write_all(b" ").await.is_ok() {
                ticks.tick().await;
            }
        });
        let answer = read_all(read).await;
        problem(&answer, 408, "request_timeout");
        tokio::time::timeout(super::PATIENCE, dribble).await.unwrap().unwrap();
    }

    /// Who is refused before the body is read need not send it, and cannot hold the connection.
    async fn a_body_nobody_waits_for_holds_no_connection(setup: Setup) {
        let app = setup.with(|config| config.server.body_timeout_seconds = 1).start().await;
        let mut socket = Socket::open(&app).await;
        socket.write(&head("content-length: 100").replace("sessions", "clients")).await;
        problem(&socket.rest().await, 401, "unauthenticated");
    }
}

/// All that comes until the connection ends.
async fn read_all(mut read: tokio::net::tcp::OwnedReadHalf) -> String {
    use tokio::io::AsyncReadExt as _;
    let mut bytes = Vec::new();
    let reading = tokio::time::timeout(super::PATIENCE, read.read_to_end(&mut bytes));
    // A server that closes with unread input resets the connection.
    drop(reading.await.unwrap());
    String::from_utf8(bytes).unwrap()
}
