//! Letting somebody in whose password was right.

use casework::Work;
use chrono::{DateTime, Utc};
use domain::SessionId;
use storage::{
    credentials,
    staff::{self, Staff},
};

use super::{Attempt, prove};
use crate::{
    failure::Failure,
    problem::Problem,
    problem_code::ProblemCode,
    services::{account, sessions},
    state::AppState,
    views::sessions::SessionView,
};

/// A staff member whose password was right, and what else they sent.
#[derive(Debug, Clone)]
pub struct Proven {
    /// As they were when the password was looked at.
    pub staff: Staff,
    /// A code of the second factor.
    pub code: Option<String>,
    /// The password's hash by the settings of today, where the stored one is by older ones.
    pub new_hash: Option<String>,
}

/// A session that has begun.
#[derive(Debug)]
pub struct LetIn {
    /// Which.
    pub session: SessionId,
    /// What its owner gets.
    pub view: SessionView,
    /// What was proved, as the trail names it.
    pub factors: &'static str,
}

/// Begins a session at `now` in the time of sign-ins.
///
/// # Errors
/// `too_many_requests`, `one_time_code_required`, `invalid_credentials`: the last one is to be
/// counted.
pub fn let_in(
    work: &mut Work<'_, '_>,
    state: &AppState,
    attempt: &Attempt,
    proven: &Proven,
    now: DateTime<Utc>,
) -> Result<LetIn, Failure> {
    // Others may have used the last try up while the password was looked at.
    if let Some(refusal) = attempt.refusal(work.tx, now)? {
        return Err(refusal.into());
    }
    let hash = &proven.staff.password_hash;
    // A password, a second factor or a lock that changes at this moment is seen here, or its change
    // sees the session begun here and ends it.
    credentials::hold(work.tx, work.agency, proven.staff.id)?;
    let staff = staff::get(work.tx, work.agency, proven.staff.id)?
        .filter(|staff| staff.active && staff.password_hash == *hash)
        .ok_or_else(invalid)?;
    let temporary_until = credentials::get(work.tx, work.agency, staff.id)?
        .and_then(|credential| credential.temporary_until);
    if temporary_until.is_some_and(|until| until <= now) {
        return Err(invalid().into());
    }
    let factors = prove(work, staff.id, proven.code.as_deref(), now)?;
    attempt.succeed(work.tx, now)?;
    if let Some(new) = &proven.new_hash {
        credentials::set_hash(work.tx, work.agency, staff.id, hash, new)?;
    }
    let (session, mut view) = sessions::begin(work, state, &staff, now)?;
    view.account = Some(account::show(work, &state.auth, &staff, session)?);
    Ok(LetIn {
        session,
        view,
        factors,
    })
}

/// The one answer to a wrong password, an unknown username, a locked account and a wrong code.
pub fn invalid() -> Problem {
    Problem::new(
        ProblemCode::InvalidCredentials,
        "the username, the password or the code is not right",
    )
}
