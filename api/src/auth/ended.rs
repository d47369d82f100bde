//! Sessions that ended while their access tokens still run.
//!
//! Kept in memory: a look-up in the database on every request would cost more than the request. In
//! this process an end takes effect at once; in another one when the access token runs out.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{PoisonError, RwLock},
};

use chrono::{DateTime, Utc};
use domain::{SessionId, StaffId};

use crate::auth::Caller;

/// What ended, and when.
#[derive(Debug, Default)]
pub struct EndedSessions {
    sessions: RwLock<HashMap<SessionId, DateTime<Utc>>>,
    staff: RwLock<HashMap<StaffId, DateTime<Utc>>>,
}

impl EndedSessions {
    /// One session ended at `at` (UTC).
    pub fn end(&self, session: SessionId, at: DateTime<Utc>) {
        self.sessions
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(session, at);
    }

    /// Every session of a staff member that began up to `at` (UTC) ended.
    pub fn end_all_of(&self, staff: StaffId, at: DateTime<Utc>) {
        self.staff
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(staff, at);
    }

    /// Whether the caller's session ended.
    pub fn has_ended(&self, caller: &Caller) -> bool {
        contains(&self.sessions, &caller.session)
            || self
                .staff
                .read()
                .unwrap_or_else(PoisonError::into_inner)
                .get(&caller.staff)
                .is_some_and(|at| caller.issued_at <= *at)
    }

    /// Forgets what ended before `before` (UTC): no token from then still runs.
    pub fn forget(&self, before: DateTime<Utc>) {
        let keep = |at: &DateTime<Utc>| *at >= before;
        self.sessions
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|_, at| keep(at));
        self.staff
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|_, at| keep(at));
    }
}

fn contains<K: Hash + Eq>(ended: &RwLock<HashMap<K, DateTime<Utc>>>, key: &K) -> bool {
    ended
        .read()
        .unwrap_or_else(PoisonError::into_inner)
        .contains_key(key)
}
