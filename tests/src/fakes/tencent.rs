//! Tencent Cloud SMS as it answers: it checks signature, time, numbers, signature words, template and
//! variables by the account's terms, counts per number, keeps receipts to be asked for, and does as it
//! is told.

mod signature;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    channel_limits::{
        Misfit,
        tencent::{NoticeVariables, Purpose, check},
    },
    contact::Phone,
};
use platform::Clock;
use serde_json::{Value, json};

pub use self::signature::verify;
use super::{
    script::Script,
    wire::{Reaction, Request, Server},
};

/// Id of the office's key.
pub const SECRET_ID: &str = "AKID-of-the-office";
/// The key.
pub const SECRET: &str = "tencent-secret-77a0";
/// The office's application.
pub const APP_ID: &str = "1400006666";
/// How soon the same text may go to the same number again.
pub const SAME_TEXT: TimeDelta = TimeDelta::seconds(30);

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
    templates: BTreeMap<String, (Purpose, usize)>,
    signatures: BTreeSet<String>,
    terms: NoticeVariables,
    repeats_context: bool,
    calls: usize,
    taken: Vec<Taken>,
    receipts: Vec<Receipt>,
}

#[derive(Debug)]
struct Receipt {
    about: Taken,
    success: bool,
    code: String,
    at: DateTime<Utc>,
    was_pulled: bool,
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

    /// A template was approved, with so many variables.
    pub fn approve_template(&self, id: &str, purpose: Purpose, variables: usize) {
        self.state(|state| state.templates.insert(id.to_owned(), (purpose, variables)));
    }

    /// What the account may put into the variables of notices.
    pub fn set_terms(&self, terms: NoticeVariables) {
        self.state(|state| state.terms = terms);
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
        let local = at.naive_utc() + TimeDelta::hours(8);
        json!({
            "user_receive_time": local.format("%Y-%m-%d %H:%M:%S").to_string(),
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

fn texts(value: &Value) -> Option<Vec<String>> {
    let values = value.as_array()?.iter();
    values
        .map(|value| Some(value.as_str()?.to_owned()))
        .collect()
}

impl State {
    fn send(
        &mut self,
        body: &Value,
        forced: Option<&'static str>,
        now: DateTime<Utc>,
    ) -> Result<Value, &'static str> {
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        let numbers = texts(&body["PhoneNumberSet"]).ok_or("InvalidParameter")?;
        let params = texts(&body["TemplateParamSet"]).ok_or("InvalidParameter")?;
        if numbers.len() > 200 {
            return Err("LimitExceeded.PhoneNumberCountLimit");
        }
        if text("SessionContext").len() >= 512 {
            return Err("InvalidParameterValue.SessionContextLengthLimit");
        }
        let mut statuses = Vec::new();
        for (place, to) in numbers.into_iter().enumerate() {
            let next = Taken {
                serial_no: format!("5000:{:06}{place:03}", self.calls),
                session_context: text("SessionContext"),
                to,
                signature: text("SignName"),
                template: text("TemplateId"),
                params: params.clone(),
                at: now,
            };
            let verdict = forced.map_or_else(|| self.judge(&next), Err);
            statuses.push(json!({
                "SerialNo": if verdict.is_ok() { &next.serial_no } else { "" },
                "PhoneNumber": next.to,
                "Fee": u8::from(verdict.is_ok()),
                "SessionContext": next.session_context,
                "Code": verdict.err().unwrap_or("Ok"),
                "Message": "",
                "IsoCode": "CN",
            }));
            if verdict.is_ok() {
                self.taken.push(next);
            }
        }
        Ok(json!({ "SendStatusSet": statuses, "RequestId": "fake" }))
    }

    fn judge(&self, next: &Taken) -> Result<(), &'static str> {
        if !next.to.starts_with("+86") || Phone::parse(&next.to).is_err() {
            return Err("InvalidParameterValue.IncorrectPhoneNumber");
        }
        if !self.signatures.contains(&next.signature) {
            return Err("FailedOperation.SignatureIncorrectOrUnapproved");
        }
        let template = self.templates.get(&next.template);
        let &(purpose, variables) =
            template.ok_or("FailedOperation.TemplateUnapprovedOrNotExist")?;
        if next.params.len() != variables {
            return Err("FailedOperation.TemplateParamSetNotMatchApprovedTemplate");
        }
        for value in &next.params {
            check(purpose, self.terms, value).map_err(|misfit| match misfit {
                Misfit::TooLong => "InvalidParameterValue.TemplateParameterLengthLimit",
                Misfit::Link => "InvalidParameterValue.ProhibitedUseUrlInTemplateParameter",
                Misfit::NoVariables => "InvalidParameterValue.UnsupportedTemplateVariable",
                _ => "InvalidParameterValue.TemplateParameterFormatError",
            })?;
        }
        let repeated = self.taken.iter().any(|before| {
            (&before.to, &before.template, &before.params)
                == (&next.to, &next.template, &next.params)
                && next.at - before.at < SAME_TEXT
        });
        if repeated {
            return Err("LimitExceeded.PhoneNumberThirtySecondLimit");
        }
        Ok(())
    }

    fn pull(&mut self, body: &Value) -> Value {
        let limit = usize::try_from(body["Limit"].as_u64().unwrap().min(100)).unwrap();
        let mut waiting = Vec::new();
        let repeats = self.repeats_context;
        for receipt in self
            .receipts
            .iter_mut()
            .filter(|it| !it.was_pulled)
            .take(limit)
        {
            receipt.was_pulled = true;
            waiting.push(receipt.shown(repeats));
        }
        json!({ "PullSmsSendStatusSet": waiting, "RequestId": "fake" })
    }

    fn pull_by_number(&self, body: &Value, now: DateTime<Utc>) -> Result<Value, &'static str> {
        let instant = |name: &str| {
            body[name]
                .as_i64()
                .and_then(|it| DateTime::from_timestamp(it, 0))
        };
        let (begin, end) = (
            instant("BeginTime").ok_or("MissingParameter")?,
            instant("EndTime"),
        );
        if body["Offset"] != 0 || now - begin > TimeDelta::days(7) {
            return Err("InvalidParameter");
        }
        let found: Vec<Value> = self
            .receipts
            .iter()
            .filter(|receipt| receipt.about.to == body["PhoneNumber"].as_str().unwrap())
            .filter(|receipt| receipt.at >= begin && end.is_none_or(|end| receipt.at <= end))
            .take(100)
            .map(|receipt| receipt.shown(self.repeats_context))
            .collect();
        Ok(json!({ "PullSmsSendStatusSet": found, "RequestId": "fake" }))
    }
}

impl Receipt {
    fn shown(&self, repeats_context: bool) -> Value {
        json!({
            "UserReceiveTime": self.at.timestamp(),
            "CountryCode": "86",
            "SubscriberNumber": self.about.to.trim_start_matches("+86"),
            "PhoneNumber": self.about.to,
            "SerialNo": self.about.serial_no,
            "ReportStatus": if self.success { "SUCCESS" } else { "FAIL" },
            "Description": self.code,
            "SessionContext": if repeats_context { &self.about.session_context } else { "" },
        })
    }
}
