//! Aliyun SMS as it answers: it checks signature, time, nonce, number, signature words, template and
//! variables, counts per number, keeps what it took to be asked about, and does as it is told.

mod signature;

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    sync::{Arc, Mutex},
};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    channel_limits::{
        Misfit,
        aliyun::{VariableRule, check},
    },
    contact::Phone,
};
use platform::Clock;
use serde_json::{Value, json};

pub(super) use self::signature::hex;
pub use self::signature::verify;
use super::{
    script::Script,
    wire::{Reaction, Request, Server},
};

/// Id of the office's access key.
pub const KEY_ID: &str = "LTAI-of-the-office";
/// The access key.
pub const SECRET: &str = "aliyun-secret-5e1d";
/// Messages of one kind a number may get in 24 hours.
pub const NOTICES_A_DAY: usize = 50;
/// One-time codes a number may get in 24 hours.
pub const CODES_A_DAY: usize = 10;

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
    templates: BTreeMap<String, BTreeMap<String, VariableRule>>,
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

    /// A template was approved, with these variables.
    pub fn approve_template(&self, id: &str, variables: &[(&str, VariableRule)]) {
        let variables = variables
            .iter()
            .map(|(name, rule)| ((*name).to_owned(), *rule));
        let variables = variables.collect();
        self.state(|state| state.templates.insert(id.to_owned(), variables));
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
        let local = |at: DateTime<Utc>| {
            let local = at.naive_utc() + TimeDelta::hours(8);
            local.format("%Y-%m-%d %H:%M:%S").to_string()
        };
        let receipt = json!({
            "phone_number": taken.to,
            "send_time": local(taken.at),
            "report_time": local(self.shared.clock.now()),
            "success": success,
            "err_code": code,
            "err_msg": "状态",
            "sms_size": "1",
            "biz_id": taken.biz_id,
            "out_id": taken.out_id,
        });
        let key = (taken.biz_id.clone(), taken.to.clone());
        self.state(|state| state.receipts.insert(key, receipt.clone()));
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
            Some("QuerySendDetails") => Ok(state.details(&Parameters::of_query(request), now)),
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
        let at: DateTime<Utc> = date.parse().or(Err((400, "InvalidTimeStamp.Format")))?;
        if (now - at).abs() > TimeDelta::minutes(15) {
            return Err((400, "InvalidTimeStamp.Expired"));
        }
        let nonce = request.header("x-acs-signature-nonce").unwrap_or_default();
        if nonce.is_empty() || !self.nonces.insert(nonce.to_owned()) {
            return Err((400, "SignatureNonceUsed"));
        }
        Ok(())
    }

    fn send(&mut self, given: &Parameters, now: DateTime<Utc>) -> Result<Value, Reaction> {
        let numbers: Vec<String> = given
            .text("PhoneNumbers")
            .split(',')
            .map(str::to_owned)
            .collect();
        if numbers.len() > 1_000 {
            return Err(business("isv.MOBILE_COUNT_OVER_LIMIT"));
        }
        let params = given.0.get("TemplateParam").map_or("{}", String::as_str);
        let params: Value =
            serde_json::from_str(params).or(Err(business("isv.INVALID_JSON_PARAM")))?;
        let messages = numbers
            .into_iter()
            .map(|number| (number, given.text("SignName").to_owned(), params.clone()))
            .collect();
        self.take(given, messages, now)
    }

    fn send_batch(&mut self, request: &Request, now: DateTime<Utc>) -> Result<Value, Reaction> {
        if request.header("content-type") != Some("application/x-www-form-urlencoded") {
            return Err(refused(415, "UnsupportedMediaType", "refused"));
        }
        let form = Parameters::of_text(&String::from_utf8_lossy(&request.body));
        let list = |name: &str| -> Result<Vec<Value>, Reaction> {
            serde_json::from_str(form.text(name)).or(Err(business("isv.INVALID_JSON_PARAM")))
        };
        let (numbers, signatures) = (list("PhoneNumberJson")?, list("SignNameJson")?);
        let params = list("TemplateParamJson")?;
        if numbers.len() != signatures.len() || numbers.len() != params.len() {
            return Err(business("isv.INVALID_PARAMETERS"));
        }
        if numbers.len() > 100 {
            return Err(business("isv.MOBILE_COUNT_OVER_LIMIT"));
        }
        let text = |value: Value| value.as_str().unwrap_or_default().to_owned();
        let messages = numbers.into_iter().zip(signatures).zip(params);
        let messages = messages
            .map(|((number, signature), params)| (text(number), text(signature), params))
            .collect();
        self.take(&Parameters::of_query(request), messages, now)
    }

    /// All or none.
    fn take(
        &mut self,
        given: &Parameters,
        messages: Vec<(String, String, Value)>,
        now: DateTime<Utc>,
    ) -> Result<Value, Reaction> {
        let biz_id = format!("9006{:014}^0", self.calls);
        let template = given.text("TemplateCode").to_owned();
        let rules = self.templates.get(&template);
        let rules = rules.ok_or(business("isv.SMS_TEMPLATE_ILLEGAL"))?;
        let mut taken = Vec::new();
        for (number, signature, params) in messages {
            let phone = Phone::parse(&number).or(Err(business("isv.MOBILE_NUMBER_ILLEGAL")))?;
            if !self.signatures.contains(&signature) {
                return Err(business("isv.SMS_SIGNATURE_ILLEGAL"));
            }
            taken.push(Taken {
                biz_id: biz_id.clone(),
                out_id: given.text("OutId").to_owned(),
                to: phone.as_str().to_owned(),
                signature,
                template: template.clone(),
                params: fill(rules, &params)?,
                at: now,
            });
        }
        if let Some(window) = taken.iter().find_map(|message| self.full(message)) {
            let sentence = format!("触发{window}级流控Permits:1");
            return Err(refused(200, "isv.BUSINESS_LIMIT_CONTROL", &sentence));
        }
        self.taken.extend(taken);
        Ok(json!({ "Code": "OK", "Message": "OK", "RequestId": "fake", "BizId": biz_id }))
    }

    /// Which of a number's counters is full. One-time codes of one signature are counted by the minute
    /// and the hour of the clock and by 24 hours, notices by signature and template and 24 hours.
    fn full(&self, next: &Taken) -> Option<&'static str> {
        let is_code = self.is_code(&next.template);
        let counted = |before: &&Taken| {
            (&before.to, &before.signature) == (&next.to, &next.signature)
                && if is_code {
                    self.is_code(&before.template)
                } else {
                    before.template == next.template
                }
        };
        let before: Vec<&Taken> = self.taken.iter().filter(counted).collect();
        let by_clock = |form: &str| {
            let window = next.at.format(form).to_string();
            let same = |one: &&&Taken| one.at.format(form).to_string() == window;
            before.iter().filter(same).count()
        };
        let recent = |one: &&&Taken| next.at - one.at < TimeDelta::hours(24);
        let in_a_day = before.iter().filter(recent).count();
        match is_code {
            true if by_clock("%F %H:%M") >= 1 => Some("分钟"),
            true if by_clock("%F %H") >= 5 => Some("小时"),
            true if in_a_day >= CODES_A_DAY => Some("天"),
            false if in_a_day >= NOTICES_A_DAY => Some("天"),
            _ => None,
        }
    }

    fn is_code(&self, template: &str) -> bool {
        let rules = self.templates.get(template);
        rules.is_some_and(|rules| {
            rules
                .values()
                .any(|rule| *rule == VariableRule::NumberCaptcha)
        })
    }

    fn details(&self, given: &Parameters, now: DateTime<Utc>) -> Value {
        let date = |at: DateTime<Utc>| (at + TimeDelta::hours(8)).format("%Y%m%d").to_string();
        let found: Vec<&Taken> = self
            .taken
            .iter()
            .rev()
            .filter(|taken| taken.to == given.text("PhoneNumber"))
            .filter(|taken| date(taken.at) == given.text("SendDate"))
            .filter(|taken| now - taken.at >= self.lag)
            .collect();
        let number = |name: &str| given.text(name).parse::<usize>().unwrap();
        let (size, page) = (number("PageSize").min(50), number("CurrentPage"));
        let shown = found.iter().skip(size * (page - 1)).take(size);
        let shown: Vec<Value> = shown.map(|taken| self.detail(taken)).collect();
        json!({
            "Code": "OK", "Message": "OK", "RequestId": "fake",
            "TotalCount": found.len().to_string(),
            "SmsSendDetailDTOs": { "SmsSendDetailDTO": shown },
        })
    }

    fn detail(&self, taken: &Taken) -> Value {
        let receipt = self.receipts.get(&(taken.biz_id.clone(), taken.to.clone()));
        let status = receipt.map_or(1, |receipt| if receipt["success"] == true { 3 } else { 2 });
        json!({
            "PhoneNum": taken.to,
            "OutId": taken.out_id,
            "SendStatus": status,
            "ErrCode": receipt.map_or(Value::Null, |receipt| receipt["err_code"].clone()),
            "ReceiveDate": receipt.map_or(Value::Null, |receipt| receipt["report_time"].clone()),
            "TemplateCode": taken.template,
            "Content": "正文",
        })
    }
}

