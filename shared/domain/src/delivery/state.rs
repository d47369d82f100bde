//! The states of a message.

use super::receipt::{ReceiptEffect, ReceiptOutcome, after_receipt};
use crate::MessageStatus;

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
        // it, or every account rests; what came of the last rung when there is no other one left.
        S::Claimed => matches!(
            to,
            S::Submitting
                | S::Scheduled
                | S::Cancelled
                | S::Expired
                | S::UndeliveredTemporary
                | S::UndeliveredPermanent
                | S::NoReceipt
                | S::TechnicalFailure
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
        // It has left the house: never expired, only unproven; then the next rung has its turn.
        S::Accepted => matches!(to, S::NoReceipt | S::Scheduled),
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

#[cfg(test)]
mod tests {
    use MessageStatus as S;

    use super::*;

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
                    S::UndeliveredTemporary,
                    S::UndeliveredPermanent,
                    S::NoReceipt,
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
            (S::Accepted, &[S::NoReceipt, S::Scheduled]),
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
    fn final_states_are_left_by_receipts_only() {
        for &from in S::ALL {
            let leaves = S::ALL.iter().any(|&to| by_own_act(from, to));
            assert_eq!(is_final(from), !leaves, "{from}");
            assert!(!is_failed_delivery(from) || is_final(from));
        }
    }
}
