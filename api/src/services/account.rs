//! What the owner of an account should notice: who else tried it, and what changed or runs out.

use casework::Work;
use chrono::{DateTime, Utc};
use domain::{SessionId, audit::AuditOutcome};
use platform::config::AuthConfig;
use storage::{
    StorageError,
    audit_log::{self, Filter},
    credentials, recovery_codes, second_factors, sessions,
    staff::Staff,
};

use crate::{
    auth::password::profile_of,
    operations::{CreateSession, Op as _},
    problem_code::ProblemCode,
    refusals,
    views::account::AccountView,
};

/// Refusals on an account that are looked at; of a longer siege it is enough to know of these.
const MOST: i64 = 500;

/// The account of `staff`, as its session `current` is shown it.
pub fn show(
    work: &mut Work<'_, '_>,
    auth: &AuthConfig,
    staff: &Staff,
    current: SessionId,
) -> Result<AccountView, StorageError> {
    let before = sessions::newest_but(work.tx, work.agency, staff.id, current)?;
    let since = match &before {
        Some(session) => place_of(work, session.id)?,
        None => 0,
    };
    let credential = credentials::get(work.tx, work.agency, staff.id)?;
    let factor = second_factors::get(work.tx, work.agency, staff.id)?;
    let changed_at = credential
        .as_ref()
        .map_or(staff.created_at, |it| it.changed_at);
    let longest = profile_of(auth.password_profile).longest_use();
    Ok(AccountView {
        last_sign_in: before.map(|session| session.created_at),
        failed_since: failed_since(work, staff, since)?,
        password_changed_at: changed_at,
        password_expires_at: expires_at(
            credential.and_then(|it| it.temporary_until),
            longest.map(|longest| changed_at + longest),
        ),
        second_factor_since: factor
            .filter(|it| it.secret.is_some())
            .and_then(|it| it.confirmed_at),
        recovery_codes_left: recovery_codes::left(work.tx, work.agency, staff.id)?,
    })
}

fn expires_at(
    temporary_until: Option<DateTime<Utc>>,
    aged_at: Option<DateTime<Utc>>,
) -> Option<DateTime<Utc>> {
    temporary_until.into_iter().chain(aged_at).min()
}

/// Where the entry of a sign-in stands in the trail; 0 if it is not there.
fn place_of(work: &mut Work<'_, '_>, session: SessionId) -> Result<i64, StorageError> {
    let filter = Filter {
        action: Some(CreateSession::OPERATION.id.to_owned()),
        object_id: Some(session.to_string()),
        ..Filter::default()
    };
    let found = audit_log::list(work.tx, work.agency, &filter, None, 1)?;
    Ok(found.first().map_or(0, |entry| entry.seq))
}

/// Failed tries of the password or a code after a place in the trail, with those that were only
/// counted there.
fn failed_since(work: &mut Work<'_, '_>, staff: &Staff, since: i64) -> Result<u64, StorageError> {
    let filter = Filter {
        object_id: Some(staff.id.to_string()),
        outcome: Some(AuditOutcome::Refused),
        ..Filter::default()
    };
    let refused = audit_log::list(work.tx, work.agency, &filter, None, MOST)?;
    let reasons = refused
        .iter()
        .take_while(|entry| entry.seq > since)
        .filter_map(|entry| entry.reason.as_deref());
    Ok(reasons
        .map(|reason| match refusals::left_out(reason) {
            Some(count) => count,
            None => u64::from(reason == ProblemCode::InvalidCredentials.as_str()),
        })
        .sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_earlier_end_of_a_password_counts() {
        let at = |day: i64| DateTime::from_timestamp(day * 86_400, 0);
        assert_eq!(expires_at(None, None), None);
        assert_eq!(expires_at(at(3), None), at(3));
        assert_eq!(expires_at(at(3), at(90)), at(3));
        assert_eq!(expires_at(None, at(90)), at(90));
    }
}
