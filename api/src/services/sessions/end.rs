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
