//! Receipts: what a gateway says became of a message it took.

use crate::{MessageStatus, coded};

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

#[cfg(test)]
mod tests {
    use MessageStatus as S;

    use super::*;
    use crate::delivery::{may_follow, rank};

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
}
