//! An SMS platform as an office might have it: it checks signature, time and size, keeps what it took,
//! and does as it is told.

mod signature;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use chrono::{DateTime, Utc};
use platform::Clock;
use serde_json::{Value, json};

pub use self::signature::verify;
use super::{
    script::Script,
    wire::{Reaction, Request, Server},
};

/// What both sides sign with.
pub const SECRET: &str = "whsec_dGVzdHMgdGVzdHMgdGVzdHMgdGVzdHMgdGVzdHM=";
/// Longest body it takes, in bytes.
const LONGEST_BODY: usize = 20_000;

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

#[derive(Debug, Default)]
struct State {
    script: Script<Reply>,
    taken: Vec<Taken>,
    requests: usize,
}

#[derive(Debug)]
struct Shared {
    clock: Clock,
    state: Mutex<State>,
}

/// The platform.
#[derive(Debug)]
pub struct FakeGateway {
    server: Server,
    shared: Arc<Shared>,
}

impl FakeGateway {
    /// Starts it; its time is that of `clock`.
    pub async fn start(clock: Clock) -> Self {
        let shared = Arc::new(Shared {
            clock,
            state: Mutex::default(),
        });
        let reacting = Arc::clone(&shared);
        let server = Server::start(move |request| reacting.react(request)).await;
        Self { server, shared }
    }

    /// Where messages are posted.
    pub fn url(&self) -> String {
        format!("{}messages", self.server.url())
    }

    /// What to do with the next messages, one by one; after that, each is accepted.
    pub fn script(&self, replies: impl IntoIterator<Item = Reply>) {
        self.state(|state| state.script.extend(replies));
    }

    /// What chance does with messages that are not in the script.
    pub fn leave_to(&self, chance: impl FnMut() -> Option<Reply> + Send + 'static) {
        self.state(|state| state.script.leave_to(chance));
    }

    /// From now on each message is accepted.
    pub fn forget_script(&self) {
        self.state(|state| state.script.clear());
    }

    /// Everything taken, oldest first; a message taken twice stands there twice.
    pub fn taken(&self) -> Vec<Taken> {
        self.taken_from(0)
    }

    /// What was taken after so many others.
    pub fn taken_from(&self, first: usize) -> Vec<Taken> {
        self.state(|state| state.taken[first..].to_vec())
    }

    /// Requests that came, taken or not.
    pub fn requests(&self) -> usize {
        self.state(|state| state.requests)
    }

    /// The headers of a call back with this body, signed at an instant (UTC).
    pub fn sign(&self, id: &str, at: DateTime<Utc>, body: &[u8]) -> [(&'static str, String); 3] {
        let timestamp = at.timestamp().to_string();
        let signature = signature::signature(SECRET, id, &timestamp, body);
        [
            ("webhook-id", id.to_owned()),
            ("webhook-timestamp", timestamp),
            ("webhook-signature", signature),
        ]
    }

    fn state<T>(&self, run: impl FnOnce(&mut State) -> T) -> T {
        run(&mut self.shared.state.lock().unwrap())
    }
}

impl Shared {
    fn react(&self, request: &Request) -> Reaction {
        let mut state = self.state.lock().unwrap();
        state.requests += 1;
        if verify(request, SECRET, self.clock.now()).is_err() {
            return Reaction::Answer(401, Value::Null);
        }
        if request.method != "POST" || request.path() != "/messages" {
            return Reaction::Answer(404, Value::Null);
        }
        if request.header("content-type") != Some("application/json") {
            return Reaction::Answer(415, Value::Null);
        }
        if request.body.len() >= LONGEST_BODY {
            return Reaction::Answer(413, Value::Null);
        }
        let taken = taken(request);
        let acceptance = json!({ "id": format!("platform-{}", taken.attempt_id) });
        let reply = state.script.take().unwrap_or(Reply::Accept);
        if let Reply::Accept | Reply::Slow(_) | Reply::AcceptThenDrop = reply {
            state.taken.push(taken);
        }
        match reply {
            Reply::Accept => Reaction::Answer(202, acceptance),
            Reply::Slow(wait) => Reaction::Late(wait, acceptance),
            Reply::Refuse(status) => Reaction::Answer(status, Value::Null),
            Reply::TooMany(seconds) => Reaction::TooMany(seconds),
            Reply::Reset => Reaction::Reset,
            Reply::AcceptThenDrop => Reaction::Drop,
        }
    }
}

fn taken(request: &Request) -> Taken {
    let body = request.json();
    let text = |name: &str| body["data"][name].as_str().unwrap().to_owned();
    Taken {
        message_id: request.header("webhook-id").unwrap().to_owned(),
        attempt_id: text("attempt_id"),
        to: text("to"),
        text: text("text"),
    }
}
