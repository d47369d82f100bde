//! The edge: what is slow, large, too often, too much, from elsewhere or made to harm.

mod cors;
mod flood;
mod headers;
mod large;
mod proxies;
mod slow;
mod tampering;
mod tls;

use std::time::Duration;

use reqwest::Method;
use serde_json::Value;
use tests::TestApp;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// Nothing here takes so long unless it hangs.
const PATIENCE: Duration = Duration::from_mins(1);

/// A connection without anything that HTTP clients do by themselves.
struct Socket(TcpStream);

impl Socket {
    async fn open(app: &TestApp) -> Self {
        let url = app.request(Method::GET, "/").build().unwrap();
        let address = (url.url().host_str().unwrap(), url.url().port().unwrap());
        Self(TcpStream::connect(address).await.unwrap())
    }

    async fn write(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).await.unwrap();
    }

    /// All that comes until the server closes the connection; may be nothing.
    async fn rest(&mut self) -> String {
        String::from_utf8(all(&mut self.0).await).unwrap()
    }

    /// One answer with this status, whose body ends so.
    async fn answer(&mut self, status: u16, end: &str) {
        let mut text = Vec::new();
        let reading = async {
            while !text.ends_with(end.as_bytes()) {
                text.push(self.0.read_u8().await.unwrap());
            }
        };
        tokio::time::timeout(PATIENCE, reading).await.unwrap();
        let text = String::from_utf8(text).unwrap();
        assert!(text.starts_with(&format!("HTTP/1.1 {status} ")), "{text}");
    }
}

/// All that comes until the connection ends.
async fn all(stream: &mut (impl AsyncRead + Unpin)) -> Vec<u8> {
    let mut bytes = Vec::new();
    let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut bytes));
    // A server that closes with unread input resets the connection.
    drop(read.await.unwrap());
    bytes
}

/// The problem in a raw answer.
#[track_caller]
fn problem(answer: &str, status: u16, code: &str) {
    assert!(
        answer.starts_with(&format!("HTTP/1.1 {status} ")),
        "{answer}"
    );
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(
        head.to_ascii_lowercase()
            .contains("content-type: application/problem+json"),
        "{head}"
    );
    let body: Value = serde_json::from_str(body).unwrap();
    assert_eq!(body["code"], code, "{body:#}");
}
