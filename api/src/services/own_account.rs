//! The caller's own account: proving the password once more, and changing it.

use casework::Work;
use chrono::{DateTime, Utc};
use domain::{Refusal, RefusalCode, SessionId, StaffId, password};
use platform::config::PasswordProfile;
use secrecy::{ExposeSecret as _, SecretString};
use storage::{
    StorageError, agencies,
    credentials::{self, Credential},
    offices,
    staff::Staff,
};

use super::{
    sessions,
    sign_in::{self, Attempt},
    staff,
};
use crate::{
    auth::{
        Caller,
        password::{Busy, profile_of},
    },
    extract::{Call, call::own_account::Refusals},
    failure::Failure,
    operations::Op,
    problem::Problem,
    problem_code::ProblemCode,
};

/// An account, and what names its owner.
#[derive(Debug)]
pub struct Account {
    /// Whose.
    pub staff: Staff,
    places: Vec<String>,
}

impl Account {
    /// Words that a password must not contain.
    pub fn own_words(&self) -> Vec<&str> {
        let places = self.places.iter().map(String::as_str);
        places.chain([self.staff.username.as_str()]).collect()
    }
}

/// An account of the agency.
///
/// # Errors
/// `not_found`.
pub fn account(work: &mut Work<'_, '_>, id: StaffId) -> Result<Account, Failure> {
    let staff = staff::get(work, id)?;
    let places = places(work, staff.office_id)?;
    Ok(Account { staff, places })
}

/// The names of the agency and of an office.
pub fn places(
    work: &mut Work<'_, '_>,
    office: Option<domain::OfficeId>,
) -> Result<Vec<String>, StorageError> {
    let agency = agencies::get(work.tx, work.agency)?.map(|agency| agency.name);
    let office = match office {
        Some(id) => offices::get(work.tx, work.agency, id)?.map(|office| office.name),
        None => None,
    };
    Ok(agency.into_iter().chain(office).collect())
}

/// Checks a new password.
///
/// # Errors
/// `password_refused` at `pointer`.
pub fn check_new(
    password: &SecretString,
    profile: PasswordProfile,
    own: &[&str],
    pointer: &str,
) -> Result<(), Refusal> {
    password::check(password.expose_secret(), profile_of(profile), own, pointer)
}

/// The refusal of a new password that is the old one.
pub fn unchanged(pointer: &str) -> Refusal {
    let detail = "the new password is the old one";
    Refusal::at(RefusalCode::PasswordRefused, pointer, detail)
}

/// The caller's tries to prove who they are. A failed one counts as a failed sign-in: who found a
/// session open is not to guess here.
#[derive(Debug)]
pub struct Guesses {
    attempt: Attempt,
    staff: StaffId,
    now: DateTime<Utc>,
    refusals: Refusals,
}

impl Guesses {
    /// Those of a call, and the account they are about.
    ///
    /// # Errors
    /// `too_many_requests` while there is to be none.
    pub async fn of<O: Op>(call: &Call<O>) -> Result<(Self, Account), Problem> {
        let (id, now) = (call.caller.staff, call.state().sign_in_clock.now());
        let account = call.look_up(move |work| account(work, id)).await?;
        let sealer = call.state().store.sealer();
        let guesses = Self {
            attempt: Attempt::new(sealer, &account.staff.username, call.address()),
            staff: id,
            now,
            refusals: call.refusals(),
        };
        guesses.check(call).await?;
        Ok((guesses, account))
    }

    /// Refuses a try while there is to be none.
    async fn check<O: Op>(&self, call: &Call<O>) -> Result<(), Problem> {
        let (asked, now) = (self.attempt.clone(), self.now);
        let refusal = call
            .look_up(move |work| Ok(asked.refusal(work.tx, now)?))
            .await?;
        refusal.map_or(Ok(()), Err)
    }

    /// Counts a failed try.
    ///
    /// # Errors
    /// `too_many_requests` when others used the last one up meanwhile.
    pub async fn failed(&self) -> Result<(), Problem> {
        let (attempt, now) = (self.attempt.clone(), self.now);
        let reason = ProblemCode::InvalidCredentials;
        self.refusals
            .put(self.staff.to_string(), reason, move |work| {
                attempt.fail(work.tx, now)
            })
            .await
    }
}

/// Whether the caller knows their password.
///
/// # Errors
/// `invalid_credentials` at `pointer`, `too_many_requests`, `unavailable`.
pub async fn prove_password<O: Op>(
    call: &Call<O>,
    given: SecretString,
    pointer: &'static str,
) -> Result<(Guesses, Account), Problem> {
    let (guesses, account) = Guesses::of(call).await?;
    let hash = Some(account.staff.password_hash.clone());
    let verdict = call.state().passwords.verify(given, hash).await;
    if verdict.map_err(Busy::problem)?.fits {
        // Others may have used the last try up while the password was looked at.
        guesses.check(call).await?;
        return Ok((guesses, account));
    }
    guesses.failed().await?;
    let reason = ProblemCode::InvalidCredentials;
    Err(Problem::at(reason, pointer, "the password is not right"))
}

/// A new hash in place of the one that was looked at.
#[derive(Debug, Clone, Copy)]
pub struct Change<'h> {
    /// Of the present password.
    pub before: &'h str,
    /// Of the new one.
    pub hash: &'h str,
}

/// Changes the caller's password at `now` in the time of sign-ins; answers which sessions ended.
///
/// # Errors
/// `invalid_credentials` when it was changed meanwhile.
pub fn change_password(
    work: &mut Work<'_, '_>,
    caller: Caller,
    change: Change<'_>,
    now: DateTime<Utc>,
) -> Result<Vec<SessionId>, Failure> {
    let Change { before, hash } = change;
    if !credentials::set_hash(work.tx, work.agency, caller.staff, before, hash)? {
        return Err(sign_in::invalid().into());
    }
    let changed = Credential {
        agency_id: work.agency,
        staff_id: caller.staff,
        changed_at: now,
        temporary_until: None,
    };
    credentials::put(work.tx, &changed)?;
    sessions::end_others_of(work, caller.staff, caller.session, now, "password_changed")
}
