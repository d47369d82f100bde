//! Real HTTP against a scripted server on the loopback interface.

use std::net::SocketAddr;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

use super::*;
use crate::{message::example, standard_webhooks::SignedHeaders};

const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

/// What the server does with one connection after it has read the request.
#[derive(Clone, Copy)]
enum Act {
    /// Writes this and closes.
    Answer(&'static str),
    /// Keeps the connection and says nothing until the client gives up.
    Silence,
    /// Closes in good order: the request was taken, the answer never came.
    Drop,
    /// Breaks the connection.
    Reset,
}

/// A request as it came over the wire.
struct Request {
    head: String,
    body: Vec<u8>,
}

impl Request {
    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

/// Serves one connection per act, then answers what it was sent.
async fn serve(acts: &[Act]) -> (SocketAddr, JoinHandle<Vec<Request>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let acts = acts.to_vec();
    let served = tokio::spawn(async move {
        let mut requests = Vec::new();
        for act in acts {
            let (mut stream, _) = listener.accept().await.unwrap();
            requests.push(read(&mut stream).await);
            match act {
                Act::Answer(text) => stream.write_all(text.as_bytes()).await.unwrap(),
                Act::Silence => {
                    // Ends when the client closes.
                    let _ = stream.read(&mut [0; 1]).await;
                }
                Act::Drop => {}
                Act::Reset => stream.set_zero_linger().unwrap(),
            }
        }
        requests
    });
    (address, served)
}

async fn read(stream: &mut TcpStream) -> Request {
    let mut bytes = Vec::new();
    loop {
        let mut chunk = [0; 4096];
        let count = stream.read(&mut chunk).await.unwrap();
        assert_ne!(count, 0, "the client closed before its request was whole");
        bytes.extend_from_slice(&chunk[..count]);
        let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else {
            continue;
        };
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let request = Request {
            head,
            body: bytes[end + 4..].to_vec(),
        };
        let length: usize = request.header("content-length").unwrap().parse().unwrap();
        if request.body.len() == length {
            return request;
        }
    }
}

fn settings(url: &str) -> WebhookSettings {
    WebhookSettings {
        url: url.into(),
        secret: SECRET.into(),
        timeout: Duration::from_secs(20),
        connect_timeout: Duration::from_secs(10),
        allow_private_addresses: true,
    }
}

fn gateway(address: SocketAddr) -> WebhookGateway {
    WebhookGateway::new(&settings(&format!("http://{address}/in?token=hunter2"))).unwrap()
}

/// Sends one message to a server that acts so.
async fn attempt(act: Act) -> Result<Accepted, SendError> {
    let (address, served) = serve(&[act]).await;
    let mut settings = settings(&format!("http://{address}/in"));
    if matches!(act, Act::Silence) {
        settings.timeout = Duration::from_secs(1);
    }
    let gateway = WebhookGateway::new(&settings).unwrap();
    let outcome = gateway.send(&example()).await;
    assert_eq!(
        served.await.unwrap().len(),
        1,
        "the message was posted exactly once"
    );
    outcome
}

async fn failure(act: Act) -> SendError {
    attempt(act).await.unwrap_err()
}

#[tokio::test]
async fn the_request_is_signed_and_says_everything_once() {
    let ok = Act::Answer("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
    let (address, served) = serve(&[ok, ok]).await;
    let gateway = gateway(address);
    let first = example();
    let second = Outgoing {
        attempt_id: "0190163d-8694-739b-aea5-966c26f8ad99".parse().unwrap(),
        sent_at: "2026-06-05T01:05:00Z".parse().unwrap(),
        ..example()
    };
    gateway.send(&first).await.unwrap();
    gateway.send(&second).await.unwrap();
    let requests = served.await.unwrap();

    let body: serde_json::Value = serde_json::from_slice(&requests[0].body).unwrap();
    let expected = serde_json::json!({
        "type": "message.send",
        "timestamp": "2026-06-05T01:00:00Z",
        "data": {
            "id": first.message_id,
            "attempt_id": first.attempt_id,
            "to": "+8613800138000",
            "text": first.text,
            "kind": "appointment_reminder",
        },
    });
    assert_eq!(body, expected);
    assert!(
        requests[0]
            .head
            .starts_with("POST /in?token=hunter2 HTTP/1.1")
    );
    assert_eq!(requests[0].header("content-type"), Some("application/json"));

    let secret = Secret::parse(&SECRET.into()).unwrap();
    for (request, message) in requests.iter().zip([&first, &second]) {
        let headers = SignedHeaders {
            id: request.header(ID),
            timestamp: request.header(TIMESTAMP),
            signature: request.header(SIGNATURE),
        };
        secret
            .verify(headers, &request.body, message.sent_at)
            .unwrap();
        let timestamp = message.sent_at.timestamp().to_string();
        assert_eq!(request.header(TIMESTAMP), Some(timestamp.as_str()));
    }
    assert_eq!(
        requests[0].header(ID),
        requests[1].header(ID),
        "constant over attempts"
    );
    assert_eq!(
        requests[0].header(ID).unwrap(),
        first.message_id.to_string()
    );
}

#[tokio::test]
async fn any_2xx_is_acceptance_with_the_platforms_id_where_it_gives_one() {
    let cases = [
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 13\r\n\r\n{\"id\":\"P-42\"}",
            Some("P-42"),
        ),
        ("HTTP/1.1 202 Accepted\r\ncontent-length: 2\r\n\r\nOK", None),
        ("HTTP/1.1 204 No Content\r\n\r\n", None),
        // The answer breaks off after its status: the message was taken all the same.
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 999\r\n\r\n{\"id\":\"P-4",
            None,
        ),
    ];
    for (text, id) in cases {
        let accepted = attempt(Act::Answer(text)).await.unwrap();
        assert_eq!(accepted.provider_message_id.as_deref(), id, "{text}");
        assert!(!accepted.delivered, "only a receipt says delivered");
    }
}

#[tokio::test]
async fn refusals_are_told_apart() {
    let cases = [
        ("HTTP/1.1 400 Bad Request", Failure::Permanent, "http_400"),
        (
            "HTTP/1.1 422 Unprocessable Content",
            Failure::Permanent,
            "http_422",
        ),
        (
            "HTTP/1.1 401 Unauthorized",
            Failure::Configuration,
            "http_401",
        ),
        ("HTTP/1.1 403 Forbidden", Failure::Configuration, "http_403"),
        ("HTTP/1.1 404 Not Found", Failure::Configuration, "http_404"),
        ("HTTP/1.1 410 Gone", Failure::Configuration, "http_410"),
        (
            "HTTP/1.1 408 Request Timeout",
            Failure::Transient,
            "http_408",
        ),
        ("HTTP/1.1 429 Too Many Requests", Failure::Quota, "http_429"),
        (
            "HTTP/1.1 500 Internal Server Error",
            Failure::Transient,
            "http_500",
        ),
        (
            "HTTP/1.1 503 Service Unavailable",
            Failure::Transient,
            "http_503",
        ),
    ];
    for (line, class, code) in cases {
        let text: &'static str = format!("{line}\r\ncontent-length: 0\r\n\r\n").leak();
        assert_eq!(
            failure(Act::Answer(text)).await,
            SendError::new(class, code)
        );
    }
}

#[tokio::test]
async fn retry_after_is_passed_on_from_429_and_503() {
    let quota = "HTTP/1.1 429 X\r\nretry-after: 90\r\ncontent-length: 0\r\n\r\n";
    assert_eq!(
        failure(Act::Answer(quota)).await.retry_after,
        Some(Duration::from_secs(90))
    );
    let busy = "HTTP/1.1 503 X\r\nretry-after: Fri, 05 Jun 2026 01:02:00 GMT\r\n\
                content-length: 0\r\n\r\n";
    assert_eq!(
        failure(Act::Answer(busy)).await.retry_after,
        Some(Duration::from_mins(2))
    );
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (elsewhere, untouched) = serve(&[Act::Drop]).await;
    let text =
        format!("HTTP/1.1 307 X\r\nlocation: http://{elsewhere}/\r\ncontent-length: 0\r\n\r\n");
    let error = failure(Act::Answer(text.leak())).await;
    assert_eq!(error, SendError::new(Failure::Configuration, "http_307"));
    assert!(!untouched.is_finished());
}

#[tokio::test]
async fn what_may_have_been_taken_is_unknown() {
    assert_eq!(
        failure(Act::Silence).await,
        SendError::new(Failure::Unknown, "timeout")
    );
    let lost = SendError::new(Failure::Unknown, "connection_lost");
    assert_eq!(failure(Act::Drop).await, lost);
    assert_eq!(failure(Act::Reset).await, lost);
    assert_eq!(failure(Act::Answer("HTTP/1.1 20")).await, lost);
}

#[tokio::test]
async fn without_a_connection_nothing_was_taken() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = gateway(address).send(&example()).await.unwrap_err();
    assert_eq!(error, SendError::new(Failure::Transient, "connect"));

    // `.invalid` never resolves (RFC 6761): at once, or when the resolver gives up.
    let nowhere = settings("http://gateway.invalid/in");
    let error = WebhookGateway::new(&nowhere)
        .unwrap()
        .send(&example())
        .await
        .unwrap_err();
    assert_eq!(error.class, Failure::Transient);
    assert!(
        ["resolve", "connect_timeout"].contains(&error.code.as_str()),
        "{error}"
    );
}

#[tokio::test]
async fn a_name_that_leads_into_the_own_network_is_not_followed() {
    let (address, untouched) = serve(&[Act::Drop]).await;
    let url = format!("http://localhost:{}/in", address.port());
    let guarded = WebhookSettings {
        allow_private_addresses: false,
        ..settings(&url)
    };
    let error = WebhookGateway::new(&guarded)
        .unwrap()
        .send(&example())
        .await
        .unwrap_err();
    assert_eq!(
        error,
        SendError::new(Failure::Configuration, "address_not_public")
    );
    assert!(!untouched.is_finished());

    let literal = WebhookSettings {
        allow_private_addresses: false,
        ..settings(&format!("http://{address}/in"))
    };
    assert!(matches!(
        WebhookGateway::new(&literal),
        Err(BuildError::PrivateAddress)
    ));
}

#[tokio::test]
async fn nothing_secret_or_personal_is_shown() {
    let (address, served) = serve(&[Act::Drop]).await;
    let settings = settings(&format!("http://{address}/in?token=hunter2"));
    let gateway = WebhookGateway::new(&settings).unwrap();
    let error = gateway.send(&example()).await.unwrap_err();
    served.await.unwrap();
    let bad = WebhookSettings {
        secret: "hunter2".into(),
        ..settings.clone()
    };
    let build = WebhookGateway::new(&bad).unwrap_err();
    let shown = format!("{settings:?} {gateway:?} {error:?} {error} {build:?} {build}");
    for hidden in ["hunter2", "C2FVsBQ", "138001", "王先生", "127.0.0.1"] {
        assert!(!shown.contains(hidden), "{hidden} in {shown}");
    }
    assert_eq!(
        (gateway.name(), gateway.channel()),
        ("webhook", Channel::Webhook)
    );
}
