//! Whether a message may be sent again by a person.

use chrono::{DateTime, TimeDelta, Utc};

use super::state::{is_final, rank};
use crate::{AttemptOutcome, MessageStatus, Refusal, RefusalCode};

/// How long after a gateway may have taken a message it may still arrive: carriers keep trying a
/// telephone that is off for up to three days, and receipts are waited for no longer.
pub const MAY_ARRIVE: TimeDelta = TimeDelta::hours(72);

/// Checks that a message has not arrived and cannot arrive any more: who gets it twice believes in
/// two appointments. One that told the client no date is not such a one: `untold` says that this is why
/// it is sent again, and that the next one can tell it. `tries` are what came of each attempt (none: it was cut off) and when it began
/// (UTC).
///
/// # Errors
/// `message_may_arrive`.
pub fn check_resend(
    status: MessageStatus,
    tries: impl IntoIterator<Item = (Option<AttemptOutcome>, DateTime<Utc>)>,
    untold: bool,
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    let refused = |why: &str| Err(Refusal::new(RefusalCode::MessageMayArrive, why));
    if status == MessageStatus::Delivered && untold {
        return Ok(());
    }
    if status == MessageStatus::Delivered {
        return refused("a receipt says that it arrived");
    }
    if !is_final(status) {
        return refused("it is on its way, or will be sent yet");
    }
    // A receipt said that it did not arrive; what came of single tries matters no more.
    if rank(status) > rank(MessageStatus::NoReceipt) {
        return Ok(());
    }
    let somewhere = tries.into_iter().any(|(outcome, started_at)| {
        let taken = matches!(
            outcome,
            None | Some(
                AttemptOutcome::Accepted | AttemptOutcome::Delivered | AttemptOutcome::Unknown
            )
        );
        taken && now < started_at + MAY_ARRIVE
    });
    if somewhere {
        return refused("a gateway took it less than 72 hours ago, and it may still arrive");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use AttemptOutcome as O;
    use MessageStatus as S;

    use super::*;

    fn at(hours: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::hours(hours)
    }

    fn may(status: S, outcome: Option<O>, age: TimeDelta) -> bool {
        let now = at(1000);
        match check_resend(status, [(outcome, now - age)], false, now) {
            Ok(()) => true,
            Err(refusal) => {
                assert_eq!(refusal.code, RefusalCode::MessageMayArrive);
                false
            }
        }
    }

    #[test]
    fn nothing_under_way_or_delivered_is_sent_again() {
        for &status in S::ALL {
            if status == S::Delivered || !is_final(status) {
                assert!(
                    !may(status, Some(O::Transient), TimeDelta::days(30)),
                    "{status}"
                );
                assert!(check_resend(status, [], false, at(0)).is_err(), "{status}");
                let untold = check_resend(status, [], true, at(0)).is_ok();
                assert_eq!(untold, status == S::Delivered, "{status}");
            }
        }
    }

    #[test]
    fn what_a_gateway_may_have_is_waited_for() {
        let just_now = MAY_ARRIVE - TimeDelta::microseconds(1);
        for outcome in [
            None,
            Some(O::Accepted),
            Some(O::Delivered),
            Some(O::Unknown),
        ] {
            for status in [S::NoReceipt, S::TechnicalFailure, S::Expired] {
                assert!(!may(status, outcome, just_now), "{status} {outcome:?}");
                assert!(may(status, outcome, MAY_ARRIVE), "{status} {outcome:?}");
            }
            // Unless a receipt said what became of it.
            for status in [S::UndeliveredPermanent, S::UndeliveredTemporary] {
                assert!(
                    may(status, outcome, TimeDelta::zero()),
                    "{status} {outcome:?}"
                );
            }
        }
    }

    #[test]
    fn what_no_gateway_took_may_go_again_at_once() {
        for outcome in [O::Transient, O::Permanent, O::Configuration, O::Quota] {
            for status in [S::TechnicalFailure, S::Expired, S::Cancelled] {
                assert!(
                    may(status, Some(outcome), TimeDelta::zero()),
                    "{status} {outcome}"
                );
            }
        }
        assert!(check_resend(S::Cancelled, [], false, at(0)).is_ok());
    }
}
