//! WeChat as it answers servers: tokens that run out, recipients without a credit, fields that break
//! their rule, codes of sign-ins, and calls back that are encrypted.

mod callback;
mod fields;
mod followers;
mod sign_in;
mod token;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use platform::Clock;
use serde_json::{Value, json};

pub use self::{
    callback::{AES_KEY, Callback, TOKEN, callback, event, finished, sent},
    fields::fits,
    sign_in::{MINI_PROGRAM, MINI_PROGRAM_SECRET, SESSION_KEY},
    token::FORCED_A_DAY,
};
use self::{followers::Followers, sign_in::SignIns, token::Tokens};
use super::{
    script::Script,
    wire::{Reaction, Request, Server},
};

/// AppID of the only account.
pub const APP_ID: &str = "wx1234567890abcdef";
/// Its secret.
pub const SECRET: &str = "app-secret-7f3a";
/// The templates it has on file, with their fields.
pub const TEMPLATES: [(&str, &[&str]); 4] = [
    ("priTmplId-1", &["date1"]),
    ("day-reminder", &["date1"]),
    ("visit-reminder", &["thing1", "time2", "phone_number3"]),
    ("office-notice", &["thing1", "phrase2"]),
];

/// What is done with a message, whatever is right about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scripted {
    /// Refuses it with this `errcode`.
    Errcode(i64),
    /// Answers a status other than 200.
    Status(u16),
    /// Refuses the token as run out, though it is good.
    TokenExpired,
    /// Takes it, then closes the connection without an answer.
    TakeThenDrop,
    /// Takes it and answers after this time.
    TakeSlowly(Duration),
    /// Resets the connection without having taken it.
    Reset,
    /// Takes it and answers what nobody can read.
    TakeThenBabble,
}

/// A message it took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// `template` or `subscribe`.
    pub call: &'static str,
    /// The recipient's openid.
    pub to: String,
    /// The template.
    pub template_id: String,
    /// The fields.
    pub data: BTreeMap<String, String>,
    /// Our id of it, which subscribe messages do not have.
    pub client_msg_id: Option<String>,
    /// The page it opens, and of which build of the mini program.
    pub opens: Option<(String, String)>,
    /// The platform's id of it.
    pub msgid: u64,
}

#[derive(Default)]
struct State {
    tokens: Tokens,
    followers_of_it: BTreeSet<String>,
    followers: Followers,
    credits: BTreeMap<(String, String), u32>,
    /// By recipient and `client_msg_id`.
    seen: BTreeMap<(String, String), (u64, DateTime<Utc>)>,
    script: Script<Scripted>,
    taken: Vec<Taken>,
    requests: usize,
    sign_ins: SignIns,
}

/// The platform.
#[derive(Debug)]
pub struct FakeWechat {
    server: Server,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    clock: Clock,
    state: Mutex<State>,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State")
            .field("requests", &self.requests)
            .finish_non_exhaustive()
    }
}

impl FakeWechat {
    /// Starts it. Its tokens run out by `clock`.
    pub async fn start(clock: Clock) -> Self {
        let shared = Arc::new(Shared {
            clock,
            state: Mutex::default(),
        });
        let reacting = Arc::clone(&shared);
        // It says of its JSON that it is text.
        let reacting = move |request: &Request| reacting.react(request);
        let server = Server::saying("text/plain", reacting).await;
        Self { server, shared }
    }

    /// Where it answers.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// Somebody follows the service account.
    pub fn follow(&self, open_id: &str) {
        self.state(|state| state.followers_of_it.insert(open_id.to_owned()));
    }

    /// Somebody accepts one message of a template.
    pub fn accept(&self, open_id: &str, template_id: &str) {
        let key = (open_id.to_owned(), template_id.to_owned());
        self.state(|state| *state.credits.entry(key).or_default() += 1);
    }

    /// What to do with the next messages, one by one.
    pub fn script(&self, script: impl IntoIterator<Item = Scripted>) {
        self.state(|state| state.script.extend(script));
    }

    /// What chance does with calls that are not in the script.
    pub fn leave_to(&self, chance: impl FnMut() -> Option<Scripted> + Send + 'static) {
        self.state(|state| state.script.leave_to(chance));
    }

    /// Everything taken, oldest first.
    pub fn taken(&self) -> Vec<Taken> {
        self.taken_from(0)
    }

    /// What was taken after so many others.
    pub fn taken_from(&self, first: usize) -> Vec<Taken> {
        self.state(|state| state.taken[first..].to_vec())
    }

    fn state<T>(&self, run: impl FnOnce(&mut State) -> T) -> T {
        run(&mut self.shared.state.lock().unwrap())
    }
}

