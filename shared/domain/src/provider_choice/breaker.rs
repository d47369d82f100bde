//! When a provider's account is left alone for a while.
//!
//! The numbers are those of a vendor's own client: five failures in a row, or three quarters of at
//! least five calls within five minutes, open the breaker for a minute; then a few messages try
//! whether it works again. What only an operator can mend (account, key, signature) opens it at once
//! and for longer, and one message at a time tries. A bad number or a used-up quota says nothing
//! about the account. Slowness counts only while another account is quick: where all are slow, going
//! elsewhere helps nobody.

use chrono::{DateTime, TimeDelta, Utc};

use crate::delivery::Failure;

/// Failures in a row that open it.
const IN_A_ROW: u32 = 5;
/// Calls below which a share says nothing.
const ENOUGH_CALLS: u32 = 5;
/// Share of failures that opens it, in percent.
const TOO_MANY: u32 = 75;
/// How long failures keep it open, and after which probes that told nothing are made anew.
const OPEN_FOR: TimeDelta = TimeDelta::minutes(1);
/// How long a fault of configuration keeps it open.
const MISCONFIGURED_FOR: TimeDelta = TimeDelta::minutes(10);
/// Messages that try at a time after failures, and successes that close it.
const PROBES: u32 = 5;
/// How far back calls count.
const WINDOW: TimeDelta = TimeDelta::minutes(5);
/// They are counted in slices of so many seconds.
const SLICE_SECONDS: i64 = 30;
/// Slices of the window.
const SLICES: usize = 10;

/// What a call tells about the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// It took the message.
    Works,
    /// It failed, or is slow while others are quick.
    Fails,
    /// It is slow, and so are the others.
    SlowAsAll,
    /// Account, key, signature or template: an operator has to act.
    Misconfigured,
    /// Nothing: the number, the text or a quota was at fault, or no call was made.
    Nothing,
}

impl Sign {
    /// What the end of a call tells; `failure` none: it took the message. `others_quick`: another
    /// account that could carry the message answers in time.
    pub const fn of(failure: Option<Failure>, others_quick: bool) -> Self {
        match failure {
            None => Self::Works,
            Some(Failure::Transient) => Self::Fails,
            Some(Failure::Unknown) if others_quick => Self::Fails,
            Some(Failure::Unknown) => Self::SlowAsAll,
            Some(Failure::Configuration) => Self::Misconfigured,
            Some(Failure::Permanent | Failure::Quota) => Self::Nothing,
        }
    }
}

/// What a call changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// It opened, because of failures.
    Opened,
    /// It opened, because of its configuration.
    OpenedMisconfigured,
    /// It closed again.
    Closed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Closed,
    Open {
        until: DateTime<Utc>,
        misconfigured: bool,
    },
    /// Some messages try; `left` more may at once, `missing` more have to succeed.
    Probing {
        since: DateTime<Utc>,
        left: u32,
        missing: u32,
    },
}

/// Calls of one slice of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Slice {
    /// Number of the slice since 1970.
    number: i64,
    works: u32,
    fails: u32,
    slow: u32,
}

/// The breaker of one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breaker {
    state: State,
    in_a_row: u32,
    window: [Slice; SLICES],
}

impl Default for Breaker {
    fn default() -> Self {
        Self {
            state: State::Closed,
            in_a_row: 0,
            window: [Slice::default(); SLICES],
        }
    }
}

impl Breaker {
    /// Until when the account is left alone (UTC); none: a message may try it at `now`.
    pub fn rests_until(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let until = match self.state {
            State::Closed => return None,
            State::Open { until, .. } => until,
            State::Probing { left, .. } if left > 0 => return None,
            State::Probing { since, .. } => since + OPEN_FOR,
        };
        (now < until).then_some(until)
    }

    /// Whether it is anything but closed.
    pub const fn is_open(&self) -> bool {
        !matches!(self.state, State::Closed)
    }

    /// Whether it is open for a fault that an operator has to mend.
    pub const fn is_misconfigured(&self) -> bool {
        matches!(
            self.state,
            State::Open {
                misconfigured: true,
                ..
            }
        )
    }

    /// Whether more calls of the last five minutes worked than not.
    pub fn is_quick(&self, now: DateTime<Utc>) -> bool {
        let (works, fails, slow) = self.counts(now);
        !self.is_open() && works > fails.saturating_add(slow)
    }

