//! Tencent Cloud SMS as it answers: it checks signature, time, numbers, signature words, template and
//! variables by rules of its own and the account's terms, counts per number, keeps receipts to be asked
//! for, and does as it is told.

mod counters;
mod receipts;
mod send;
mod signature;
mod template;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};

use chrono::{DateTime, TimeDelta, Utc};
use domain::channel_limits::tencent::Purpose;
use platform::Clock;
use serde_json::{Value, json};

pub use self::{
    counters::{Frequency, SAME_TEXT},
    signature::verify,
    template::NoticeVariables,
};
use self::{receipts::Receipt, template::Template};
use super::{
    mainland::stated,
    script::Script,
    wire::{Reaction, Request, Server},
};

/// Id of the office's key.
pub const SECRET_ID: &str = "AKID-of-the-office";
/// The key.
pub const SECRET: &str = "tencent-secret-77a0";
/// The office's application.
pub const APP_ID: &str = "1400006666";

/// A message it took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The vendor's reference.
    pub serial_no: String,
    /// What came back with it.
    pub session_context: String,
    /// Number in E.164.
    pub to: String,
    /// The words of the signature.
    pub signature: String,
    /// Id of the template.
    pub template: String,
    /// What fills its places.
    pub params: Vec<String>,
    /// What the carrier shows: the signature and the template's text, filled in.
    pub text: String,
    /// When (UTC).
    pub at: DateTime<Utc>,
}

/// What it does with a call that is signed well.
#[derive(Debug, Clone)]
pub enum Act {
    /// Refuses the whole call.
    RefuseCall(&'static str),
    /// Refuses its numbers, each in its verdict.
    RefuseNumbers(&'static str),
    /// Does this and takes nothing.
    Instead(Reaction),
    /// Takes it, if it is to be taken, and does this instead of saying so.
    TakeThen(Reaction),
}

#[derive(Debug, Default)]
struct State {
    script: Script<Act>,
    templates: BTreeMap<String, Template>,
    signatures: BTreeSet<String>,
    terms: NoticeVariables,
    frequency: Frequency,
    repeats_context: bool,
    calls: usize,
    taken: Vec<Taken>,
    receipts: Vec<Receipt>,
}

#[derive(Debug)]
struct Shared {
    clock: Clock,
    state: Mutex<State>,
}

/// The service.
#[derive(Debug)]
pub struct FakeTencent {
    server: Server,
    shared: Arc<Shared>,
}

impl FakeTencent {
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

    /// Where it answers.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// A signature was approved.
    pub fn approve_signature(&self, words: &str) {
        self.state(|state| state.signatures.insert(words.to_owned()));
    }

    /// A template was approved, with so many variables in a short text.
    pub fn approve_template(&self, id: &str, purpose: Purpose, variables: usize) {
        let places = (1..=variables).map(|place| format!("{{{place}}}"));
        let text = format!("您好:{}", places.collect::<Vec<_>>().join(","));
        self.approve_text(id, purpose, &text);
    }

    /// A template was approved: its text, with `{1}`, `{2}` … where variables stand.
    pub fn approve_text(&self, id: &str, purpose: Purpose, text: &str) {
        let template = Template::new(purpose, text);
        self.state(|state| state.templates.insert(id.to_owned(), template));
    }

    /// What the account may put into the variables of notices.
    pub fn set_terms(&self, terms: NoticeVariables) {
        self.state(|state| state.terms = terms);
    }

    /// How much a number gets, as it is set in the console.
    pub fn set_frequency(&self, frequency: Frequency) {
        self.state(|state| state.frequency = frequency);
    }

    /// Receipts that are asked for repeat what was given along with the message.
    pub fn repeat_context(&self) {
        self.state(|state| state.repeats_context = true);
    }

    /// What it does with the next calls, one by one; after that, what it should.
    pub fn script(&self, acts: impl IntoIterator<Item = Act>) {
        self.state(|state| state.script.extend(acts));
    }

    /// What chance does with calls that are not in the script.
    pub fn leave_to(&self, chance: impl FnMut() -> Option<Act> + Send + 'static) {
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

    /// The carrier says what became of a message: the receipt to be posted, once, twice, late or in
    /// another order; it can be asked for from now on.
    pub fn settle(&self, taken: &Taken, success: bool, code: &str) -> Value {
        let at = self.shared.clock.now();
        let receipt = Receipt {
            about: taken.clone(),
            success,
            code: code.to_owned(),
            at,
            was_pulled: false,
        };
        self.state(|state| state.receipts.push(receipt));
        json!({
            "user_receive_time": stated(at),
            "nationcode": "86",
            "mobile": taken.to.trim_start_matches("+86"),
            "report_status": if success { "SUCCESS" } else { "FAIL" },
            "errmsg": code,
            "description": "状态",
            "sid": taken.serial_no,
        })
    }

    fn state<T>(&self, run: impl FnOnce(&mut State) -> T) -> T {
        run(&mut self.shared.state.lock().unwrap())
    }
}

/// The vendor's way to refuse a call; as every answer of it, with status 200.
fn refused(code: &str) -> Reaction {
    answered(&json!({ "Error": { "Code": code, "Message": "refused" }, "RequestId": "fake" }))
}

fn answered(response: &Value) -> Reaction {
    Reaction::Answer(200, json!({ "Response": response }))
}

impl Shared {
    fn react(&self, request: &Request) -> Reaction {
        let (mut state, now) = (self.state.lock().unwrap(), self.clock.now());
        state.calls += 1;
        if let Err(code) = admit(request, now) {
            return refused(code);
        }
        let act = state.script.take();
        match act {
            Some(Act::RefuseCall(code)) => return refused(code),
            Some(Act::Instead(reaction)) => return reaction,
            _ => {}
        }
        let body = request.json();
        if body["SmsSdkAppId"] != APP_ID {
            return refused("UnauthorizedOperation.SmsSdkAppIdVerifyFail");
        }
        let forced = match act {
            Some(Act::RefuseNumbers(code)) => Some(code),
            _ => None,
        };
        let answer = match request.header("x-tc-action") {
            Some("SendSms") => state.send(&body, forced, now),
            Some("PullSmsSendStatus") => Ok(state.pull(&body)),
            Some("PullSmsSendStatusByPhoneNumber") => state.pull_by_number(&body, now),
            _ => Err("InvalidAction"),
        };
        match (answer, act) {
            (Ok(_), Some(Act::TakeThen(reaction))) => reaction,
            (Ok(response), _) => answered(&response),
            (Err(code), _) => refused(code),
        }
    }
}

/// Signature, time, version and region.
fn admit(request: &Request, now: DateTime<Utc>) -> Result<(), &'static str> {
    let at = verify(request, "sms", SECRET_ID, SECRET)?;
    if (now - at).abs() > TimeDelta::minutes(5) {
        return Err("AuthFailure.SignatureExpire");
    }
    if request.header("x-tc-version") != Some("2021-01-11") {
        return Err("NoSuchVersion");
    }
    if request.header("x-tc-region").is_none_or(str::is_empty) {
        return Err("MissingParameter");
    }
    Ok(())
}
