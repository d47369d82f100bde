//! The states of a message, what a receipt does to them, and when a failed hand-over is tried again.
//!
//! A message is claimed, submitted to a gateway, accepted by it, and proven by a receipt. After a
//! time-out its state is `unknown`, a state of its own, because gateways have no idempotency keys:
//! it is asked about before it is sent again. Silence is never the outcome.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::{MessageStatus, coded};

/// Whether a message may go from one state to another, by our own act or by a receipt.
pub fn may_follow(from: MessageStatus, to: MessageStatus) -> bool {
    by_own_act(from, to)
        || ReceiptOutcome::ALL
            .iter()
            .any(|&outcome| after_receipt(from, outcome) == ReceiptEffect::Moves(to))
}

/// The steps that sending takes, receipts aside.
const fn by_own_act(from: MessageStatus, to: MessageStatus) -> bool {
    use MessageStatus as S;
    match from {
        S::Scheduled => matches!(to, S::Claimed | S::Cancelled | S::Expired),
        // Back to scheduled when a lease runs out before the hand-over began or quiet hours moved
        // it; technical_failure when the rendered text is refused.
        S::Claimed => matches!(
            to,
            S::Submitting | S::Scheduled | S::Cancelled | S::Expired | S::TechnicalFailure
        ),
        S::Submitting => matches!(
            to,
            S::Accepted
                | S::Scheduled
                | S::Unknown
                | S::UndeliveredPermanent
                | S::Expired
                | S::TechnicalFailure
        ),
        // Asked about: the gateway has it, has it not, or cannot tell for as long as it matters.
        S::Unknown => matches!(
            to,
            S::Accepted | S::Scheduled | S::NoReceipt | S::Expired | S::TechnicalFailure
        ),
        // It has left the house: never expired, only unproven.
        S::Accepted => matches!(to, S::NoReceipt),
        S::Delivered
        | S::UndeliveredTemporary
        | S::UndeliveredPermanent
        | S::NoReceipt
        | S::Expired
        | S::Cancelled
        | S::TechnicalFailure => false,
    }
}

/// Whether sending is over. A later receipt may still correct a final state: see [`after_receipt`].
pub const fn is_final(status: MessageStatus) -> bool {
    rank(status) > 0
}

/// How much a state is worth against a receipt: 0 under way, 1 ended without a receipt, 2 a receipt
/// says undelivered, 3 undelivered for good, 4 delivered. A receipt never lowers it.
pub const fn rank(status: MessageStatus) -> u8 {
    use MessageStatus as S;
    match status {
        S::Scheduled | S::Claimed | S::Submitting | S::Accepted | S::Unknown => 0,
        S::NoReceipt | S::Expired | S::Cancelled | S::TechnicalFailure => 1,
        S::UndeliveredTemporary => 2,
        S::UndeliveredPermanent => 3,
        S::Delivered => 4,
    }
}

/// Whether a final state counts as a failed delivery (three of them make a call task).
pub const fn is_failed_delivery(status: MessageStatus) -> bool {
    matches!(
        status,
        MessageStatus::UndeliveredTemporary
            | MessageStatus::UndeliveredPermanent
            | MessageStatus::NoReceipt
            | MessageStatus::TechnicalFailure
    )
}

coded! {
    /// What a receipt says. A gateway code nobody has classed is `undelivered_temporary`, never
    /// `delivered`.
    ReceiptOutcome {
        Delivered = "delivered",
        UndeliveredTemporary = "undelivered_temporary",
        UndeliveredPermanent = "undelivered_permanent",
    }
}

impl ReceiptOutcome {
    /// The state of a message that this outcome describes.
    pub const fn status(self) -> MessageStatus {
        match self {
            Self::Delivered => MessageStatus::Delivered,
            Self::UndeliveredTemporary => MessageStatus::UndeliveredTemporary,
            Self::UndeliveredPermanent => MessageStatus::UndeliveredPermanent,
        }
    }
}

