//! WeCom as it answers an app of the office.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
};

use chrono::{DateTime, TimeDelta, Utc};
use platform::Clock;
use serde_json::{Value, json};

use super::{
    script::Script,
    wire::{Reaction, Request, Server},
};

/// CorpID of the office.
pub const CORP_ID: &str = "wwd1234567890abcdef";
/// The app's secret.
pub const SECRET: &str = "corp-secret-91c2";
/// The app's number.
pub const AGENT_ID: i64 = 1_000_002;

/// Messages to one member that it passes on in a minute; it takes the others and drops them.
pub const A_MINUTE: usize = 30;

/// A message it took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The person's user id.
    pub to: String,
    /// The whole text.
    pub text: String,
}

/// What it does with a message whose token is good.
#[derive(Debug, Clone)]
pub enum Act {
    /// Does this and takes nothing.
    Instead(Reaction),
    /// Takes it, if it is to be taken, and does this instead of saying so.
    TakeThen(Reaction),
}

#[derive(Debug, Default)]
struct State {
    members: BTreeSet<String>,
    unlicensed: BTreeSet<String>,
    token: Option<(String, DateTime<Utc>)>,
    tokens_made: usize,
    script: Script<Act>,
    taken: Vec<(Taken, DateTime<Utc>)>,
}

#[derive(Debug)]
struct Shared {
    clock: Clock,
    state: Mutex<State>,
}

/// The platform.
#[derive(Debug)]
pub struct FakeWecom {
    server: Server,
    shared: Arc<Shared>,
}

impl FakeWecom {
    /// Starts it. Its tokens run out by `clock`.
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

    /// Somebody works at the office.
    pub fn employ(&self, user: &str) {
        self.state(|state| state.members.insert(user.to_owned()));
    }

    /// Somebody works at the office and has no licence.
    pub fn employ_without_licence(&self, user: &str) {
        self.state(|state| state.unlicensed.insert(user.to_owned()));
    }

    /// What the next messages get instead of being taken.
    pub fn script(&self, script: impl IntoIterator<Item = Reaction>) {
        let acts = script.into_iter().map(Act::Instead);
        self.state(|state| state.script.extend(acts));
    }

    /// What chance does with calls that are not in the script.
    pub fn leave_to(&self, chance: impl FnMut() -> Option<Act> + Send + 'static) {
        self.state(|state| state.script.leave_to(chance));
    }

    /// The token is refused from now on.
    pub fn forget_token(&self) {
        self.state(|state| state.token = None);
    }

    /// Everything taken, oldest first.
    pub fn taken(&self) -> Vec<Taken> {
        self.taken_from(0)
    }

    /// What was taken after so many others.
    pub fn taken_from(&self, first: usize) -> Vec<Taken> {
        self.state(|state| {
            let taken = state.taken[first..].iter();
            taken.map(|(taken, _)| taken.clone()).collect()
        })
    }

    /// How many tokens were given out.
    pub fn tokens_made(&self) -> usize {
        self.state(|state| state.tokens_made)
    }

    fn state<T>(&self, run: impl FnOnce(&mut State) -> T) -> T {
        run(&mut self.shared.state.lock().unwrap())
    }
}

/// A refusal, with status 200 as all of them.
pub fn refused(errcode: i64) -> Reaction {
    Reaction::Answer(
        200,
        json!({ "errcode": errcode, "errmsg": "refused, hint: [1]" }),
    )
}

impl Shared {
    fn react(&self, request: &Request) -> Reaction {
        let (mut state, now) = (self.state.lock().unwrap(), self.clock.now());
        match (request.method.as_str(), request.path()) {
            ("GET", "/cgi-bin/gettoken") => state.give_token(request, now),
            ("POST", "/cgi-bin/message/send") => {
                let given = request.parameter("access_token").unwrap_or_default();
                match &state.token {
                    Some((token, ends)) if *token == given && now < *ends => {}
                    Some((token, _)) if *token == given => return refused(42_001),
                    _ => return refused(40_014),
                }
                match state.script.take() {
                    Some(Act::Instead(reaction)) => reaction,
                    Some(Act::TakeThen(reaction)) => {
                        state.message(&request.json(), now);
                        reaction
                    }
                    None => state.message(&request.json(), now),
                }
            }
            _ => Reaction::Answer(404, Value::Null),
        }
    }
}

impl State {
    fn give_token(&mut self, request: &Request, now: DateTime<Utc>) -> Reaction {
        if request.parameter("corpid").as_deref() != Some(CORP_ID) {
            return refused(40_013);
        }
        if request.parameter("corpsecret").as_deref() != Some(SECRET) {
            return refused(40_001);
        }
        if self.token.as_ref().is_none_or(|(_, ends)| *ends <= now) {
            self.tokens_made += 1;
            let token = format!("corp-token-{}", self.tokens_made);
            self.token = Some((token, now + TimeDelta::hours(2)));
        }
        let (token, _) = self.token.clone().unwrap();
        let granted = json!({
            "errcode": 0, "errmsg": "ok", "access_token": token, "expires_in": 7_200,
        });
        Reaction::Answer(200, granted)
    }

    fn message(&mut self, body: &Value, now: DateTime<Utc>) -> Reaction {
        if body["agentid"] != AGENT_ID {
            return refused(301_002);
        }
        if body["msgtype"] != "text" {
            return refused(40_008);
        }
        let text = body["text"]["content"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        if text.is_empty() || text.len() > 2_048 {
            return refused(44_004);
        }
        let several = body["touser"].as_str().unwrap_or_default().split('|');
        let (mut reached, mut invalid, mut unlicensed) = (Vec::new(), Vec::new(), Vec::new());
        for user in several {
            if self.members.contains(user) {
                reached.push(user);
            } else if self.unlicensed.contains(user) {
                unlicensed.push(user);
            } else {
                invalid.push(user);
            }
        }
        if reached.is_empty() && unlicensed.is_empty() {
            return refused(81_013);
        }
        let checked = body["enable_duplicate_check"] == 1;
        let seconds = body["duplicate_check_interval"].as_i64().unwrap_or(1_800);
        let since = now - TimeDelta::seconds(seconds);
        for user in &reached {
            let taken = Taken {
                to: (*user).to_owned(),
                text: text.clone(),
            };
            let repeated = self
                .taken
                .iter()
                .any(|(it, at)| *it == taken && since < *at);
            let a_minute_ago = now - TimeDelta::minutes(1);
            let of_minute = self.taken.iter().rev();
            let of_minute = of_minute
                .filter(|(it, at)| it.to == taken.to && a_minute_ago < *at)
                .count();
            if !(checked && repeated) && of_minute < A_MINUTE {
                self.taken.push((taken, now));
            }
        }
        let answer = json!({
            "errcode": 0, "errmsg": "ok", "msgid": format!("wecom-{}", self.taken.len()),
            "invaliduser": invalid.join("|"), "unlicenseduser": unlicensed.join("|"),
        });
        Reaction::Answer(200, answer)
    }
}
