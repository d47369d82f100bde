//! HTTP as a fake server reads it: raw bytes, so that it can break off where a real one would.

use std::{fmt, io, net::SocketAddr, sync::Arc, time::Duration};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// One request, as it came.
#[derive(Debug, Clone)]
pub struct Request {
    /// `POST`.
    pub method: String,
    /// Path and query, as they stood in the request line.
    pub target: String,
    /// Headers, in order.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
}

impl Request {
    /// The first header of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(given, _)| given.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The path without the query.
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// The query without the path, as it came.
    pub fn query(&self) -> &str {
        let query = self.target.split_once('?');
        query.map_or("", |(_, query)| query)
    }

    /// A parameter of the query, decoded.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let url = reqwest::Url::parse(&format!("http://fake{}", self.target)).unwrap();
        let mut pairs = url.query_pairs();
        let found = pairs.find(|(given, _)| given == name);
        found.map(|(_, value)| value.into_owned())
    }

    /// The body as JSON; null when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// What a fake server does with a request.
#[derive(Debug, Clone)]
pub enum Reaction {
    /// Answers this status and JSON.
    Answer(u16, Value),
    /// Answers after a while.
    Late(Duration, Value),
    /// Answers 429 with `Retry-After` in seconds.
    TooMany(u32),
    /// Closes the connection without an answer.
    Drop,
    /// Resets the connection.
    Reset,
}

/// A server on a free port; gone when dropped.
pub struct Server {
    address: SocketAddr,
    serving: JoinHandle<()>,
}

impl Server {
    /// Starts it; `react` is asked about every request.
    pub async fn start(react: impl Fn(&Request) -> Reaction + Send + Sync + 'static) -> Self {
        Self::saying("application/json", react).await
    }

    /// The same; it says of its JSON that it is of another type.
    pub async fn saying(
        content_type: &'static str,
        react: impl Fn(&Request) -> Reaction + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let react = Arc::new(react);
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let react = Arc::clone(&react);
                tokio::spawn(async move {
                    // A client that breaks off is no fault of the server's.
                    let _ = converse(stream, content_type, |request| react(request)).await;
                });
            }
        });
        Self { address, serving }
    }

    /// Where it answers: `http://127.0.0.1:1234/`.
    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

/// One connection, until either side closes it.
async fn converse(
    mut stream: TcpStream,
    content_type: &str,
    react: impl Fn(&Request) -> Reaction,
) -> io::Result<()> {
    let mut received = Vec::new();
    while let Some(request) = read_request(&mut stream, &mut received).await? {
        let mut retry_after = String::new();
        let (status, body) = match react(&request) {
            Reaction::Answer(status, body) => (status, body),
            Reaction::TooMany(seconds) => {
                retry_after = format!("retry-after: {seconds}\r\n");
                (429, Value::Null)
            }
            Reaction::Late(wait, body) => {
                tokio::time::sleep(wait).await;
                (200, body)
            }
            Reaction::Drop => return Ok(()),
            Reaction::Reset => return stream.set_zero_linger(),
        };
        let body = body.to_string();
        let length = body.len();
        let answer = format!(
            "HTTP/1.1 {status} Answered\r\ncontent-type: {content_type}\r\n{retry_after}\
             content-length: {length}\r\n\r\n{body}"
        );
        stream.write_all(answer.as_bytes()).await?;
    }
    Ok(())
}

/// Takes one request off the connection; `None` when it is over.
async fn read_request(
    stream: &mut TcpStream,
    received: &mut Vec<u8>,
) -> io::Result<Option<Request>> {
    loop {
        if let Some((request, length)) = parse(received) {
            received.drain(..length);
            return Ok(Some(request));
        }
        if stream.read_buf(received).await? == 0 {
            return Ok(None);
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
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let headers = head.headers.iter();
    let headers = headers.map(|header| (header.name.to_owned(), text(header.value)));
    let mut request = Request {
        method: head.method?.to_owned(),
        target: head.path?.to_owned(),
        headers: headers.collect(),
        body: Vec::new(),
    };
    let body_length = request.header("content-length");
    let body_length: usize = body_length.map_or(0, |text| text.parse().unwrap());
    let length = head_length + body_length;
    request.body = bytes.get(head_length..length)?.to_vec();
    Some((request, length))
}
