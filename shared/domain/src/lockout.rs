//! How long to wait after failed sign-ins: longer each time, but never so long that failing on
//! purpose locks somebody else out (OWASP ASVS 5.0, 6.3.1).

use chrono::{DateTime, TimeDelta, Utc};

/// The first wait.
const FIRST_WAIT: TimeDelta = TimeDelta::seconds(30);
/// The longest wait.
const LONGEST_WAIT: TimeDelta = TimeDelta::minutes(15);
/// After so long without a failure counting starts anew.
const FORGOTTEN_AFTER: TimeDelta = TimeDelta::hours(1);

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// An account, tried from addresses it is not known at.
    Account,
    /// An account at an address it was signed in from before: its own counter, which failures from
    /// elsewhere do not touch.
    KnownPlace,
    /// An address, whichever accounts it tries. An office shares one.
    Address,
}

impl Subject {
    /// Failures that cost no wait yet.
    const fn free(self) -> u32 {
        match self {
            Self::Account | Self::KnownPlace => 5,
            Self::Address => 20,
        }
    }
}

/// Failures of one subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Failures {
    /// How many in a row.
    pub count: u32,
    /// The last of them, UTC.
    pub last_at: Option<DateTime<Utc>>,
    /// Until when no further attempt is looked at, UTC.
    pub blocked_until: Option<DateTime<Utc>>,
}

impl Failures {
    /// How long to wait at `now` (UTC); `None`: an attempt may be made.
    pub fn wait(&self, now: DateTime<Utc>) -> Option<TimeDelta> {
        self.blocked_until
            .map(|until| until - now)
            .filter(|wait| *wait > TimeDelta::zero())
    }

    /// With one more failure of `subject` at `now` (UTC).
    #[must_use]
    pub fn with_another(&self, subject: Subject, now: DateTime<Utc>) -> Self {
        let recent = self.last_at.is_some_and(|at| now - at < FORGOTTEN_AFTER);
        let count = if recent {
            self.count.saturating_add(1)
        } else {
            1
        };
        let blocked_until = count
            .checked_sub(subject.free())
            .map(|beyond| now + wait_after(beyond));
        Self {
            count,
            last_at: Some(now),
            blocked_until,
        }
    }
}

/// 30 s, 1 min, 2 min … 15 min.
fn wait_after(beyond: u32) -> TimeDelta {
    let doubled = FIRST_WAIT * (1_i32 << beyond.min(5));
    doubled.min(LONGEST_WAIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_750_000_000 + seconds, 0).unwrap()
    }

    fn after(count: u32, subject: Subject) -> Failures {
        (0..count).fold(Failures::default(), |failures, _| {
            failures.with_another(subject, at(0))
        })
    }

    #[test]
    fn five_failures_are_free_of_a_wait_and_each_further_one_doubles_it() {
        assert_eq!(after(4, Subject::Account).wait(at(0)), None);
        let waits: Vec<i64> = (5..=12)
            .map(|count| after(count, Subject::Account).wait(at(0)).unwrap())
            .map(|wait| wait.num_seconds())
            .collect();
        assert_eq!(waits, [30, 60, 120, 240, 480, 900, 900, 900]);
        assert_eq!(after(200, Subject::Account).wait(at(900)), None);
        assert_eq!(after(19, Subject::Address).wait(at(0)), None);
        assert!(after(20, Subject::Address).wait(at(0)).is_some());
    }

    #[test]
    fn an_hour_without_a_failure_is_a_new_start() {
        let failures = after(6, Subject::KnownPlace);
        assert_eq!(
            failures.with_another(Subject::KnownPlace, at(3599)).count,
            7
        );
        let anew = failures.with_another(Subject::KnownPlace, at(3600));
        assert_eq!((anew.count, anew.wait(at(3600))), (1, None));
    }
}
