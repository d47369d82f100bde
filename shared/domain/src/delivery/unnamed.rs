//! Which try a receipt is about that does not name it as we know it: by whom it went to, and when.
//!
//! WeChat may name none ("MsgID 0", where a `client_msg_id` was set), and WeChat and Tencent Cloud one that we
//! never learned, because the answer did not come. A receipt given to the wrong try would prove a notice that
//! was none, so it is given to the only one it can be about, or to none.

use chrono::{DateTime, TimeDelta, Utc};

use crate::{AttemptId, AttemptOutcome, MessageStatus};

/// How long before a receipt its message was handed over at most: the platform says within seconds what
/// became of a message. It is shorter than the time after which a message of unknown fate goes out again.
const BEFORE: TimeDelta = TimeDelta::hours(1);
/// How much the clocks may differ.
const SKEW: TimeDelta = TimeDelta::minutes(1);

/// Rank of a state that no receipt made.
const UNTOLD: u8 = 1;

/// A try by the same account at a message to the same person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// The try.
    pub id: AttemptId,
    /// What came of it; none: it is under way.
    pub outcome: Option<AttemptOutcome>,
    /// The state of its message.
    pub status: MessageStatus,
}

/// What a receipt is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// This try.
    One(AttemptId),
    /// Perhaps one that is under way: what came of it will tell.
    NotYet,
    /// One of several.
    Several,
    /// None that is known.
    Nothing,
}

/// Between which instants a message was handed over that a receipt is about which happened at
/// `happened_at` (all UTC).
pub fn handed_within(happened_at: DateTime<Utc>) -> (DateTime<Utc>, DateTime<Utc>) {
    (happened_at - BEFORE, happened_at + SKEW)
}

/// What a receipt is about, of the tries in [`handed_within`]. One that `names` a message, though none
/// that we know, is about none of those whose names we do know.
pub fn about(names: bool, tries: &[Candidate]) -> About {
    if tries.iter().any(|made| made.outcome.is_none()) {
        return About::NotYet;
    }
    let mut open = tries.iter().filter(|made| match made.outcome {
        Some(AttemptOutcome::Unknown) => super::rank(made.status) <= UNTOLD,
        Some(AttemptOutcome::Accepted) => !names && made.status == MessageStatus::Accepted,
        _ => false,
    });
    match (open.next(), open.next()) {
        (Some(only), None) => About::One(only.id),
        (Some(_), Some(_)) => About::Several,
        (None, _) => About::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, option, prelude::*, sample::select};
    use uuid::Uuid;

    use super::*;

    fn made(number: u128, outcome: Option<AttemptOutcome>, status: MessageStatus) -> Candidate {
        Candidate {
            id: AttemptId::from_uuid(Uuid::from_u128(number)),
            outcome,
            status,
        }
    }

    #[test]
    fn it_is_about_the_only_one_that_still_waits() {
        use AttemptOutcome as O;
        use MessageStatus as S;
        let waits = made(1, Some(O::Accepted), S::Accepted);
        let unknown = made(2, Some(O::Unknown), S::Unknown);
        let over = made(3, Some(O::Accepted), S::Delivered);
        let refused = made(4, Some(O::Permanent), S::Scheduled);
        let under_way = made(5, None, S::Claimed);
        for (names, tries, expected) in [
            (false, vec![waits, over, refused], About::One(waits.id)),
            (false, vec![unknown, over], About::One(unknown.id)),
            (false, vec![waits, unknown], About::Several),
            (false, vec![over, refused], About::Nothing),
            (false, vec![], About::Nothing),
            // What was taken has a name, and this is another.
            (true, vec![waits, unknown], About::One(unknown.id)),
            (true, vec![waits], About::Nothing),
            // It may be about that one, however many there are beside it.
            (false, vec![waits, under_way], About::NotYet),
            (true, vec![unknown, under_way], About::NotYet),
        ] {
            assert_eq!(about(names, &tries), expected, "{names} {tries:?}");
        }
    }

    proptest! {
        #[test]
        fn it_is_never_given_to_one_of_two_nor_to_one_of_which_a_receipt_told(
            names in any::<bool>(),
            tries in vec(
                (option::of(select(AttemptOutcome::ALL)), select(MessageStatus::ALL)),
                0..4,
            ),
        ) {
            let tries: Vec<_> = (1..)
                .zip(tries)
                .map(|(number, (outcome, status))| made(number, outcome, status))
                .collect();
            if let About::One(id) = about(names, &tries) {
                let one = tries.iter().find(|made| made.id == id).unwrap();
                prop_assert!(crate::delivery::rank(one.status) <= UNTOLD);
                let others: Vec<_> = tries.iter().copied().filter(|made| made.id != id).collect();
                prop_assert_eq!(about(names, &others), About::Nothing);
            }
        }
    }
}
