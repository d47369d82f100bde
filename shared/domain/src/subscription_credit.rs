//! The credits of one-time subscriptions: one acceptance in the mini program's dialog allows one
//! message (WeChat, "subscribe message", one-time templates). They do not run out by time.
//!
//! What the client's app claims is not believed; the events of the platform are. A credit that is not
//! there is never planned with: the message takes the next channel instead.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use crate::coded;

coded! {
    /// What happened to the credits of one recipient for one template.
    CreditChange {
        /// Accepted in the dialog: one message more.
        Granted = "granted",
        /// Declined in the dialog. What was accepted before stays.
        Declined = "declined",
        /// A message is handed to the platform: it is spent unless the platform says that it did not
        /// take the message. After a time-out nobody can tell, and it stays spent.
        Spent = "spent",
        /// The platform did not take a message: what was spent on it, at the same instant, is there
        /// again.
        Returned = "returned",
        /// The platform refused a message (43101: declined, or none left), or the recipient turned the
        /// template off: nothing is left, whatever was counted.
        Emptied = "emptied",
    }
}

impl CreditChange {
    /// The order of what happened in the same second: the platform's events have no finer time.
    const fn rank(self) -> u8 {
        match self {
            Self::Granted => 0,
            Self::Declined => 1,
            Self::Spent => 2,
            Self::Returned => 3,
            Self::Emptied => 4,
        }
    }
}

/// The credits after one change. Never below none: a message that went out without a credit we knew of
/// takes none of a later acceptance. What was returned was never spent: [`balance`] leaves both out.
pub const fn after(credits: u32, change: CreditChange) -> u32 {
    match change {
        CreditChange::Granted => credits.saturating_add(1),
        CreditChange::Declined | CreditChange::Returned => credits,
        CreditChange::Spent => credits.saturating_sub(1),
        CreditChange::Emptied => 0,
    }
}

/// The credits left after all that happened (UTC), in whatever order it became known: events come
/// late, twice and out of order. A repetition is the caller's to leave out.
pub fn balance(mut changes: Vec<(DateTime<Utc>, CreditChange)>) -> u32 {
    changes.sort_by_key(|(at, change)| (*at, change.rank()));
    let mut returned: HashMap<DateTime<Utc>, u32> = HashMap::new();
    for (at, _) in changes
        .iter()
        .filter(|(_, it)| *it == CreditChange::Returned)
    {
        *returned.entry(*at).or_default() += 1;
    }
    changes.retain(|(at, change)| {
        let back = returned.get_mut(at).filter(|left| **left > 0);
        match (change, back) {
            (CreditChange::Spent, Some(left)) => {
                *left -= 1;
                false
            }
            _ => true,
        }
    });
    let changes = changes.into_iter().map(|(_, change)| change);
    changes.fold(0, after)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use proptest::{collection::vec, prelude::*, sample::select};

    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(second)
    }

    fn told(changes: &[CreditChange]) -> u32 {
        let seconds = (0..).map(at);
        balance(seconds.zip(changes.iter().copied()).collect())
    }

    #[test]
    fn an_acceptance_is_one_message() {
        use CreditChange as C;
        assert_eq!(told(&[]), 0);
        assert_eq!(told(&[C::Granted, C::Granted]), 2);
        assert_eq!(told(&[C::Granted, C::Spent]), 0);
        assert_eq!(told(&[C::Granted, C::Declined]), 1);
        assert_eq!(told(&[C::Granted, C::Granted, C::Emptied]), 0);
        assert_eq!(told(&[C::Emptied, C::Granted]), 1);
        assert_eq!(told(&[C::Spent, C::Granted]), 1);
    }

    #[test]
    fn of_one_second_the_acceptance_comes_first() {
        use CreditChange as C;
        assert_eq!(balance(vec![(at(1), C::Spent), (at(1), C::Granted)]), 0);
        assert_eq!(balance(vec![(at(1), C::Emptied), (at(1), C::Granted)]), 0);
    }

    #[test]
    fn what_was_returned_was_never_spent() {
        use CreditChange as C;
        let both = |spent: i64, returned: i64| {
            let accepted = (at(1), C::Granted);
            balance(vec![
                accepted,
                (at(spent), C::Spent),
                (at(returned), C::Returned),
            ])
        };
        assert_eq!(both(5, 5), 1);
        // Of another message.
        assert_eq!(both(5, 6), 0);
        // Two messages at one instant, of which one came back; and nothing was there at all.
        let at_once = [C::Granted, C::Granted, C::Spent, C::Spent, C::Returned];
        assert_eq!(balance(at_once.map(|it| (at(5), it)).to_vec()), 1);
        assert_eq!(balance(vec![(at(5), C::Spent), (at(5), C::Returned)]), 0);
    }

    proptest! {
        #[test]
        fn the_order_in_which_events_come_does_not_matter(
            changes in vec((0..20_i64, select(CreditChange::ALL)), 0..12),
            turn in any::<prop::sample::Index>(),
        ) {
            let changes: Vec<_> = changes.into_iter().map(|(second, it)| (at(second), it)).collect();
            let mut other: Vec<_> = changes.iter().rev().copied().collect();
            if !other.is_empty() {
                let turn = turn.index(other.len());
                other.rotate_left(turn);
            }
            prop_assert_eq!(balance(changes), balance(other));
        }

        #[test]
        fn there_are_never_more_credits_than_acceptances(
            changes in vec((0..20_i64, select(CreditChange::ALL)), 0..12),
        ) {
            let granted = changes.iter().filter(|(_, it)| *it == CreditChange::Granted).count();
            let changes = changes.into_iter().map(|(second, it)| (at(second), it)).collect();
            prop_assert!(usize::try_from(balance(changes)).unwrap() <= granted);
        }
    }
}
