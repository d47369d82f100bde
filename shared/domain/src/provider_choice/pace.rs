//! How many messages a second a provider's account is given.

use chrono::{DateTime, TimeDelta, Utc};

/// Spreads messages so that an account gets at most so many a second, with at most one second's worth
/// at once (the generic cell rate algorithm). Vendors count by the second; stay below their limits,
/// for another worker paces by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    interval: TimeDelta,
    /// When the account would be free again if everything taken had gone evenly.
    taken_until: DateTime<Utc>,
    /// The same with those who were told to come later.
    promised_until: DateTime<Utc>,
}

impl Pace {
    /// At most `per_second` messages a second; 0 counts as 1.
    pub fn per_second(per_second: u32) -> Self {
        let interval = 1_000_000_i64
            .checked_div(i64::from(per_second))
            .unwrap_or(1_000_000);
        Self {
            interval: TimeDelta::microseconds(interval.max(1)),
            taken_until: DateTime::<Utc>::MIN_UTC,
            promised_until: DateTime::<Utc>::MIN_UTC,
        }
    }

    /// When a message may go at the earliest (UTC): at or before `now` means at once.
    pub fn free_at(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        self.taken_until.max(now) - self.tolerance()
    }

    /// A message goes now, free or not: what cannot wait goes before what can.
    pub fn take(&mut self, now: DateTime<Utc>) {
        self.taken_until = self.taken_until.max(now) + self.interval;
    }

    /// When one who has to wait should come again (UTC): each is told another time.
    pub fn promise(&mut self, now: DateTime<Utc>) -> DateTime<Utc> {
        let from = self.promised_until.max(self.taken_until).max(now);
        self.promised_until = from + self.interval;
        from - self.tolerance()
    }

    fn tolerance(&self) -> TimeDelta {
        TimeDelta::seconds(1) - self.interval
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn start() -> DateTime<Utc> {
        "2026-06-12T01:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_second_s_worth_goes_at_once_and_the_rest_evenly() {
        let mut pace = Pace::per_second(4);
        for _ in 0..4 {
            assert!(pace.free_at(start()) <= start());
            pace.take(start());
        }
        let quarter = TimeDelta::milliseconds(250);
        assert_eq!(pace.free_at(start()), start() + quarter);
        assert_eq!(pace.promise(start()), start() + quarter);
        assert_eq!(pace.promise(start()), start() + quarter * 2);
        assert!(pace.free_at(start() + quarter) <= start() + quarter);
    }

    #[test]
    fn what_cannot_wait_goes_and_the_others_wait_for_it() {
        let mut pace = Pace::per_second(1);
        for _ in 0..3 {
            pace.take(start());
        }
        assert_eq!(pace.free_at(start()), start() + TimeDelta::seconds(3));
    }

    proptest! {
        #[test]
        fn no_second_gets_more_than_twice_the_rate_and_no_minute_more_than_it_plus_one_second(
            rate in 1u32..50,
            waits in prop::collection::vec(0i64..100, 1..2000),
        ) {
            let mut pace = Pace::per_second(rate);
            let mut now = start();
            let mut sent = Vec::new();
            for wait in waits {
                now += TimeDelta::milliseconds(wait);
                if pace.free_at(now) <= now {
                    pace.take(now);
                    sent.push(now);
                }
            }
            let rate = usize::try_from(rate).unwrap();
            for (index, from) in sent.iter().enumerate() {
                let within = |span| sent[index..].iter().filter(|at| **at - *from < span).count();
                prop_assert!(within(TimeDelta::seconds(1)) <= rate * 2);
                prop_assert!(within(TimeDelta::minutes(1)) <= rate * 61);
            }
        }
    }
}
