//! Sessions that end with a unit of work, to be told to this process once it is committed.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use domain::SessionId;

use crate::state::AppState;

/// Known when the unit of work is done; each try of it writes anew. Clones are the same.
#[derive(Debug, Clone, Default)]
pub struct Ending(Arc<Mutex<Vec<SessionId>>>);

impl Ending {
    /// These end with the unit of work.
    pub fn set(&self, sessions: Vec<SessionId>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = sessions;
    }

    /// They have ended, at `now` in the time of sign-ins: their access tokens are good no more.
    pub fn done(&self, state: &AppState, now: DateTime<Utc>) {
        let until = state.tokens.last_until(now);
        let mut sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for session in sessions.drain(..) {
            state.ended.end(session, now, until);
        }
    }
}
