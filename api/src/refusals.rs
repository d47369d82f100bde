//! How many refusals of one caller are put into the audit trail one by one.
//!
//! Each of the first few in a minute has its entry; the rest of the minute is counted and has one
//! entry together, so that a flood of them fills neither the trail nor the disk.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use casework::Actor;
use chrono::{DateTime, Utc};
use domain::AgencyId;

use crate::operations::Operation;

/// Refusals of one caller, operation and minute that have an entry each.
const LISTED: u32 = 5;
/// Callers counted in a minute; beyond them refusals are counted as a metric only.
const CALLERS: usize = 10_000;

/// Begins the reason of an entry that stands for refusals without one of their own.
const LEFT_OUT: &str = "left_out:";

/// The reason of an entry that stands for `count` refusals.
pub(crate) fn left_out_reason(count: u32) -> String {
    format!("{LEFT_OUT}{count}")
}

/// How many refusals an entry with this reason stands for; `None`: for its own.
pub(crate) fn left_out(reason: &str) -> Option<u64> {
    reason.strip_prefix(LEFT_OUT)?.parse().ok()
}

/// Who was refused what.
#[derive(Debug, Clone)]
pub(crate) struct Refused {
    pub agency: AgencyId,
    pub operation: &'static Operation,
    pub actor: Actor,
    /// What it was about, where nobody is signed in: the account.
    pub object_id: Option<String>,
}

/// The refusals of the present minute. Another process counts by itself.
#[derive(Debug, Default)]
pub struct Refusals(Mutex<Minute>);

type Key = (AgencyId, &'static str, Option<uuid::Uuid>, Option<String>);

#[derive(Debug, Default)]
struct Minute {
    began: i64,
    counts: HashMap<Key, (Refused, u32)>,
}

impl Refusals {
    /// Counts a refusal at `now` (UTC). Answers whether it has an entry of its own, and, of a minute
    /// that is over, how many each caller had beyond those listed.
    pub(crate) fn count(
        &self,
        refused: &Refused,
        now: DateTime<Utc>,
    ) -> (bool, Vec<(Refused, u32)>) {
        let mut minute = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let began = now.timestamp().div_euclid(60);
        let mut left_out = Vec::new();
        if minute.began != began {
            minute.began = began;
            let over = minute.counts.drain().map(|(_, counted)| counted);
            left_out.extend(
                over.filter(|(_, count)| *count > LISTED)
                    .map(|(refused, count)| (refused, count - LISTED)),
            );
        }
        let key = (
            refused.agency,
            refused.operation.id,
            refused.actor.id,
            refused.object_id.clone(),
        );
        if minute.counts.len() >= CALLERS && !minute.counts.contains_key(&key) {
            return (false, left_out);
        }
        let (_, count) = minute
            .counts
            .entry(key)
            .or_insert_with(|| (refused.clone(), 0));
        *count = count.saturating_add(1);
        (*count <= LISTED, left_out)
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use domain::StaffId;
    use uuid::Uuid;

    use super::*;
    use crate::operations::{GetClient, Op as _};

    fn by(staff: u128) -> Refused {
        Refused {
            agency: AgencyId::from_uuid(Uuid::from_u128(1)),
            operation: GetClient::OPERATION,
            actor: Actor::staff(StaffId::from_uuid(Uuid::from_u128(staff))),
            object_id: None,
        }
    }

    #[test]
    fn a_flood_has_a_few_entries_and_one_for_the_rest() {
        let refusals = Refusals::default();
        let now = DateTime::from_timestamp(1_750_000_020, 0).unwrap();
        let listed = (0..100).filter(|_| refusals.count(&by(2), now).0).count();
        assert_eq!(listed, 5);
        assert!(refusals.count(&by(3), now).0, "another caller's are listed");
        let (listed, left_out) = refusals.count(&by(3), now + TimeDelta::minutes(1));
        assert!(listed);
        let counts: Vec<u32> = left_out.iter().map(|(_, count)| *count).collect();
        assert_eq!(counts, [95]);
        assert_eq!(left_out[0].0.actor, by(2).actor);
        let (_, left_out) = refusals.count(&by(2), now + TimeDelta::minutes(2));
        assert!(left_out.is_empty());
    }

    #[test]
    fn a_reason_says_how_many_it_stands_for() {
        assert_eq!(left_out(&left_out_reason(95)), Some(95));
        assert_eq!(left_out("invalid_credentials"), None);
    }

    #[test]
    fn callers_without_end_do_not_fill_the_memory() {
        let refusals = Refusals::default();
        let now = DateTime::from_timestamp(1_750_000_020, 0).unwrap();
        let listed = (0..20_000)
            .filter(|staff| refusals.count(&by(*staff), now).0)
            .count();
        assert_eq!(listed, CALLERS);
    }
}
