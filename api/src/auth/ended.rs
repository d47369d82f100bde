//! Sessions, and secrets of machines, that ended while their access tokens still run.
//!
//! Kept in memory: a look-up in the database on every request would cost more than the request. In
//! this process an end takes effect at once. What other processes ended is read from the database
//! every [`LOOK_EVERY`], by a request of the same agency; what cannot be taken back asks the database
//! itself (`goes_on`).

use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock},
};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{AgencyId, ids::Id};
use uuid::Uuid;

/// How long an end may go unnoticed by another process.
pub const LOOK_EVERY: TimeDelta = TimeDelta::seconds(5);

/// How much of what was seen before is read again: clocks differ, and a transaction that began
/// before the last look may have ended after it.
const OVERLAP: TimeDelta = TimeDelta::seconds(60);

/// How many are remembered before those whose tokens have run out are forgotten.
const TIDY_AT: usize = 10_000;

/// What ended, and until when a token of it may still run.
#[derive(Debug, Default)]
pub struct EndedSessions {
    ended: RwLock<HashMap<Uuid, DateTime<Utc>>>,
    looked: RwLock<HashMap<AgencyId, DateTime<Utc>>>,
}

impl EndedSessions {
    /// A session or a secret ended at `now`; its last access token runs out at `until` (both UTC).
    pub fn end<K>(&self, id: Id<K>, now: DateTime<Utc>, until: DateTime<Utc>) {
        self.learn([id.uuid()], now, until);
    }

    /// These ended, at `now` or before.
    pub(crate) fn learn(
        &self,
        ids: impl IntoIterator<Item = Uuid>,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) {
        let mut ended = self.ended.write().unwrap_or_else(PoisonError::into_inner);
        if ended.len() >= TIDY_AT {
            ended.retain(|_, until| *until > now);
        }
        ended.extend(ids.into_iter().map(|id| (id, until)));
    }

    /// Whether a session or a secret is known to have ended.
    pub fn has_ended(&self, id: Uuid) -> bool {
        self.ended
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .contains_key(&id)
    }

    /// Whether it is time at `now` to ask what others ended in an agency, and since when; `first`:
    /// how far the first look goes back. Who is told so has to look; others go on meanwhile.
    pub(crate) fn look(
        &self,
        agency: AgencyId,
        now: DateTime<Utc>,
        first: TimeDelta,
    ) -> Option<DateTime<Utc>> {
        let is_due =
            |last: Option<&DateTime<Utc>>| last.is_none_or(|last| now - *last >= LOOK_EVERY);
        let looked = self.looked.read().unwrap_or_else(PoisonError::into_inner);
        if !is_due(looked.get(&agency)) {
            return None;
        }
        drop(looked);
        let mut looked = self.looked.write().unwrap_or_else(PoisonError::into_inner);
        let last = looked.get(&agency);
        if !is_due(last) {
            return None;
        }
        let since = last.map_or(now - first, |last| *last) - OVERLAP;
        looked.insert(agency, now);
        Some(since)
    }

    /// The look failed: the next request looks again.
    pub(crate) fn look_again(&self, agency: AgencyId) {
        self.looked
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&agency);
    }
}

#[cfg(test)]
mod tests {
    use domain::SessionId;

    use super::*;

    fn session(number: u128) -> SessionId {
        SessionId::from_uuid(Uuid::from_u128(number))
    }

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_750_000_000 + second, 0).unwrap()
    }

    #[test]
    fn only_the_session_that_ended_has_ended() {
        let ended = EndedSessions::default();
        ended.end(session(1), at(0), at(900));
        assert!(ended.has_ended(session(1).uuid()));
        assert!(!ended.has_ended(session(2).uuid()));
    }

    #[test]
    fn one_looks_at_a_time_and_nothing_is_left_out() {
        let ended = EndedSessions::default();
        let agency = |number| AgencyId::from_uuid(Uuid::from_u128(number));
        let look = |agency, second| ended.look(agency, at(second), TimeDelta::seconds(900));
        assert_eq!(look(agency(1), 0), Some(at(-960)));
        assert_eq!(look(agency(1), 4), None);
        assert_eq!(look(agency(2), 4), Some(at(-956)));
        assert_eq!(look(agency(1), 5), Some(at(-60)));
        assert_eq!(look(agency(1), 100), Some(at(-55)));
        ended.look_again(agency(1));
        assert_eq!(look(agency(1), 101), Some(at(-859)));
    }
}
