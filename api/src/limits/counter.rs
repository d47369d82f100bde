//! One limit per minute, for many callers.

use std::{
    num::NonZeroU32,
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use governor::{
    NotUntil, Quota, RateLimiter, clock::Clock as _, middleware::StateInformationMiddleware,
    nanos::Nanos,
};
use platform::Clock;

use super::{bounded::Bounded, standing::Standing};

/// Counts between two sweeps: sweeping costs about as much as it counted meanwhile.
const SWEEP_EVERY: u32 = 4096;

type Limiter = RateLimiter<u128, Bounded, Time, StateInformationMiddleware>;

/// Lets each caller come `limit` times at once, and as often again over the minute (GCRA: no instant
/// at which everybody begins anew).
#[derive(Debug)]
pub(super) struct Counter {
    policy: &'static str,
    /// `None`: no limit.
    limiter: Option<Limiter>,
    counted: AtomicU32,
}

impl Counter {
    /// `u32::MAX` and 0 are no limit.
    pub(super) fn new(policy: &'static str, per_minute: u32, clock: &Clock) -> Self {
        let quota = NonZeroU32::new(per_minute).filter(|limit| *limit != NonZeroU32::MAX);
        let limiter = |limit| {
            let quota = Quota::per_minute(limit);
            Limiter::new(quota, Bounded::default(), Time::of(clock))
        };
        Self {
            policy,
            limiter: quota.map(limiter),
            counted: AtomicU32::new(0),
        }
    }

    /// Counts a request of `key`; `None` without a limit.
    pub(super) fn count(&self, key: u128) -> Option<Standing> {
        let limiter = self.limiter.as_ref()?;
        if self.counted.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY == SWEEP_EVERY - 1 {
            // Forgets those who have their whole quota back.
            limiter.retain_recent();
        }
        let standing = |limit: u32, left: u32| Standing {
            policy: self.policy,
            limit,
            left,
            resets: (u64::from(limit - left.min(limit)) * 60).div_ceil(u64::from(limit.max(1))),
            wait: None,
        };
        Some(match limiter.check_key(&key) {
            Ok(state) => standing(
                state.quota().burst_size().get(),
                state.remaining_burst_capacity(),
            ),
            Err(until) => Standing {
                wait: Some(wait(&until, limiter.clock())),
                ..standing(until.quota().burst_size().get(), 0)
            },
        })
    }
}

/// Whole seconds, rounded up.
fn wait(until: &NotUntil<Nanos>, time: &Time) -> u64 {
    let wait = until.wait_time_from(time.now());
    wait.as_millis()
        .div_ceil(1000)
        .max(1)
        .try_into()
        .unwrap_or(u64::MAX)
}

/// The clock's time since a beginning. The machine's clock may be set back, and everybody would have
/// to wait until it has caught up: it is not asked.
#[derive(Debug, Clone)]
struct Time {
    clock: Clock,
    began: Instant,
}

impl Time {
    fn of(clock: &Clock) -> Self {
        Self {
            clock: clock.clone(),
            began: Instant::now(),
        }
    }
}

impl governor::clock::Clock for Time {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        match &self.clock {
            Clock::System => self.began.elapsed().into(),
            Clock::Manual(clock) => {
                let micros = clock.now().timestamp_micros();
                Duration::from_micros(micros.try_into().unwrap_or(0)).into()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};

    use super::{super::bounded::MOST, *};

    fn clock() -> (Clock, std::sync::Arc<platform::ManualClock>) {
        Clock::manual(DateTime::from_timestamp(1_750_000_020, 0).unwrap())
    }

    #[test]
    fn each_caller_has_its_own_limit_and_gets_it_back_over_a_minute() {
        let (clock, hands) = clock();
        let counter = Counter::new("caller", 2, &clock);
        let left = |key| {
            let standing = counter.count(key).unwrap();
            (standing.left, standing.resets, standing.wait)
        };
        assert_eq!(left(1), (1, 30, None));
        assert_eq!(left(1), (0, 60, None));
        assert_eq!(left(1), (0, 60, Some(30)));
        assert_eq!(left(2), (1, 30, None));
        hands.advance(TimeDelta::milliseconds(29_001));
        assert_eq!(left(1).2, Some(1));
        hands.advance(TimeDelta::seconds(1));
        assert_eq!(left(1), (0, 60, None));
        assert_eq!(left(1).2, Some(30));
    }

    #[test]
    fn without_a_limit_nothing_is_remembered() {
        let (clock, _) = clock();
        assert!(Counter::new("caller", u32::MAX, &clock).count(1).is_none());
    }

    #[test]
    fn callers_who_are_too_many_share_one_limit_until_others_are_forgotten() {
        let (clock, hands) = clock();
        let counter = Counter::new("address", 1, &clock);
        let is_let_through = |key: usize| {
            let key = u128::try_from(key).unwrap();
            counter.count(key).unwrap().wait.is_none()
        };
        for key in 0..MOST {
            assert!(is_let_through(key), "{key}");
        }
        assert!(is_let_through(MOST), "the first of the rest");
        assert!(!is_let_through(MOST + 1), "shares its limit");
        assert!(!is_let_through(0), "is still remembered");
        let known = || counter.limiter.as_ref().unwrap().len();
        assert_eq!(known(), MOST + 1);
        // A minute until the quota is back, and the time of one request beyond.
        hands.advance(TimeDelta::seconds(121));
        for _ in 0..SWEEP_EVERY {
            counter.count(0);
        }
        assert!(known() <= 2, "{}", known());
    }
}