/// What a receipt does to a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReceiptEffect {
    /// The message takes this state.
    Moves(MessageStatus),
    /// Nothing new: a repetition, or a failure of an attempt that is being made again.
    Ignored,
    /// It contradicts a delivered receipt, which stands; to be logged.
    Conflict,
}

/// Applies a receipt for one of a message's attempts.
///
/// `delivered` wins over everything, early or late: the client has the text, so it must not be sent
/// again. A failure moves a message that waits for its receipt, and never one that is scheduled or
/// claimed for the next attempt.
pub fn after_receipt(from: MessageStatus, outcome: ReceiptOutcome) -> ReceiptEffect {
    use MessageStatus as S;
    let to = outcome.status();
    if from == to {
        return ReceiptEffect::Ignored;
    }
    match (from, outcome) {
        (_, ReceiptOutcome::Delivered) => ReceiptEffect::Moves(to),
        (S::Delivered, _) => ReceiptEffect::Conflict,
        (S::Submitting | S::Accepted | S::Unknown | S::NoReceipt, _)
        | (S::UndeliveredTemporary, ReceiptOutcome::UndeliveredPermanent) => {
            ReceiptEffect::Moves(to)
        }
        _ => ReceiptEffect::Ignored,
    }
}

coded! {
    /// Why a hand-over to a gateway failed.
    Failure {
        /// The gateway or the way to it: connection refused, 5xx, throttled.
        Transient = "transient",
        /// The recipient or the text: trying again would fail again.
        Permanent = "permanent",
        /// Our account, credentials, signature or template at the gateway.
        Configuration = "configuration",
        /// A limit for the number or the account.
        Quota = "quota",
        /// The request may or may not have arrived: time-out, connection lost after sending.
        Unknown = "unknown",
    }
}

/// What to do after a failed hand-over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextStep {
    /// Try again by the retry schedule.
    Retry,
    /// Give up on this channel and go to the next one, at last a call task.
    NextChannel,
    /// Alarm, stop using the gateway account, and try again by the schedule.
    AlarmAndRetry,
    /// Try again by the schedule, not before the gateway's `Retry-After`; the breaker stays shut.
    RetryLater,
    /// Ask the gateway before any resend.
    AskFirst,
}

impl Failure {
    /// What to do next.
    pub const fn next_step(self) -> NextStep {
        match self {
            Self::Transient => NextStep::Retry,
            Self::Permanent => NextStep::NextChannel,
            Self::Configuration => NextStep::AlarmAndRetry,
            Self::Quota => NextStep::RetryLater,
            Self::Unknown => NextStep::AskFirst,
        }
    }

