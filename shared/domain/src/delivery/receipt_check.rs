//! When a vendor is asked whether a receipt is its own.

use chrono::{DateTime, TimeDelta, Utc};

/// How long after it came, beside at once: vendors' queries lag.
const ASKED_AGAIN: [TimeDelta; 5] = [
    TimeDelta::minutes(1),
    TimeDelta::minutes(10),
    TimeDelta::hours(1),
    TimeDelta::hours(6),
    TimeDelta::hours(24),
];

/// When a vendor is asked again about a receipt that came at `received_at`; none: it was asked often
/// enough (all UTC).
pub fn next_ask(received_at: DateTime<Utc>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let mut asked = ASKED_AGAIN.iter().map(|after| received_at + *after);
    asked.find(|at| now < *at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vendor_is_asked_again_within_a_minute_and_for_a_day() {
        let received = DateTime::UNIX_EPOCH;
        let mut now = received;
        let mut minutes = Vec::new();
        while let Some(next) = next_ask(received, now) {
            minutes.push((next - received).num_minutes());
            now = next;
        }
        assert_eq!(minutes, [1, 10, 60, 360, 1_440]);
    }
}