/// The platform's way to refuse, with status 200.
pub fn refused(errcode: i64) -> Reaction {
    Reaction::Answer(
        200,
        json!({ "errcode": errcode, "errmsg": "refused rid: 1-2-3" }),
    )
}

impl Shared {
    fn react(&self, request: &Request) -> Reaction {
        let (mut state, now) = (self.state.lock().unwrap(), self.clock.now());
        let state = &mut *state;
        if request.path() == "/sns/jscode2session" {
            let unions = &state.followers.unions;
            return match request.method.as_str() {
                "GET" => state.sign_ins.react(request, unions, now),
                _ => refused(43_001),
            };
        }
        if request.path() == "/cgi-bin/user/info" {
            return state.user_info(request, now);
        }
        if request.method != "POST" {
            return refused(43_002);
        }
        match request.path() {
            "/cgi-bin/stable_token" => state.tokens.give(&request.json(), now),
            "/cgi-bin/message/template/send" => state.message("template", request, now),
            "/cgi-bin/message/subscribe/send" => state.message("subscribe", request, now),
            _ => Reaction::Answer(404, Value::Null),
        }
    }
}

impl State {
    /// The answer to a token that is none, or has run out.
    fn refuses_token(&self, request: &Request, now: DateTime<Utc>) -> Option<Reaction> {
        let given = request.parameter("access_token").unwrap_or_default();
        self.tokens.check(&given, now).err().map(refused)
    }

    fn message(&mut self, call: &'static str, request: &Request, now: DateTime<Utc>) -> Reaction {
        self.requests += 1;
        if let Some(refusal) = self.refuses_token(request, now) {
            return refusal;
        }
        let scripted = self.script.take();
        match scripted {
            Some(Scripted::Errcode(errcode)) => return refused(errcode),
            Some(Scripted::Status(status)) => return Reaction::Answer(status, Value::Null),
            Some(Scripted::TokenExpired) => {
                let given = request.parameter("access_token").unwrap_or_default();
                self.tokens.end(&given);
                return refused(42_001);
            }
            Some(Scripted::Reset) => return Reaction::Reset,
            _ => {}
        }
        let taken = match self.take(call, &request.json(), now) {
            Ok(msgid) => json!({ "errcode": 0, "errmsg": "ok", "msgid": msgid }),
            Err(errcode) => return refused(errcode),
        };
        match scripted {
            Some(Scripted::TakeThenDrop) => Reaction::Drop,
            Some(Scripted::TakeSlowly(wait)) => Reaction::Late(wait, taken),
            Some(Scripted::TakeThenBabble) => Reaction::Answer(200, json!("ok")),
            _ => Reaction::Answer(200, taken),
        }
    }

    /// Takes a message as the platform would, or answers the `errcode` of its refusal.
    fn take(&mut self, call: &'static str, body: &Value, now: DateTime<Utc>) -> Result<u64, i64> {
        let text = |name: &str| body[name].as_str().map(str::to_owned);
        let to = text("touser").ok_or(40_003_i64)?;
        let template_id = text("template_id").ok_or(40_037_i64)?;
        let fields = TEMPLATES.iter().find(|(id, _)| *id == template_id);
        let (_, fields) = fields.ok_or(40_037_i64)?;
        let data = body["data"].as_object().ok_or(47_001_i64)?;
        let mut values = BTreeMap::new();
        for field in *fields {
            let value = data.get(*field).and_then(|it| it["value"].as_str());
            let value = value.filter(|value| fits(field, value)).ok_or(47_003_i64)?;
            values.insert((*field).to_owned(), value.to_owned());
        }
        let msgid = 1_988_810_812_324_364_000 + u64::try_from(self.taken.len()).unwrap();
        if call == "subscribe" {
            let credits = self.credits.get_mut(&(to.clone(), template_id.clone()));
            let credits = credits.filter(|left| **left > 0).ok_or(43_101_i64)?;
            *credits -= 1;
        } else {
            if !self.followers_of_it.contains(&to) {
                return Err(43_004);
            }
            let id = text("client_msg_id").ok_or(47_001_i64)?;
            if !(1..=32).contains(&id.len()) {
                return Err(47_001);
            }
            let key = (to.clone(), id);
            match self.seen.get(&key) {
                Some((msgid, at)) if now < *at + TimeDelta::minutes(10) => return Ok(*msgid),
                _ => self.seen.insert(key, (msgid, now)),
            };
        }
        self.taken.push(Taken {
            call,
            to,
            template_id,
            data: values,
            client_msg_id: text("client_msg_id"),
            opens: text("page").zip(text("miniprogram_state")),
            msgid,
        });
        Ok(msgid)
    }
}
