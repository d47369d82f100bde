//! Ending sessions.

use casework::Work;
use chrono::{DateTime, Utc};
use domain::{SessionId, StaffId};
use storage::sessions;

use crate::failure::Failure;

/// Ends one session at `now` in the time of sign-ins. One that ended before stays ended.
pub fn end(
    work: &mut Work<'_, '_>,
    session: SessionId,
    now: DateTime<Utc>,
    reason: &str,
) -> Result<(), Failure> {
    sessions::revoke(work.tx, work.agency, session, now, reason)?;
    Ok(())
}

/// Ends every session of a staff member at `now` in the time of sign-ins; answers which.
pub fn end_all_of(
    work: &mut Work<'_, '_>,
    staff: StaffId,
    now: DateTime<Utc>,
    reason: &str,
) -> Result<Vec<SessionId>, Failure> {
    let live = sessions::live_of(work.tx, work.agency, staff, now)?;
    sessions::revoke_all_of(work.tx, work.agency, staff, now, reason)?;
    Ok(live)
}

/// Ends the sessions of a staff member but `kept`, at `now` in the time of sign-ins; answers which.
pub fn end_others_of(
    work: &mut Work<'_, '_>,
    staff: StaffId,
    kept: SessionId,
    now: DateTime<Utc>,
    reason: &str,
) -> Result<Vec<SessionId>, Failure> {
    let mut others = sessions::live_of(work.tx, work.agency, staff, now)?;
    others.retain(|session| *session != kept);
    for session in &others {
        sessions::revoke(work.tx, work.agency, *session, now, reason)?;
    }
    Ok(others)
}

/// Ends one of a staff member's own sessions at `now` in the time of sign-ins.
///
/// # Errors
/// `not_found` for a session of somebody else, and for one that has ended.
pub fn end_own(
    work: &mut Work<'_, '_>,
    staff: StaffId,
    session: SessionId,
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    sessions::get(work.tx, work.agency, session)?
        .filter(|session| session.staff_id == staff)
        .filter(|session| session.revoked_at.is_none() && session.expires_at > now)
        .ok_or_else(|| Failure::not_found("session"))?;
    end(work, session, now, "ended_by_owner")
}
