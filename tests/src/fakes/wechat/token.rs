//! Tokens, as `stable_token` gives them out: the same one until five minutes before it ends, then the
//! next beside it. One that is forced ends the one before it at once; that can be done twenty times a
//! day, and does nothing within half a minute of the last time.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde_json::{Value, json};

use super::{APP_ID, FakeWechat, SECRET, refused};
use crate::fakes::{mainland::local, wire::Reaction};

/// How long a token is good.
const LIFE: TimeDelta = TimeDelta::hours(2);
/// How long two of them are good beside each other.
const HANDOVER: TimeDelta = TimeDelta::minutes(5);
/// The least time between two that are forced.
const FORCED_APART: TimeDelta = TimeDelta::seconds(30);
/// How many can be forced on a day.
pub const FORCED_A_DAY: usize = 20;

/// The tokens of the account.
#[derive(Default)]
pub(super) struct Tokens {
    /// With the end of each.
    good: BTreeMap<String, DateTime<Utc>>,
    /// The one that is given out, with its end, whether it is still good or not.
    current: Option<(String, DateTime<Utc>)>,
    made: usize,
    requests: usize,
    /// When one was to be forced.
    forced: Vec<DateTime<Utc>>,
    down: Option<Reaction>,
}

impl Tokens {
    /// Answers `stable_token`.
    pub fn give(&mut self, body: &Value, now: DateTime<Utc>) -> Reaction {
        self.requests += 1;
        if let Some(reaction) = &self.down {
            return reaction.clone();
        }
        if body["grant_type"] != "client_credential" {
            return refused(40_002);
        }
        if body["appid"] != APP_ID {
            return refused(40_013);
        }
        if body["secret"] != SECRET {
            return refused(40_125);
        }
        let mut fresh = self.current.clone();
        fresh = fresh.filter(|(_, ends)| now + HANDOVER < *ends);
        if body["force_refresh"] == true {
            let is_early = |last: &DateTime<Utc>| now - *last < FORCED_APART;
            let is_early = self.forced.last().is_some_and(is_early);
            let day = |at: DateTime<Utc>| -> NaiveDate { local(at).date() };
            let today = self.forced.iter().filter(|at| day(**at) == day(now));
            let is_spent = today.count() >= FORCED_A_DAY;
            self.forced.push(now);
            if is_spent {
                return refused(45_009);
            }
            if !is_early && let Some((before, _)) = fresh.take() {
                self.good.remove(&before);
            }
        }
        let (token, ends) = fresh.unwrap_or_else(|| self.make(now));
        let left = (ends - now).num_seconds();
        Reaction::Answer(200, json!({ "access_token": token, "expires_in": left }))
    }

    fn make(&mut self, now: DateTime<Utc>) -> (String, DateTime<Utc>) {
        self.made += 1;
        let made = (token(self.made), now + LIFE);
        self.good.insert(made.0.clone(), made.1);
        self.current = Some(made.clone());
        made
    }

    /// # Errors
    /// The `errcode` for a token that is none, or none any more.
    pub fn check(&self, token: &str, now: DateTime<Utc>) -> Result<(), i64> {
        match self.good.get(token) {
            None => Err(40_001),
            Some(ends) if *ends <= now => Err(42_001),
            Some(_) => Ok(()),
        }
    }

    /// A token ends before its time, and another one is given out.
    pub fn end(&mut self, token: &str) {
        self.good.remove(token);
        self.current = None;
    }
}

fn token(number: usize) -> String {
    format!("access-token-{number}")
}

impl FakeWechat {
    /// Every token so far is refused, and yet the same one is given out until it is forced.
    pub fn refuse_current_token(&self) {
        self.state(|state| state.tokens.good.clear());
    }

    /// What requests for a token get from now on; `None`: a token.
    pub fn token_answers(&self, reaction: Option<Reaction>) {
        self.state(|state| state.tokens.down = reaction);
    }

    /// How many tokens were asked for.
    pub fn token_requests(&self) -> usize {
        self.state(|state| state.tokens.requests)
    }

    /// When a token was to be forced (UTC).
    pub fn forced(&self) -> Vec<DateTime<Utc>> {
        self.state(|state| state.tokens.forced.clone())
    }

    /// The tokens given out so far.
    pub fn tokens(&self) -> Vec<String> {
        self.state(|state| (1..=state.tokens.made).map(token).collect())
    }
}
