//! Counting attempts, without a way to lock somebody else out.
//!
//! An account is counted by the name that was typed, whether somebody has it or not. Where somebody
//! signed in before they have a counter of their own: failures from elsewhere do not touch it.

use chrono::{DateTime, TimeDelta, Utc};
use domain::lockout::{Failures, Subject};
use storage::{
    Sealer, StorageError, Tx,
    sign_in_counters::{self, Counter},
};

use crate::{failure::Failure, limits, problem::Problem, problem_code::ProblemCode};

/// How long a place stays known after the last sign-in there.
const KNOWN_FOR: TimeDelta = TimeDelta::days(90);
/// How long failures are kept.
const KEPT_FOR: TimeDelta = TimeDelta::days(1);

/// An attempt to sign in as somebody, from somewhere. Holds keyed fingerprints only.
#[derive(Debug, Clone)]
pub struct Attempt {
    account: Vec<u8>,
    place: Vec<u8>,
    address: Vec<u8>,
}

/// How the counters of an attempt stand.
struct Standing {
    counted: Vec<(Subject, Vec<u8>, Counter)>,
}

impl Attempt {
    /// An attempt under a username as it is stored, from an address.
    pub fn new(sealer: &Sealer, username: &str, address: Option<&str>) -> Self {
        let network = limits::key(address.and_then(|address| address.parse().ok()));
        let fingerprint = |text: String| sealer.fingerprint(text.as_bytes());
        Self {
            account: fingerprint(format!("sign-in account\0{username}")),
            place: fingerprint(format!("sign-in place\0{username}\0{network}")),
            address: fingerprint(format!("sign-in address\0{network}")),
        }
    }

    /// A word for the account, for a log: the same at each attempt under its name, which nobody can
    /// read from it.
    pub fn account_mark(&self) -> String {
        use std::fmt::Write as _;
        let mut mark = String::new();
        for byte in self.account.iter().take(8) {
            // Writing to a text does not fail.
            let _ = write!(mark, "{byte:02x}");
        }
        mark
    }

    /// `too_many_requests` with the time to wait, if the attempt is not to be looked at yet at `now`
    /// (UTC).
    pub fn refusal(
        &self,
        tx: &mut Tx<'_>,
        now: DateTime<Utc>,
    ) -> Result<Option<Problem>, StorageError> {
        Ok(self.standing(tx, now)?.refusal(now))
    }

    /// Counts a failure at `now` (UTC), unless others used the last try up meanwhile.
    ///
    /// # Errors
    /// `too_many_requests`: then it is not counted, and not told from a success.
    pub fn fail(&self, tx: &mut Tx<'_>, now: DateTime<Utc>) -> Result<(), Failure> {
        let standing = self.standing(tx, now)?;
        if let Some(refusal) = standing.refusal(now) {
            return Err(refusal.into());
        }
        for (subject, key, before) in standing.counted {
            let after = Counter {
                failures: before.failures.with_another(subject, now),
                ..before
            };
            let known_until = before.succeeded_at.map(|at| at + KNOWN_FOR);
            let keep_until = known_until.unwrap_or(now).max(now + KEPT_FOR);
            sign_in_counters::save(tx, &key, before.failures.count, &after, keep_until)?;
        }
        Ok(())
    }

    /// Notes a success at `now` (UTC): the place is known, and its failures are forgotten. Those of
    /// the address stay: who guesses at others' accounts may have one of their own.
    pub fn succeed(&self, tx: &mut Tx<'_>, now: DateTime<Utc>) -> Result<(), StorageError> {
        let place = sign_in_counters::get(tx, &self.place)?;
        let known = Counter {
            failures: Failures::default(),
            succeeded_at: Some(now),
        };
        let before = place.failures.count;
        sign_in_counters::save(tx, &self.place, before, &known, now + KNOWN_FOR)?;
        if is_known(&place, now) {
            return Ok(());
        }
        let account = sign_in_counters::get(tx, &self.account)?;
        if account.failures.count > 0 {
            let before = account.failures.count;
            let clear = Counter::default();
            sign_in_counters::save(tx, &self.account, before, &clear, now)?;
        }
        Ok(())
    }

    fn standing(&self, tx: &mut Tx<'_>, now: DateTime<Utc>) -> Result<Standing, StorageError> {
        let place = sign_in_counters::get(tx, &self.place)?;
        let counted = if is_known(&place, now) {
            vec![(Subject::KnownPlace, self.place.clone(), place)]
        } else {
            let account = sign_in_counters::get(tx, &self.account)?;
            let address = sign_in_counters::get(tx, &self.address)?;
            vec![
                (Subject::Account, self.account.clone(), account),
                (Subject::Address, self.address.clone(), address),
            ]
        };
        Ok(Standing { counted })
    }
}

impl Standing {
    fn refusal(&self, now: DateTime<Utc>) -> Option<Problem> {
        let waits = self
            .counted
            .iter()
            .filter_map(|(.., it)| it.failures.wait(now));
        waits.max().map(wait_for)
    }
}

fn is_known(place: &Counter, now: DateTime<Utc>) -> bool {
    place.succeeded_at.is_some_and(|at| now - at < KNOWN_FOR)
}

fn wait_for(wait: TimeDelta) -> Problem {
    // Whole seconds, upwards: who comes then is let in.
    let seconds = u64::try_from(wait.num_milliseconds())
        .unwrap_or(0)
        .div_ceil(1000);
    Problem::new(
        ProblemCode::TooManyRequests,
        "too many failed attempts to sign in; wait before the next one",
    )
    .retry_after(seconds)
}
