//! What providers post to us: kept as it came, answered at once, acted on afterwards.

use chrono::{DateTime, TimeDelta, Utc};

use crate::coded;

/// How long a post waits for what it is about. A receipt may be earlier than our own record of the
/// message; what matches nothing for a day is somebody else's, or of a one-time code, which is not kept.
pub const WAITS: TimeDelta = TimeDelta::hours(24);

/// The pauses between two tries, in seconds; the last one again and again.
const PAUSES: [i64; 5] = [30, 120, 600, 3_600, 14_400];

coded! {
    /// What was posted.
    PostKind {
        /// What became of a message.
        Receipt = "receipt",
        /// What somebody wrote to us.
        Reply = "reply",
        /// Anything else that happened, with WeChat.
        Event = "event",
    }
}

coded! {
    /// What was done about a post in the end.
    PostOutcome {
        /// It changed what it is about.
        Applied = "applied",
        /// It was noted with what it is about, and changed nothing.
        Kept = "kept",
        /// The same was known already.
        Repeated = "repeated",
        /// It names nothing that could be looked for.
        NoReference = "no_reference",
        /// It is about nobody we know, or about nothing that matters here.
        Ignored = "ignored",
        /// Nothing that it names was found in time.
        Unmatched = "unmatched",
        /// Something was wrong with it or with us until its time was over.
        Failed = "failed",
    }
}

/// When a post that could not be acted on at `now` is tried again, after so many tries; `None`: it has
/// waited long enough (all UTC).
pub fn next_try(
    received_at: DateTime<Utc>,
    tries: i32,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let over = received_at + WAITS;
    if now >= over {
        return None;
    }
    let made = usize::try_from(tries.saturating_sub(1)).unwrap_or(0);
    let pause = PAUSES.get(made).or(PAUSES.last()).copied().unwrap_or(0);
    Some((now + TimeDelta::seconds(pause)).min(over))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_post_is_tried_less_and_less_often_and_for_a_day() {
        let received = DateTime::from_timestamp(1_768_465_800, 0).unwrap();
        let (mut now, mut tries) = (received, 1);
        let mut waited = Vec::new();
        while let Some(next) = next_try(received, tries, now) {
            waited.push((next - now).num_seconds());
            (now, tries) = (next, tries + 1);
        }
        assert_eq!(waited[..5], [30, 120, 600, 3_600, 14_400]);
        assert_eq!(waited.iter().sum::<i64>(), 86_400);
        assert_eq!(now - received, WAITS);
        assert_eq!(
            next_try(received, 0, received),
            next_try(received, 1, received)
        );
        assert_eq!(next_try(received, 1, received + WAITS), None);
    }
}