    /// A message goes to the account. Ask [`Breaker::rests_until`] before.
    pub fn take(&mut self, now: DateTime<Utc>) {
        let (since, left, missing) = match self.state {
            State::Closed => return,
            State::Open { misconfigured, .. } => {
                let probes = if misconfigured { 1 } else { PROBES };
                (now, probes, probes)
            }
            State::Probing {
                left: 0, missing, ..
            } => (now, missing, missing),
            State::Probing {
                since,
                left,
                missing,
            } => (since, left, missing),
        };
        self.state = State::Probing {
            since,
            left: left.saturating_sub(1),
            missing,
        };
    }

    /// A call came to its end.
    pub fn record(&mut self, sign: Sign, now: DateTime<Utc>) -> Option<Turn> {
        self.count(sign, now);
        match (self.state, sign) {
            (
                State::Open {
                    misconfigured: true,
                    ..
                },
                Sign::Misconfigured,
            ) => None,
            (_, Sign::Misconfigured) => Some(self.open(now, true)),
            (State::Closed, Sign::Fails) => self.is_too_much(now).then(|| self.open(now, false)),
            // While open: calls that were under way when it opened.
            (State::Closed | State::Open { .. }, _) => None,
            (State::Probing { .. }, Sign::Fails) => Some(self.open(now, false)),
            (State::Probing { missing: 0 | 1, .. }, Sign::Works) => {
                *self = Self::default();
                Some(Turn::Closed)
            }
            (
                State::Probing {
                    since,
                    left,
                    missing,
                },
                sign,
            ) => {
                let missing = missing - u32::from(sign == Sign::Works);
                self.state = State::Probing {
                    since,
                    left: (left + 1).min(missing),
                    missing,
                };
                None
            }
        }
    }

    fn open(&mut self, now: DateTime<Utc>, misconfigured: bool) -> Turn {
        let wait = if misconfigured {
            MISCONFIGURED_FOR
        } else {
            OPEN_FOR
        };
        *self = Self {
            state: State::Open {
                until: now + wait,
                misconfigured,
            },
            ..Self::default()
        };
        if misconfigured {
            Turn::OpenedMisconfigured
        } else {
            Turn::Opened
        }
    }

    fn count(&mut self, sign: Sign, now: DateTime<Utc>) {
        let number = slice_number(now);
        // The slice of this time, or else the oldest, which is over.
        let slice = self
            .window
            .iter_mut()
            .min_by_key(|slice| (slice.number != number, slice.number));
        if let Some(slice) = slice {
            if slice.number != number {
                *slice = Slice {
                    number,
                    ..Slice::default()
                };
            }
            match sign {
                Sign::Works => slice.works = slice.works.saturating_add(1),
                Sign::Fails => slice.fails = slice.fails.saturating_add(1),
                Sign::SlowAsAll => slice.slow = slice.slow.saturating_add(1),
                Sign::Misconfigured | Sign::Nothing => {}
            }
        }
        match sign {
            Sign::Works => self.in_a_row = 0,
            Sign::Fails => self.in_a_row = self.in_a_row.saturating_add(1),
            _ => {}
        }
    }

    /// Calls of the window that worked, failed and were slow.
    fn counts(&self, now: DateTime<Utc>) -> (u32, u32, u32) {
        let oldest = slice_number(now - WINDOW);
        self.window
            .iter()
            .filter(|slice| slice.number > oldest)
            .fold((0, 0, 0), |(works, fails, slow), slice| {
                (
                    slice.works.saturating_add(works),
                    slice.fails.saturating_add(fails),
                    slice.slow.saturating_add(slow),
                )
            })
    }

    fn is_too_much(&self, now: DateTime<Utc>) -> bool {
        let (works, fails, _) = self.counts(now);
        let calls = works.saturating_add(fails);
        self.in_a_row >= IN_A_ROW
            || (calls >= ENOUGH_CALLS
                && u64::from(fails) * 100 >= u64::from(calls) * u64::from(TOO_MANY))
    }
}

fn slice_number(at: DateTime<Utc>) -> i64 {
    at.timestamp().div_euclid(SLICE_SECONDS)
}

#[cfg(test)]
mod tests;
