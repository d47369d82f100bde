//! Proving the second factor.

use casework::Work;
use chrono::{DateTime, Utc};
use domain::StaffId;
use storage::{
    StorageError, recovery_codes,
    second_factors::{self, SecondFactor},
};

use super::invalid;
use crate::{
    auth::{TotpSecret, recovery_code},
    failure::Failure,
    problem::Problem,
    problem_code::ProblemCode,
};

/// Checks the code of whoever has a second factor, at `now` in the time of sign-ins: the
/// authenticator's, or a recovery code. Each is good once. Answers what was proved, as the trail
/// names it.
///
/// # Errors
/// `one_time_code_required` without one, `invalid_credentials` with a wrong or used one.
pub fn prove(
    work: &mut Work<'_, '_>,
    staff: StaffId,
    given: Option<&str>,
    now: DateTime<Utc>,
) -> Result<&'static str, Failure> {
    let factor = second_factors::get(work.tx, work.agency, staff)?;
    let Some(factor) = factor.filter(|factor| factor.secret.is_some()) else {
        return Ok("password");
    };
    let Some(given) = given else {
        return Err(Problem::new(
            ProblemCode::OneTimeCodeRequired,
            "send the code that your authenticator shows as totp, or a recovery code",
        )
        .into());
    };
    if let Some(code) = recovery_code::read(given) {
        let used = recovery_codes::use_up(work.tx, work.agency, staff, &code, now)?;
        return used
            .then_some("password,recovery_code")
            .ok_or_else(|| invalid().into());
    }
    let fits = fits(work, &factor, given, now)?;
    fits.then_some("password,totp")
        .ok_or_else(|| invalid().into())
}

fn fits(
    work: &mut Work<'_, '_>,
    factor: &SecondFactor,
    given: &str,
    now: DateTime<Utc>,
) -> Result<bool, StorageError> {
    let (agency, staff) = (work.agency, factor.staff_id);
    let secret = factor.secret.as_deref().and_then(TotpSecret::decode);
    let secret = secret.ok_or_else(|| StorageError::Corrupt("a second factor".to_owned()))?;
    match secret.step_of(given.trim(), now) {
        Some(step) => second_factors::use_step(work.tx, agency, staff, step),
        None => Ok(false),
    }
}
