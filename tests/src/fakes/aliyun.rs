//! Aliyun SMS as it answers: it checks signature, time, nonce, number, signature words, template and
//! variables by rules of its own, counts per number, keeps what it took to be asked about, and does as
//! it is told.

mod counters;
mod details;
mod send;
mod signature;
mod template;

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    sync::{Arc, Mutex},
};

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use domain::channel_limits::aliyun::VariableRule;
use platform::Clock;
use serde_json::{Value, json};

pub(super) use self::signature::hex;
pub use self::{
    counters::{ALL_CODES_A_DAY, CODES_A_DAY, CODES_A_MINUTE, CODES_AN_HOUR, NOTICES_A_DAY},
    signature::{authorization, verify},
};
use self::{send::Parameters, template::Template};
use super::{
    mainland::stated,
    script::Script,
    wire::{Reaction, Request, Server},
};

/// Id of the office's access key.
pub const KEY_ID: &str = "LTAI-of-the-office";
/// The access key.
pub const SECRET: &str = "aliyun-secret-5e1d";

/// A message it took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The vendor's reference, one for all messages of a call.
    pub biz_id: String,
    /// Our attempt.
    pub out_id: String,
    /// Eleven digits.
    pub to: String,
    /// The words of the signature.
    pub signature: String,
    /// Id of the template.
    pub template: String,
    /// The variables.
    pub params: BTreeMap<String, String>,
    /// What the carrier shows: the signature and the template's text, filled in.
    pub text: String,
    /// When (UTC).
    pub at: DateTime<Utc>,
}

/// What it does with a call that is signed well.
#[derive(Debug, Clone)]
pub enum Act {
    /// Refuses it by status, code and sentence.
    Refuse(u16, &'static str, &'static str),
    /// Does this and takes nothing.
    Instead(Reaction),
    /// Takes it, if it is to be taken, and does this instead of saying so.
    TakeThen(Reaction),
}

#[derive(Debug, Default)]
struct State {
    script: Script<Act>,
    nonces: HashSet<String>,
    templates: BTreeMap<String, Template>,
    signatures: BTreeSet<String>,
    lag: TimeDelta,
    calls: usize,
    taken: Vec<Taken>,
    receipts: BTreeMap<(String, String), Value>,
}

#[derive(Debug)]
struct Shared {
    clock: Clock,
    state: Mutex<State>,
}

/// The service.
#[derive(Debug)]
pub struct FakeAliyun {
    server: Server,
    shared: Arc<Shared>,
}

impl FakeAliyun {
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

    /// A template was approved, with these variables in a short text.
    pub fn approve_template(&self, id: &str, variables: &[(&str, VariableRule)]) {
        let places = variables.iter().map(|(name, _)| format!("${{{name}}}"));
        let text = format!("您好:{}", places.collect::<Vec<_>>().join(","));
        self.approve_text(id, &text, variables);
    }

    /// A template was approved: its text, with `${name}` where a variable stands, and their kinds.
    pub fn approve_text(&self, id: &str, text: &str, variables: &[(&str, VariableRule)]) {
        let template = Template::new(text, variables);
        self.state(|state| state.templates.insert(id.to_owned(), template));
    }

    /// What it does with the next calls, one by one; after that, what it should.
    pub fn script(&self, acts: impl IntoIterator<Item = Act>) {
        self.state(|state| state.script.extend(acts));
    }

    /// What chance does with calls that are not in the script.
    pub fn leave_to(&self, chance: impl FnMut() -> Option<Act> + Send + 'static) {
        self.state(|state| state.script.leave_to(chance));
    }

    /// How long what it took cannot be found.
    pub fn lag(&self, lag: TimeDelta) {
        self.state(|state| state.lag = lag);
    }

    /// Everything taken, oldest first.
    pub fn taken(&self) -> Vec<Taken> {
        self.taken_from(0)
    }

    /// What was taken after so many others.
    pub fn taken_from(&self, first: usize) -> Vec<Taken> {
        self.state(|state| state.taken[first..].to_vec())
    }

    /// Calls that came, taken or not.
    pub fn calls(&self) -> usize {
        self.state(|state| state.calls)
    }

    /// The carrier says what became of a message: the receipt to be posted, once, twice, late or in
    /// another order, and what a question about it answers from now on.
    pub fn settle(&self, taken: &Taken, success: bool, code: &str) -> Value {
        let receipt = json!({
            "phone_number": taken.to,
            "send_time": stated(taken.at),
            "report_time": stated(self.shared.clock.now()),
            "success": success,
            "err_code": code,
            "err_msg": "状态",
            "sms_size": "1",
            "biz_id": taken.biz_id,
            "out_id": taken.out_id,
        });
        let key = (taken.biz_id.clone(), taken.to.clone());
        self.state(|state| {
            // What arrived in the end is what its query says, whatever is posted late.
            let arrived = state
                .receipts
                .get(&key)
                .is_some_and(|it| it["success"] == true);
            if !arrived {
                state.receipts.insert(key, receipt.clone());
            }
        });
        receipt
    }

    fn state<T>(&self, run: impl FnOnce(&mut State) -> T) -> T {
        run(&mut self.shared.state.lock().unwrap())
    }
}

/// The vendor's way to refuse.
fn refused(status: u16, code: &str, message: &str) -> Reaction {
    let body = json!({ "Code": code, "Message": message, "RequestId": "fake" });
    Reaction::Answer(status, body)
}

/// A refusal of the service itself, which has status 200.
fn business(code: &'static str) -> Reaction {
    refused(200, code, "refused")
}

impl Shared {
    fn react(&self, request: &Request) -> Reaction {
        let (mut state, now) = (self.state.lock().unwrap(), self.clock.now());
        state.calls += 1;
        if let Err((status, code)) = state.admit(request, now) {
            return refused(status, code, "refused");
        }
        let act = state.script.take();
        if let Some(Act::Refuse(status, code, message)) = act {
            return refused(status, code, message);
        }
        if let Some(Act::Instead(reaction)) = act {
            return reaction;
        }
        let answer = match request.header("x-acs-action") {
            Some("SendSms") => state.send(&Parameters::of_query(request), now),
            Some("SendBatchSms") => state.send_batch(request, now),
            Some("QuerySendDetails") => {
                let details = state.details(&Parameters::of_query(request), now);
                details.map_err(business)
            }
            _ => Err(refused(404, "InvalidAction.NotFound", "refused")),
        };
        match (answer, act) {
            (Ok(_), Some(Act::TakeThen(reaction))) => reaction,
            (Ok(body), _) => Reaction::Answer(200, body),
            (Err(refusal), _) => refusal,
        }
    }
}

impl State {
    /// Signature, version, time and nonce.
    fn admit(&mut self, request: &Request, now: DateTime<Utc>) -> Result<(), (u16, &'static str)> {
        verify(request, KEY_ID, SECRET)?;
        if request.header("x-acs-version") != Some("2017-05-25") {
            return Err((404, "InvalidVersion"));
        }
        let date = request.header("x-acs-date").unwrap_or_default();
        let at = NaiveDateTime::parse_from_str(date, "%Y-%m-%dT%H:%M:%SZ");
        let at = at.or(Err((400, "InvalidTimeStamp.Format")))?.and_utc();
        if (now - at).abs() > TimeDelta::minutes(15) {
            return Err((400, "InvalidTimeStamp.Expired"));
        }
        let nonce = request.header("x-acs-signature-nonce").unwrap_or_default();
        if nonce.is_empty() || !self.nonces.insert(nonce.to_owned()) {
            return Err((400, "SignatureNonceUsed"));
        }
        Ok(())
    }
}