    /// The state a message takes after this failure, given what the retry schedule says.
    pub const fn status_after(self, retry: Retry) -> MessageStatus {
        match (self, retry) {
            (Self::Permanent, _) => MessageStatus::UndeliveredPermanent,
            (Self::Unknown, _) => MessageStatus::Unknown,
            (_, Retry::At(_)) => MessageStatus::Scheduled,
            (_, Retry::Spent) => MessageStatus::TechnicalFailure,
            (_, Retry::TooLate) => MessageStatus::Expired,
        }
    }
}

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
    use super::*;
    use MessageStatus as S;
    use chrono::TimeZone;
    use proptest::prelude::*;

    fn noon() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 6, 12, 4, 0, 0).unwrap()
    }

    #[test]
    fn a_message_that_reached_the_client_never_moves_again() {
        for &to in S::ALL {
            assert!(!may_follow(S::Delivered, to), "{to}");
        }
    }

    #[test]
    fn own_acts_follow_the_machine() {
        let legal = [
            (S::Scheduled, &[S::Claimed, S::Cancelled, S::Expired][..]),
            (
                S::Claimed,
                &[
                    S::Submitting,
                    S::Scheduled,
                    S::Cancelled,
                    S::Expired,
                    S::TechnicalFailure,
                ],
            ),
            (
                S::Submitting,
                &[
                    S::Accepted,
                    S::Scheduled,
                    S::Unknown,
                    S::UndeliveredPermanent,
                    S::Expired,
                    S::TechnicalFailure,
                ],
            ),
            (
                S::Unknown,
                &[
                    S::Accepted,
                    S::Scheduled,
                    S::NoReceipt,
                    S::Expired,
                    S::TechnicalFailure,
                ],
            ),
            (S::Accepted, &[S::NoReceipt]),
        ];
        for &from in S::ALL {
            let targets = legal
                .iter()
                .find(|row| row.0 == from)
                .map_or(&[][..], |row| row.1);
            for &to in S::ALL {
                assert_eq!(
                    by_own_act(from, to),
                    targets.contains(&to),
                    "{from} to {to}"
                );
            }
        }
    }

    #[test]
    fn what_has_left_the_house_is_not_cancelled_or_expired() {
        assert!(!may_follow(S::Accepted, S::Cancelled));
        assert!(!may_follow(S::Accepted, S::Expired));
        assert!(!may_follow(S::Unknown, S::Cancelled));
        assert!(!may_follow(S::Submitting, S::Cancelled));
    }

    #[test]
    fn a_delivered_receipt_wins_whenever_it_comes() {
        for &from in S::ALL {
            let effect = after_receipt(from, ReceiptOutcome::Delivered);
            let expected = if from == S::Delivered {
                ReceiptEffect::Ignored
            } else {
                ReceiptEffect::Moves(S::Delivered)
            };
            assert_eq!(effect, expected, "{from}");
            assert!(from == S::Delivered || may_follow(from, S::Delivered));
        }
        for failed in [
            ReceiptOutcome::UndeliveredTemporary,
            ReceiptOutcome::UndeliveredPermanent,
        ] {
            assert_eq!(after_receipt(S::Delivered, failed), ReceiptEffect::Conflict);
        }
    }

    #[test]
    fn a_failure_receipt_does_not_stop_the_next_attempt() {
        for from in [S::Scheduled, S::Claimed] {
            let effect = after_receipt(from, ReceiptOutcome::UndeliveredPermanent);
            assert_eq!(effect, ReceiptEffect::Ignored);
        }
        assert_eq!(
            after_receipt(S::Accepted, ReceiptOutcome::UndeliveredTemporary),
            ReceiptEffect::Moves(S::UndeliveredTemporary)
        );
    }

    #[test]
    fn a_receipt_never_lowers_the_rank_and_order_does_not_matter() {
        let apply = |from, outcome| match after_receipt(from, outcome) {
            ReceiptEffect::Moves(to) => to,
            ReceiptEffect::Ignored | ReceiptEffect::Conflict => from,
        };
        for &from in S::ALL {
            for &one in ReceiptOutcome::ALL {
                assert!(rank(apply(from, one)) >= rank(from));
                for &two in ReceiptOutcome::ALL {
                    assert_eq!(apply(apply(from, one), two), apply(apply(from, two), one));
                }
            }
        }
    }

    #[test]
    fn final_states_are_left_by_receipts_only() {
        for &from in S::ALL {
            let leaves = S::ALL.iter().any(|&to| by_own_act(from, to));
            assert_eq!(is_final(from), !leaves, "{from}");
            assert!(!is_failed_delivery(from) || is_final(from));
        }
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

    #[test]
    fn each_failure_leads_somewhere() {
        let at = Retry::At(noon());
        assert_eq!(Failure::Transient.status_after(at), S::Scheduled);
        assert_eq!(Failure::Configuration.status_after(at), S::Scheduled);
        assert_eq!(
            Failure::Transient.status_after(Retry::Spent),
            S::TechnicalFailure
        );
        assert_eq!(Failure::Quota.status_after(Retry::TooLate), S::Expired);
        assert_eq!(Failure::Permanent.status_after(at), S::UndeliveredPermanent);
        assert_eq!(Failure::Unknown.status_after(Retry::Spent), S::Unknown);
        for &failure in Failure::ALL {
            for retry in [at, Retry::Spent, Retry::TooLate] {
                assert!(may_follow(S::Submitting, failure.status_after(retry)));
            }
        }
    }
}
