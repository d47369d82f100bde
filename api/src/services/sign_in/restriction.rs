//! What a session may not do yet.

use casework::Work;
use chrono::{DateTime, Utc};
use domain::role::{self, Permission};
use platform::config::AuthConfig;
use storage::{StorageError, credentials, second_factors, staff::Staff};

use crate::auth::{Restriction, password};

/// Roles through which a stranger would reach clients' data: at once, or by an account they make or
/// take over.
const SENSITIVE: [Permission; 3] = [
    Permission::ReadClients,
    Permission::ManageStaff,
    Permission::ManageAccounts,
];

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
    let sensitive = SENSITIVE.iter().any(|it| role::allows(staff.role, *it));
    if auth.requires_second_factor() && sensitive {
        let factor = second_factors::get(work.tx, work.agency, staff.id)?;
        if factor.is_none_or(|factor| factor.secret.is_none()) {
            return Ok(Some(Restriction::SecondFactor));
        }
    }
    Ok(None)
}
