//! Who covers for colleagues, so that a request of anybody else asks the database nothing about it.
//!
//! Kept in memory per agency, and only as a hint: whoever may be covering has the covers themselves
//! looked up with every request, so that one that ended opens nothing anywhere. A new one is known at
//! once to the process that made it, and to others when they ask again.

use std::{
    collections::{HashMap, HashSet},
    sync::{PoisonError, RwLock},
};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{AgencyId, OfficeId, StaffId};
use storage::{Covered, StorageError, covers};

use crate::state::AppState;

/// How long an answer is relied on.
const KNOWN_FOR: TimeDelta = TimeDelta::seconds(30);

/// Who covers for somebody, by agency.
#[derive(Debug, Default)]
pub struct Covering(RwLock<Known>);

#[derive(Debug, Default)]
struct Known {
    /// Counts changes, so that what was read before one is not kept after it.
    changes: u64,
    agencies: HashMap<AgencyId, People>,
}

#[derive(Debug)]
struct People {
    asked_at: DateTime<Utc>,
    covering: HashSet<StaffId>,
}

/// What is known of one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hint {
    /// Covers for nobody.
    Nobody,
    /// Covers for somebody, now or soon.
    Somebody,
    /// Nobody asked of late; with the changes counted so far.
    Unknown(u64),
}

impl Covering {
    /// Whether a person is known to cover for nobody, at `now` (UTC, in the time of sign-ins).
    pub fn is_nobody(&self, agency: AgencyId, person: StaffId, now: DateTime<Utc>) -> bool {
        self.hint(agency, person, now) == Hint::Nobody
    }

    /// A cover of the agency was made or ended.
    pub fn changed(&self, agency: AgencyId) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.changes += 1;
        known.agencies.remove(&agency);
    }

    fn hint(&self, agency: AgencyId, person: StaffId, now: DateTime<Utc>) -> Hint {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        match known.agencies.get(&agency) {
            Some(people) if now < people.asked_at + KNOWN_FOR => {
                if people.covering.contains(&person) {
                    Hint::Somebody
                } else {
                    Hint::Nobody
                }
            }
            _ => Hint::Unknown(known.changes),
        }
    }

    fn learn(&self, agency: AgencyId, changes: u64, people: People) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.changes == changes {
            known.agencies.insert(agency, people);
        }
    }
}

/// Whom a person of an office covers for at `now` (UTC); `sign_in_now` ages the hint. Blocks on the
/// database.
pub(crate) fn covered_by(
    state: &AppState,
    agency: AgencyId,
    office: OfficeId,
    person: StaffId,
    now: DateTime<Utc>,
    sign_in_now: DateTime<Utc>,
) -> Result<Covered, StorageError> {
    let mut hint = state.covering.hint(agency, person, sign_in_now);
    if let Hint::Unknown(changes) = hint {
        let covering: HashSet<StaffId> = state
            .store
            .read_in(agency, |tx| covers::covering(tx, agency, now))?
            .into_iter()
            .collect();
        hint = if covering.contains(&person) {
            Hint::Somebody
        } else {
            Hint::Nobody
        };
        let asked_at = sign_in_now;
        let people = People { asked_at, covering };
        state.covering.learn(agency, changes, people);
    }
    if hint == Hint::Nobody {
        return Ok(Covered::default());
    }
    let just_now = now + TimeDelta::microseconds(1);
    let absent = state.store.read_in(agency, |tx| {
        covers::covered_by(tx, agency, person, now, just_now)
    })?;
    Ok(Covered::of(office, absent))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const AGENCY: AgencyId = AgencyId::from_uuid(Uuid::from_u128(1));

    fn person(number: u128) -> StaffId {
        StaffId::from_uuid(Uuid::from_u128(number))
    }

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_750_000_000 + second, 0).unwrap()
    }

    fn people() -> People {
        People {
            asked_at: at(0),
            covering: HashSet::from([person(2)]),
        }
    }

    #[test]
    fn what_was_learnt_holds_for_a_while() {
        let covering = Covering::default();
        assert_eq!(covering.hint(AGENCY, person(2), at(0)), Hint::Unknown(0));
        covering.learn(AGENCY, 0, people());
        assert_eq!(covering.hint(AGENCY, person(2), at(29)), Hint::Somebody);
        assert_eq!(covering.hint(AGENCY, person(3), at(29)), Hint::Nobody);
        assert!(covering.is_nobody(AGENCY, person(3), at(29)));
        assert_eq!(covering.hint(AGENCY, person(3), at(30)), Hint::Unknown(0));
        assert!(!covering.is_nobody(AGENCY, person(3), at(30)));
    }

    #[test]
    fn what_was_read_before_a_change_is_not_kept_after_it() {
        let covering = Covering::default();
        covering.learn(AGENCY, 0, people());
        covering.changed(AGENCY);
        assert_eq!(covering.hint(AGENCY, person(3), at(0)), Hint::Unknown(1));
        covering.learn(AGENCY, 0, people());
        assert_eq!(covering.hint(AGENCY, person(3), at(0)), Hint::Unknown(1));
        covering.learn(AGENCY, 1, people());
        assert_eq!(covering.hint(AGENCY, person(3), at(0)), Hint::Nobody);
    }
}
