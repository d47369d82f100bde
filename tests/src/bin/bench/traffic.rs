//! HTTP/1.1 load over a few connections that stay open, each with one request under way.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{Outcome, measure};

/// Makes the bytes of request so-and-so; none when there are no more.
pub type Requests = Arc<dyn Fn(usize) -> Option<Vec<u8>> + Send + Sync>;

/// What came of a load.
#[derive(Debug, Default)]
pub struct Traffic {
    /// Answers with the status that was expected.
    pub answered: usize,
    /// Other answers by status.
    pub others: BTreeMap<u16, usize>,
    /// From the first request to the last answer.
    pub seconds: f64,
    /// Microseconds per request, sorted.
    pub latencies: Vec<u32>,
    /// The body of an answer that was not expected.
    pub complaint: Option<String>,
}

impl Traffic {
    /// Requests per second.
    pub fn rate(&self) -> f64 {
        measure::count(self.answered) / self.seconds
    }

    /// The latency in milliseconds that so many per cent of requests do not exceed.
    pub fn latency_ms(&self, per_cent: usize) -> f64 {
        f64::from(measure::percentile(&self.latencies, per_cent)) / 1e3
    }
}

/// A `GET` or bodiless request.
pub fn get(path: &str, token: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {token}\r\n\r\n")
        .into_bytes()
}

/// A `POST` of JSON. `key` goes into `Idempotency-Key`.
pub fn post(path: &str, token: Option<&str>, key: Option<&str>, body: &str) -> Vec<u8> {
    let token = token.map(|token| format!("authorization: Bearer {token}\r\n"));
    let key = key.map(|key| format!("idempotency-key: {key}\r\n"));
    format!(
        "POST {path} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n{}{}\r\n{body}",
        body.len(),
        token.unwrap_or_default(),
        key.unwrap_or_default(),
    )
    .into_bytes()
}

/// Sends requests over so many connections until the time is over or there are no more.
pub async fn run(
    to: SocketAddr,
    connections: usize,
    expected: u16,
    lasts: Duration,
    requests: Requests,
) -> Outcome<Traffic> {
    let next = Arc::new(AtomicUsize::new(0));
    let mut streams = Vec::new();
    for _ in 0..connections {
        streams.push(Connection::open(to).await?);
    }
    let started = Instant::now();
    let end = started + lasts;
    let tasks: Vec<_> = streams
        .into_iter()
        .map(|mut connection| {
            let (next, requests) = (Arc::clone(&next), Arc::clone(&requests));
            tokio::spawn(async move {
                let mut traffic = Traffic::default();
                while Instant::now() < end {
                    let Some(request) = requests(next.fetch_add(1, Ordering::Relaxed)) else {
                        break;
                    };
                    let sent = Instant::now();
                    let status = connection.exchange(&request).await?;
                    traffic
                        .latencies
                        .push(u32::try_from(sent.elapsed().as_micros())?);
                    if status == expected {
                        traffic.answered += 1;
                    } else {
                        *traffic.others.entry(status).or_default() += 1;
                        traffic.complaint = Some(connection.body_text());
                    }
                }
                Ok::<_, Box<dyn std::error::Error + Send + Sync>>(traffic)
            })
        })
        .collect();
    let mut all = Traffic::default();
    for task in tasks {
        let one = task.await??;
        all.answered += one.answered;
        all.latencies.extend(one.latencies);
        all.complaint = all.complaint.or(one.complaint);
        for (status, count) in one.others {
            *all.others.entry(status).or_default() += count;
        }
    }
    all.seconds = started.elapsed().as_secs_f64();
    all.latencies.sort_unstable();
    Ok(all)
}

/// One open connection.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    body: std::ops::Range<usize>,
}

impl Connection {
    /// Connects.
    pub async fn open(to: SocketAddr) -> Outcome<Self> {
        let stream = TcpStream::connect(to).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: Vec::with_capacity(64 * 1024),
            body: 0..0,
        })
    }

    /// Sends a request and reads the whole answer; answers its status.
    pub async fn exchange(&mut self, request: &[u8]) -> Outcome<u16> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err("the server closed a connection".into());
            }
            let mut headers = [httparse::EMPTY_HEADER; 32];
            let mut answer = httparse::Response::new(&mut headers);
            let httparse::Status::Complete(head) = answer.parse(&self.buffer)? else {
                continue;
            };
            let length: usize = answer
                .headers
                .iter()
                .find(|header| header.name.eq_ignore_ascii_case("content-length"))
                .map_or(Ok(0), |header| {
                    std::str::from_utf8(header.value).unwrap_or("?").parse()
                })?;
            let status = answer.code.ok_or("an answer without a status")?;
            while self.buffer.len() < head + length {
                if self.stream.read_buf(&mut self.buffer).await? == 0 {
                    return Err("the server closed a connection".into());
                }
            }
            self.body = head..head + length;
            return Ok(status);
        }
    }

    /// The body of the last answer.
    pub fn body(&self) -> &[u8] {
        self.buffer.get(self.body.clone()).unwrap_or_default()
    }

    fn body_text(&self) -> String {
        String::from_utf8_lossy(self.body()).into_owned()
    }
}