/// Each variable once, a text, by its rule.
fn fill(
    rules: &BTreeMap<String, VariableRule>,
    params: &Value,
) -> Result<BTreeMap<String, String>, Reaction> {
    let params = params
        .as_object()
        .ok_or(business("isv.INVALID_JSON_PARAM"))?;
    let mut filled = BTreeMap::new();
    for (name, rule) in rules {
        let value = params
            .get(name)
            .ok_or(business("isv.TEMPLATE_MISSING_PARAMETERS"))?;
        let value = value.as_str().ok_or(business("isv.INVALID_JSON_PARAM"))?;
        check(*rule, value).map_err(|misfit| {
            business(match misfit {
                Misfit::TooLong => "isv.PARAM_LENGTH_LIMIT",
                Misfit::Link => "isv.PARAM_NOT_SUPPORT_URL",
                _ => "isv.TEMPLATE_PARAMS_ILLEGAL",
            })
        })?;
        filled.insert(name.clone(), value.to_owned());
    }
    Ok(filled)
}

struct Parameters(BTreeMap<String, String>);

impl Parameters {
    fn of_query(request: &Request) -> Self {
        let query = request.target.split_once('?');
        Self::of_text(query.map_or("", |(_, query)| query))
    }

    fn of_text(text: &str) -> Self {
        let url = reqwest::Url::parse(&format!("http://fake/?{text}")).unwrap();
        Self(url.query_pairs().into_owned().collect())
    }

    fn text(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }
}
