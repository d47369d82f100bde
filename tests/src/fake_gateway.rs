//! An SMS platform as an office might have it: a real HTTP server that does as it is told.

use std::{
    fmt,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use chrono::{DateTime, Utc};
use gateways::standard_webhooks::{ID, SIGNATURE, Secret, SignedHeaders, TIMESTAMP};
use platform::Clock;
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

use crate::fakes::script::Script;

/// What both sides sign with.
pub const SECRET: &str = "whsec_dGVzdHMgdGVzdHMgdGVzdHMgdGVzdHMgdGVzdHM=";

/// What the platform does with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// Takes it and says so.
    Accept,
    /// Takes it and answers after this time.
    Slow(Duration),
    /// Refuses it with a status.
    Refuse(u16),
    /// Refuses it for now: status 429 and `Retry-After` in seconds.
    TooMany(u32),
    /// Resets the connection without having taken it.
    Reset,
    /// Takes it, then closes the connection without an answer.
    AcceptThenDrop,
}

/// A message the platform took, as it came.
#[derive(Debug, Clone, PartialEq)]
pub struct Taken {
    /// `webhook-id`: our id of the message.
    pub message_id: String,
    /// Our id of the attempt.
    pub attempt_id: String,
    /// The recipient.
    pub to: String,
    /// The whole text.
    pub text: String,
}

/// The platform.
pub struct FakeGateway {
    address: SocketAddr,
    shared: Arc<Shared>,
    serving: JoinHandle<()>,
}

struct Shared {
    secret: Secret,
    clock: Clock,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    script: Script<Reply>,
    taken: Vec<Taken>,
    requests: usize,
}

impl FakeGateway {
    pub(crate) async fn start(clock: Clock) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let secret = Secret::parse(&SECRET.into()).unwrap();
        let shared = Arc::new(Shared {
            secret,
            clock,
            state: Mutex::default(),
        });
        let serving = tokio::spawn(serve(listener, Arc::clone(&shared)));
        Self {
            address,
            shared,
            serving,
        }
    }

    /// Where messages are posted.
    pub fn url(&self) -> String {
        format!("http://{}/messages", self.address)
    }

    /// What to do with the next messages, one by one; after that, each is accepted.
    pub fn script(&self, replies: impl IntoIterator<Item = Reply>) {
        self.shared.state.lock().unwrap().script.extend(replies);
    }

    /// What chance does with messages that are not in the script.
    pub fn leave_to(&self, chance: impl FnMut() -> Option<Reply> + Send + 'static) {
        self.shared.state.lock().unwrap().script.leave_to(chance);
    }

    /// From now on each message is accepted.
    pub fn forget_script(&self) {
        self.shared.state.lock().unwrap().script.clear();
    }

    /// Everything taken, oldest first; a message taken twice stands there twice.
    pub fn taken(&self) -> Vec<Taken> {
        self.shared.state.lock().unwrap().taken.clone()
    }

    /// What was taken after so many others.
    pub fn taken_from(&self, first: usize) -> Vec<Taken> {
        self.shared.state.lock().unwrap().taken[first..].to_vec()
    }

    /// Requests that came, taken or not.
    pub fn requests(&self) -> usize {
        self.shared.state.lock().unwrap().requests
    }

    /// The headers of a call back with this body, signed at an instant (UTC).
    pub fn sign(&self, id: &str, at: DateTime<Utc>, body: &[u8]) -> [(&'static str, String); 3] {
        signed(&self.shared.secret, id, at, body)
    }
}

