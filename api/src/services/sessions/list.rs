//! Listing the sessions of a staff member.

use casework::Work;
use chrono::{DateTime, TimeDelta, Utc};
use domain::{SessionId, StaffId};
use platform::config::AuthConfig;
use storage::sessions::{self, Session};

use crate::{
    failure::Failure,
    views::sessions::{OpenSessionList, OpenSessionView},
};

/// Sessions shown.
const MOST: i64 = 100;

/// The sessions of a staff member that go on at `now` in the time of sign-ins; `current` is the one
/// that asks.
pub fn list(
    work: &mut Work<'_, '_>,
    auth: &AuthConfig,
    staff: StaffId,
    current: SessionId,
    now: DateTime<Utc>,
) -> Result<OpenSessionList, Failure> {
    let used_since = now - TimeDelta::minutes(i64::from(auth.session_idle_minutes));
    let found = sessions::open_of(work.tx, work.agency, staff, now, used_since, MOST)?;
    Ok(OpenSessionList {
        items: found.iter().map(|session| open(session, current)).collect(),
    })
}

/// One of them; `current` is the one that asks.
pub(super) fn open(session: &Session, current: SessionId) -> OpenSessionView {
    OpenSessionView {
        id: session.id,
        current: session.id == current,
        created_at: session.created_at,
        last_used_at: session.last_used_at,
        expires_at: session.expires_at,
    }
}
