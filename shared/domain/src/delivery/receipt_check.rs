//! Receipts that nobody signed (Aliyun and Tencent Cloud sign none): whoever learns the path they are posted
//! to could post one. So each only makes us ask the vendor, and what it says then counts.

use chrono::{DateTime, TimeDelta, Utc};

use super::ReceiptOutcome;
use crate::ReceiptCheck;

/// How long after each ask that told nothing the vendor is asked again: its query may lag.
const ASKED_AGAIN: [TimeDelta; 4] = [
    TimeDelta::minutes(1),
    TimeDelta::minutes(10),
    TimeDelta::hours(1),
    TimeDelta::hours(5),
];

/// What follows from what a vendor says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckStep {
    /// It is asked again at an instant (UTC).
    AskAgain(DateTime<Utc>),
    /// It is asked no more.
    Settled(ReceiptCheck),
}

/// Judges a receipt that says `posted` by what its vendor says, asked at `now` (UTC) after it was asked
/// `asked` times before; none: it could not tell.
pub fn judge(
    posted: ReceiptOutcome,
    says: Option<ReceiptOutcome>,
    asked: i32,
    now: DateTime<Utc>,
) -> CheckStep {
    let pause = usize::try_from(asked)
        .ok()
        .and_then(|it| ASKED_AGAIN.get(it));
    let arrived = |outcome| outcome == ReceiptOutcome::Delivered;
    match (says, pause) {
        (Some(says), _) if arrived(says) == arrived(posted) => {
            CheckStep::Settled(ReceiptCheck::Confirmed)
        }
        // Perhaps that of before: a failure for now may end in a delivery.
        (None | Some(ReceiptOutcome::UndeliveredTemporary), Some(pause)) => {
            CheckStep::AskAgain(now + *pause)
        }
        (Some(_), _) => CheckStep::Settled(ReceiptCheck::Contradicted),
        (None, None) => CheckStep::Settled(ReceiptCheck::Unanswered),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DELIVERED: ReceiptOutcome = ReceiptOutcome::Delivered;
    const FOR_NOW: ReceiptOutcome = ReceiptOutcome::UndeliveredTemporary;
    const FOR_GOOD: ReceiptOutcome = ReceiptOutcome::UndeliveredPermanent;

    fn settled(posted: ReceiptOutcome, says: ReceiptOutcome) -> Option<ReceiptCheck> {
        match judge(posted, Some(says), 0, DateTime::UNIX_EPOCH) {
            CheckStep::Settled(check) => Some(check),
            CheckStep::AskAgain(_) => None,
        }
    }

    #[test]
    fn a_vendor_says_the_same_or_the_opposite() {
        assert_eq!(settled(DELIVERED, DELIVERED), Some(ReceiptCheck::Confirmed));
        for failed in [FOR_NOW, FOR_GOOD] {
            assert_eq!(settled(failed, FOR_NOW), Some(ReceiptCheck::Confirmed));
            assert_eq!(settled(failed, FOR_GOOD), Some(ReceiptCheck::Confirmed));
            assert_eq!(settled(failed, DELIVERED), Some(ReceiptCheck::Contradicted));
        }
        assert_eq!(
            settled(DELIVERED, FOR_GOOD),
            Some(ReceiptCheck::Contradicted)
        );
        assert_eq!(
            settled(DELIVERED, FOR_NOW),
            None,
            "it may be that of before"
        );
    }

    #[test]
    fn a_vendor_that_cannot_tell_is_asked_five_times_within_hours() {
        for (says, end) in [
            (None, ReceiptCheck::Unanswered),
            (Some(FOR_NOW), ReceiptCheck::Contradicted),
        ] {
            let mut now = DateTime::UNIX_EPOCH;
            let mut minutes = Vec::new();
            let mut asked = 0;
            let last = loop {
                match judge(DELIVERED, says, asked, now) {
                    CheckStep::AskAgain(at) => {
                        minutes.push((at - now).num_minutes());
                        now = at;
                    }
                    CheckStep::Settled(check) => break check,
                }
                asked += 1;
            };
            assert_eq!((minutes, last), (vec![1, 10, 60, 300], end));
        }
    }
}