/// The headers of a call back with this body, signed by whoever knows [`SECRET`].
pub(crate) fn sign(id: &str, at: DateTime<Utc>, body: &[u8]) -> [(&'static str, String); 3] {
    signed(&Secret::parse(&SECRET.into()).unwrap(), id, at, body)
}

fn signed(
    secret: &Secret,
    id: &str,
    at: DateTime<Utc>,
    body: &[u8],
) -> [(&'static str, String); 3] {
    [
        (ID, id.to_owned()),
        (TIMESTAMP, at.timestamp().to_string()),
        (SIGNATURE, secret.sign(id, at, body)),
    ]
}

impl Drop for FakeGateway {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl fmt::Debug for FakeGateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeGateway")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(converse(stream, Arc::clone(&shared)));
    }
}

/// One connection. It is closed after a request that was not answered.
async fn converse(mut stream: TcpStream, shared: Arc<Shared>) {
    let mut received = Vec::new();
    while let Some(request) = read_request(&mut stream, &mut received).await {
        let Some(answer) = shared.answer(&request, &stream).await else {
            return;
        };
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

impl Shared {
    /// The bytes to write; `None` to close the connection.
    async fn answer(&self, request: &Request, stream: &TcpStream) -> Option<String> {
        let headers = SignedHeaders {
            id: request.header(ID),
            timestamp: request.header(TIMESTAMP),
            signature: request.header(SIGNATURE),
        };
        let reply = {
            let mut state = self.state.lock().unwrap();
            state.requests += 1;
            if self
                .secret
                .verify(headers, &request.body, self.clock.now())
                .is_err()
            {
                return Some(refusal(401, ""));
            }
            let reply = state.script.take().unwrap_or(Reply::Accept);
            if matches!(
                reply,
                Reply::Accept | Reply::Slow(_) | Reply::AcceptThenDrop
            ) {
                state.taken.push(request.taken());
            }
            reply
        };
        match reply {
            Reply::Accept => Some(acceptance(request)),
            Reply::Slow(wait) => {
                tokio::time::sleep(wait).await;
                Some(acceptance(request))
            }
            Reply::Refuse(status) => Some(refusal(status, "")),
            Reply::TooMany(seconds) => Some(refusal(429, &format!("retry-after: {seconds}\r\n"))),
            Reply::Reset => {
                stream.set_zero_linger().unwrap();
                None
            }
            Reply::AcceptThenDrop => None,
        }
    }
}

fn acceptance(request: &Request) -> String {
    let body = serde_json::json!({ "id": format!("platform-{}", request.taken().attempt_id) });
    let body = body.to_string();
    let length = body.len();
    format!(
        "HTTP/1.1 202 Accepted\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
}

fn refusal(status: u16, headers: &str) -> String {
    format!("HTTP/1.1 {status} Refused\r\n{headers}content-length: 0\r\n\r\n")
}

struct Request {
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Request {
    fn header(&self, name: &str) -> Option<&str> {
        let found = self
            .headers
            .iter()
            .find(|(given, _)| given.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    fn taken(&self) -> Taken {
        let body: Value = serde_json::from_slice(&self.body).unwrap();
        let text = |name: &str| body["data"][name].as_str().unwrap().to_owned();
        Taken {
            message_id: self.header(ID).unwrap().to_owned(),
            attempt_id: text("attempt_id"),
            to: text("to"),
            text: text("text"),
        }
    }
}

/// Takes one request off the connection; `None` when it is over.
async fn read_request(stream: &mut TcpStream, received: &mut Vec<u8>) -> Option<Request> {
    loop {
        if let Some((request, length)) = parse(received) {
            received.drain(..length);
            return Some(request);
        }
        if stream.read_buf(received).await.ok()? == 0 {
            return None;
        }
    }
}

/// The request at the beginning of `bytes` and its length, once it is there whole.
fn parse(bytes: &[u8]) -> Option<(Request, usize)> {
    let mut headers = [httparse::EMPTY_HEADER; 32];
    let mut head = httparse::Request::new(&mut headers);
    let httparse::Status::Complete(head_length) = head.parse(bytes).unwrap() else {
        return None;
    };
    let headers: Vec<(String, String)> = head
        .headers
        .iter()
        .map(|header| {
            (
                header.name.to_owned(),
                String::from_utf8_lossy(header.value).into_owned(),
            )
        })
        .collect();
    let mut request = Request {
        headers,
        body: Vec::new(),
    };
    let body_length: usize = request.header("content-length")?.parse().unwrap();
    let length = head_length + body_length;
    request.body = bytes.get(head_length..length)?.to_vec();
    Some((request, length))
}
