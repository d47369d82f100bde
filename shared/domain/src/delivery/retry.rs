//! When a failed hand-over is made again.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

/// Whether and when an attempt is made again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// At this instant, before the message's not-after.
    At(DateTime<Utc>),
    /// Every attempt was made.
    Spent,
    /// The next one would come at or after the not-after.
    TooLate,
}

/// The retry schedule, as data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Wait after the first, second, … attempt; the last one repeats.
    pub delays: Vec<Duration>,
    /// Each wait is moved by up to this share of itself, 0–100.
    pub jitter_percent: u8,
    /// Attempts in all, the first included.
    pub max_attempts: u32,
}

impl Default for RetryPolicy {
    /// 30 s, 2 min, 5 min, 15 min, 30 min, 1 h, each ± 20 %; seven attempts.
    fn default() -> Self {
        Self {
            delays: [30, 120, 300, 900, 1800, 3600]
                .map(Duration::from_secs)
                .to_vec(),
            jitter_percent: 20,
            max_attempts: 7,
        }
    }
}

/// How long before the not-after a last try is placed that `Retry-After` would push past it.
const LAST_TRY_MARGIN: TimeDelta = TimeDelta::minutes(1);

impl RetryPolicy {
    /// When the next attempt is made after `attempts_made` attempts (from 1).
    ///
    /// `jitter_unit` is a random number in `[0, 1)`. A `Retry-After` never shortens the schedule's
    /// wait; where it points past `not_after` the attempt is made a minute before that, or at the
    /// schedule's own time if that is later.
    pub fn next_attempt(
        &self,
        attempts_made: u32,
        now: DateTime<Utc>,
        not_after: DateTime<Utc>,
        jitter_unit: f64,
        retry_after: Option<Duration>,
    ) -> Retry {
        if attempts_made >= self.max_attempts {
            return Retry::Spent;
        }
        let Some(base) = later(now, self.delay(attempts_made, jitter_unit)) else {
            return Retry::TooLate;
        };
        if base >= not_after {
            return Retry::TooLate;
        }
        let Some(wait) = retry_after else {
            return Retry::At(base);
        };
        let latest = base.max(not_after - LAST_TRY_MARGIN);
        Retry::At(later(now, wait).map_or(latest, |asked| asked.clamp(base, latest)))
    }

    fn delay(&self, attempts_made: u32, jitter_unit: f64) -> Duration {
        let step = usize::try_from(attempts_made.saturating_sub(1)).unwrap_or(usize::MAX);
        let wait = self
            .delays
            .get(step)
            .or(self.delays.last())
            .copied()
            .unwrap_or_default();
        let unit = if (0.0..1.0).contains(&jitter_unit) {
            jitter_unit
        } else {
            0.5
        };
        let share = f64::from(self.jitter_percent.min(100)) / 100.0;
        wait.mul_f64(1.0 + share * (2.0 * unit - 1.0))
    }
}

fn later(now: DateTime<Utc>, wait: Duration) -> Option<DateTime<Utc>> {
    now.checked_add_signed(TimeDelta::from_std(wait).ok()?)
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;
    use proptest::prelude::*;

    use super::*;

    fn noon() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 6, 12, 4, 0, 0).unwrap()
    }

    #[test]
    fn the_schedule_without_jitter() {
        let policy = RetryPolicy::default();
        let far = noon() + TimeDelta::days(2);
        let waits: Vec<Retry> = (1..=7)
            .map(|made| policy.next_attempt(made, noon(), far, 0.5, None))
            .collect();
        let expected: Vec<Retry> = [30, 120, 300, 900, 1800, 3600]
            .into_iter()
            .map(|seconds| Retry::At(noon() + TimeDelta::seconds(seconds)))
            .chain([Retry::Spent])
            .collect();
        assert_eq!(waits, expected);
    }

    #[test]
    fn retry_after_is_honoured_within_its_bounds() {
        let policy = RetryPolicy::default();
        let not_after = noon() + TimeDelta::hours(1);
        let next = |seconds| {
            policy.next_attempt(
                1,
                noon(),
                not_after,
                0.5,
                Some(Duration::from_secs(seconds)),
            )
        };
        assert_eq!(next(5), Retry::At(noon() + TimeDelta::seconds(30)));
        assert_eq!(next(600), Retry::At(noon() + TimeDelta::minutes(10)));
        assert_eq!(next(86_400), Retry::At(noon() + TimeDelta::minutes(59)));
        assert_eq!(next(u64::MAX), Retry::At(noon() + TimeDelta::minutes(59)));
    }

    #[test]
    fn what_would_come_too_late_is_not_tried() {
        let policy = RetryPolicy::default();
        let soon = noon() + TimeDelta::seconds(30);
        assert_eq!(
            policy.next_attempt(1, noon(), soon, 0.5, None),
            Retry::TooLate
        );
        let just = soon + TimeDelta::microseconds(1);
        assert_eq!(
            policy.next_attempt(1, noon(), just, 0.5, None),
            Retry::At(soon)
        );
    }

    proptest! {
        #[test]
        fn a_retry_lies_between_the_jittered_wait_and_the_not_after(
            made in 1u32..7,
            unit in 0.0f64..1.0,
            minutes in 0i64..600,
            asked in prop::option::of(0u64..100_000),
        ) {
            let policy = RetryPolicy::default();
            let not_after = noon() + TimeDelta::minutes(minutes);
            let asked = asked.map(Duration::from_secs);
            if let Retry::At(at) = policy.next_attempt(made, noon(), not_after, unit, asked) {
                let wait = policy.delays[usize::try_from(made - 1).unwrap()];
                prop_assert!(at >= noon() + TimeDelta::from_std(wait.mul_f64(0.8)).unwrap());
                prop_assert!(at < not_after);
            }
        }
    }
}
