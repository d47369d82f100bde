//! The only place that asks what time it is.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};

/// Where `now` comes from. Cheap to clone; clones of a manual clock move together.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A clock that moves only when told to: tests and the sandbox.
    Manual(Arc<ManualClock>),
}

impl Clock {
    /// A manual clock at `start` (UTC), and the handle that moves it.
    pub fn manual(start: DateTime<Utc>) -> (Self, Arc<ManualClock>) {
        let handle = Arc::new(ManualClock::new(start));
        (Self::Manual(Arc::clone(&handle)), handle)
    }

    /// The present instant in UTC, cut to whole microseconds: both databases store no finer, and
    /// a value must compare equal to itself after a round trip.
    pub fn now(&self) -> DateTime<Utc> {
        match self {
            Self::System => system_now(),
            Self::Manual(clock) => clock.now(),
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one source of time; all else takes `now`"
)]
fn system_now() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(6)
}

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct ManualClock {
    micros: AtomicI64,
}

impl ManualClock {
    /// A clock standing at `start` (UTC), cut to whole microseconds.
    pub fn new(start: DateTime<Utc>) -> Self {
        Self {
            micros: AtomicI64::new(start.timestamp_micros()),
        }
    }

    /// Where the clock stands, in UTC.
    pub fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.micros.load(Ordering::SeqCst)).unwrap_or_default()
    }

    /// Puts the clock at `instant` (UTC), forwards or back.
    pub fn set(&self, instant: DateTime<Utc>) {
        self.micros
            .store(instant.timestamp_micros(), Ordering::SeqCst);
    }

    /// Moves the clock by `step` and answers where it stands then. A step too large to count in
    /// microseconds, or that would leave the calendar, moves nothing.
    pub fn advance(&self, step: TimeDelta) -> DateTime<Utc> {
        let moved = |micros: i64| {
            let target = micros.checked_add(step.num_microseconds()?)?;
            DateTime::from_timestamp_micros(target).map(|_| target)
        };
        let _ = self
            .micros
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, moved);
        self.now()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noon() -> DateTime<Utc> {
        "2026-02-16T04:00:00.123456789Z".parse().unwrap()
    }

    #[test]
    fn the_system_clock_answers_whole_microseconds() {
        assert_eq!(Clock::System.now().timestamp_subsec_nanos() % 1_000, 0);
        assert!(Clock::System.now() > noon() - TimeDelta::days(3_650));
    }

    #[test]
    fn clones_of_a_manual_clock_move_together() {
        let (clock, handle) = Clock::manual(noon());
        let copy = clock.clone();
        assert_eq!(clock.now().timestamp_subsec_nanos(), 123_456_000);
        handle.advance(TimeDelta::days(30));
        assert_eq!(copy.now(), noon().trunc_subsecs(6) + TimeDelta::days(30));
        handle.set(noon());
        assert_eq!(copy.now(), clock.now());
        assert_eq!(copy.now(), noon().trunc_subsecs(6));
    }

    #[test]
    fn a_step_out_of_the_calendar_moves_nothing() {
        let (clock, handle) = Clock::manual(noon());
        let before = clock.now();
        assert_eq!(handle.advance(TimeDelta::MAX), before);
        assert_eq!(clock.now(), before);
    }
}
