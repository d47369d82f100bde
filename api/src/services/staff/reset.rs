//! What the security administration takes back: passwords and second factors.

use casework::Work;
use chrono::{DateTime, TimeDelta, Utc};
use domain::{Refusal, RefusalCode, SessionId, StaffId};
use storage::{
    StorageError,
    credentials::{self, Credential},
    recovery_codes, second_factors,
};

use crate::{failure::Failure, services::sessions};

/// How long a temporary password is good.
const TEMPORARY: TimeDelta = TimeDelta::days(3);

/// Gives somebody a temporary password at `now` in the time of sign-ins; answers which sessions
/// ended.
///
/// # Errors
/// `not_found`; `conflict` for one's own.
pub fn reset_password(
    work: &mut Work<'_, '_>,
    id: StaffId,
    hash: &str,
    now: DateTime<Utc>,
) -> Result<Vec<SessionId>, Failure> {
    let before = another(work, id)?;
    if !credentials::set_hash(work.tx, work.agency, id, &before, hash)? {
        // Changed this very moment: look again.
        return Err(StorageError::Collision.into());
    }
    is_temporary(work, id, now)?;
    sessions::end_all_of(work, id, now, "password_reset")
}

/// Notes that somebody's password was given by another person at `now` in the time of sign-ins: who
/// chose it is not to sign in with it later.
pub fn is_temporary(
    work: &mut Work<'_, '_>,
    id: StaffId,
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    let temporary = Credential {
        agency_id: work.agency,
        staff_id: id,
        changed_at: now,
        temporary_until: Some(now + TEMPORARY),
    };
    Ok(credentials::put(work.tx, &temporary)?)
}

/// Takes somebody's second factor away at `now` in the time of sign-ins; answers which sessions
/// ended.
///
/// # Errors
/// `not_found`, also where there is none; `conflict` for one's own.
pub fn reset_second_factor(
    work: &mut Work<'_, '_>,
    id: StaffId,
    now: DateTime<Utc>,
) -> Result<Vec<SessionId>, Failure> {
    another(work, id)?;
    if !second_factors::clear(work.tx, work.agency, id)? {
        return Err(Failure::not_found("second factor"));
    }
    recovery_codes::replace(work.tx, work.agency, id, &[], now)?;
    sessions::end_all_of(work, id, now, "second_factor_reset")
}

/// Somebody else's account, held: the hash of its password.
fn another(work: &mut Work<'_, '_>, id: StaffId) -> Result<String, Failure> {
    credentials::hold(work.tx, work.agency, id)?;
    let staff = super::get(work, id)?;
    if work.actor.staff_id() == Some(id) {
        let detail = "one's own account is reset by another person";
        return Err(Refusal::new(RefusalCode::Conflict, detail).into());
    }
    Ok(staff.password_hash)
}
