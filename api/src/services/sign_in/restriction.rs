//! What a session may not do yet.

use casework::Work;
use chrono::{DateTime, Utc};
use platform::config::AuthConfig;
use storage::{StorageError, credentials, second_factors, staff::Staff};

use crate::auth::{Restriction, password};

/// What a staff member has to do first, at `now` in the time of sign-ins.
pub fn restriction_of(
    work: &mut Work<'_, '_>,
    auth: &AuthConfig,
    staff: &Staff,
    now: DateTime<Utc>,
) -> Result<Option<Restriction>, StorageError> {
    let credential = credentials::get(work.tx, work.agency, staff.id)?;
    let temporary = credential
        .as_ref()
        .is_some_and(|it| it.temporary_until.is_some());
    let since = credential.map_or(staff.created_at, |it| it.changed_at);
    let longest = password::profile_of(auth.password_profile).longest_use();
    if temporary || longest.is_some_and(|longest| now - since >= longest) {
        return Ok(Some(Restriction::PasswordChange));
    }
    if auth.requires_second_factor() {
        let factor = second_factors::get(work.tx, work.agency, staff.id)?;
        if factor.is_none_or(|factor| factor.secret.is_none()) {
            return Ok(Some(Restriction::SecondFactor));
        }
    }
    Ok(None)
}
