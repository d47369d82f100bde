//! Why a hand-over failed, and what is done about it.

use super::Retry;
use crate::{MessageStatus, coded};

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

#[cfg(test)]
mod tests {
    use MessageStatus as S;
    use chrono::DateTime;

    use super::*;
    use crate::delivery::may_follow;

    #[test]
    fn each_failure_leads_somewhere() {
        let at = Retry::At(DateTime::UNIX_EPOCH);
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
