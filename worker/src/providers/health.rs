//! How one account is doing.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    StaffId,
    provider_choice::{Breaker, Pace, Sign, Standing, Turn, Wanted},
};
use gateways::{Accepted, SendError};

use super::people::People;

/// Breaker and paces of one account.
#[derive(Debug)]
pub(super) struct Health {
    breaker: Breaker,
    pace: Option<Pace>,
    people: Option<People>,
}

impl Health {
    pub fn new(pace: Option<Pace>, people: Option<People>) -> Self {
        Self {
            breaker: Breaker::default(),
            pace,
            people,
        }
    }

    /// What is urgent does not wait for the pace: it goes before what can.
    pub fn standing(&self, now: DateTime<Utc>, urgent: bool, person: Option<StaffId>) -> Standing {
        if let Some(until) = self.breaker.rests_until(now) {
            return Standing::Resting(until);
        }
        let enough = |people: &People| people.rests_until(person?, now);
        if let Some(until) = self.people.as_ref().and_then(enough) {
            return Standing::Paced(until);
        }
        match self.pace.map(|pace| pace.free_at(now)) {
            Some(free) if free > now && !urgent => Standing::Paced(free),
            _ => Standing::Ready,
        }
    }

    pub fn is_quick(&self, now: DateTime<Utc>) -> bool {
        self.breaker.is_quick(now)
    }

    pub fn take(&mut self, now: DateTime<Utc>, person: Option<StaffId>) {
        self.breaker.take(now);
        if let Some((people, person)) = self.people.as_mut().zip(person) {
            people.take(person, now);
        }
        if let Some(pace) = &mut self.pace {
            pace.take(now);
        }
    }

    /// A time of its own for one who waits for the pace, to the whole second so that many are
    /// written in one statement; none where it would be over by then, or does not wait for the pace.
    pub fn promise(&mut self, until: DateTime<Utc>, wanted: &Wanted<'_>) -> Option<DateTime<Utc>> {
        let at = self.pace.as_mut()?.promise(wanted.now).max(until);
        let second = DateTime::from_timestamp(at.timestamp(), 0)? + TimeDelta::seconds(1);
        (second < wanted.not_after).then_some(second)
    }

    /// Counts a call, and raises the alarm where an operator has to act.
    pub fn record(
        &mut self,
        account: &str,
        result: Option<&Result<Accepted, SendError>>,
        others_quick: bool,
        now: DateTime<Utc>,
    ) {
        let sign = match result {
            None => Sign::Nothing,
            Some(Ok(_)) => Sign::of(None, others_quick),
            Some(Err(error)) => Sign::of(Some(error.class), others_quick),
        };
        let outcome = match result {
            None => "not_tried",
            Some(Ok(_)) => "accepted",
            Some(Err(error)) => error.class.as_str(),
        };
        let name = account.to_owned();
        metrics::counter!("worker_provider_calls_total", "account" => name, "outcome" => outcome)
            .increment(1);
        let turn = self.breaker.record(sign, now);
        match turn {
            None => return,
            Some(Turn::Closed) => tracing::info!(account, "the account is used again"),
            Some(Turn::Opened) => tracing::warn!(account, "the account fails and is left alone"),
            Some(Turn::OpenedMisconfigured) => tracing::error!(
                account,
                "the provider refuses our account, key or signature: an operator has to act"
            ),
        }
        self.show(account);
    }

    /// Puts its state into the metrics.
    pub fn show(&self, account: &str) {
        let state = match (self.breaker.is_open(), self.breaker.is_misconfigured()) {
            (false, _) => 0.0,
            (true, false) => 1.0,
            (true, true) => 2.0,
        };
        metrics::gauge!("worker_provider_state", "account" => account.to_owned()).set(state);
    }
}
