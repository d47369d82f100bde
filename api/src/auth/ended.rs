//! Sessions that ended while their access tokens still run.
//!
//! Kept in memory: a look-up in the database on every request would cost more than the request. In
//! this process an end takes effect at once; in another one when the access token runs out.

use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock},
};

use chrono::{DateTime, Utc};
use domain::SessionId;

/// How many are remembered before the oldest are looked through.
const TIDY_AT: usize = 10_000;

/// Which sessions ended, and until when a token of theirs may still run.
#[derive(Debug, Default)]
pub struct EndedSessions(RwLock<HashMap<SessionId, DateTime<Utc>>>);

impl EndedSessions {
    /// A session ended at `now`; its last access token runs out at `until` (both UTC).
    pub fn end(&self, session: SessionId, now: DateTime<Utc>, until: DateTime<Utc>) {
        let mut ended = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if ended.len() >= TIDY_AT {
            ended.retain(|_, until| *until > now);
        }
        ended.insert(session, until);
    }

    /// Whether a session is known to have ended.
    pub fn has_ended(&self, session: SessionId) -> bool {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .contains_key(&session)
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn only_the_session_that_ended_has_ended() {
        let ended = EndedSessions::default();
        let session = |n| SessionId::from_uuid(Uuid::from_u128(n));
        let now = DateTime::from_timestamp(1_750_000_000, 0).unwrap();
        ended.end(session(1), now, now + TimeDelta::minutes(15));
        assert!(ended.has_ended(session(1)));
        assert!(!ended.has_ended(session(2)));
    }
}
