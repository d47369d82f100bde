//! When a message that was taken is looked at, while its receipt does not come.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{delivery::MAY_ARRIVE, rule_pack::RulePack};

use crate::Provider;

/// How long after a try the account is asked what became of it. A receipt that got lost is found so
/// before its message goes on; vendors' queries lag, so not within the first minutes.
const ASKED: [TimeDelta; 3] = [
    TimeDelta::minutes(5),
    TimeDelta::hours(1),
    TimeDelta::hours(24),
];
/// Hours a receipt is waited for, where no pack says it.
const WAIT_HOURS: u32 = 24;

/// How the receipt of one try is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::jobs) struct Awaiting {
    tried_at: DateTime<Utc>,
    /// When it has not come in time (UTC): the message goes on, or is given up.
    pub until: DateTime<Utc>,
    can_be_asked: bool,
}

impl Awaiting {
    /// For a try that began at `tried_at` (UTC): as long as the pack says, and no longer than a receipt
    /// may come at all. An account that was taken out of the settings can be asked nothing.
    pub fn new(
        pack: Option<&RulePack>,
        account: Option<&Provider>,
        tried_at: DateTime<Utc>,
    ) -> Self {
        let hours = pack.map_or(WAIT_HOURS, |pack| pack.receipt_wait_hours);
        Self {
            tried_at,
            until: tried_at + TimeDelta::hours(i64::from(hours)).min(MAY_ARRIVE),
            can_be_asked: account.is_some_and(|account| account.gateway.can_be_asked()),
        }
    }

    /// When it is looked at next after `now` (UTC); [`Awaiting::until`] once that has passed.
    pub fn next_look(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let mut asked = ASKED.iter().map(|after| self.tried_at + *after);
        let next = asked.find(|at| now < *at).filter(|_| self.can_be_asked);
        next.map_or(self.until, |at| at.min(self.until))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn awaiting(can_be_asked: bool) -> Awaiting {
        Awaiting {
            tried_at: at("2025-09-30T01:00:00Z"),
            until: at("2025-10-03T01:00:00Z"),
            can_be_asked,
        }
    }

    #[test]
    fn it_is_asked_about_after_five_minutes_an_hour_and_a_day_and_given_up_in_the_end() {
        let it = awaiting(true);
        let mut now = it.tried_at;
        let looks = [(); 5].map(|()| {
            now = it.next_look(now);
            now.to_string()
        });
        let end = "2025-10-03 01:00:00 UTC";
        assert_eq!(
            looks,
            [
                "2025-09-30 01:05:00 UTC",
                "2025-09-30 02:00:00 UTC",
                "2025-10-01 01:00:00 UTC",
                end,
                end
            ]
        );
    }

    #[test]
    fn an_account_that_cannot_be_asked_is_not() {
        let it = awaiting(false);
        assert_eq!(it.next_look(it.tried_at), it.until);
    }

    #[test]
    fn a_short_wait_ends_before_the_last_questions() {
        let it = Awaiting {
            until: at("2025-09-30T01:30:00Z"),
            ..awaiting(true)
        };
        assert_eq!(it.next_look(at("2025-09-30T01:05:00Z")), it.until);
    }
}
