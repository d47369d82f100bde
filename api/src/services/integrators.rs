//! Other systems with access of their own.

mod credentials;
mod list;

use casework::Work;
use chrono::{DateTime, Utc};
use domain::{
    IntegratorId, Refusal, RefusalCode, StaffId,
    machine::{parse_scopes, write_scopes},
    role::grantable,
};
use platform::Randomness;
use storage::{
    StorageError,
    integrators::{self, Credential, Integrator},
};

pub use self::{
    credentials::{Known, known, use_secret},
    list::list,
};
use crate::{
    auth::client_secret::{ClientIdText, ClientSecret},
    failure::Failure,
    views::integrators::{CreateIntegrator, IntegratorSecretView, IntegratorView},
};

/// Gives another system access, made by `by` at `now` in the time of sign-ins.
///
/// # Errors
/// `invalid_value` at the field.
pub fn create(
    work: &mut Work<'_, '_>,
    asked: &CreateIntegrator,
    by: StaffId,
    randomness: &Randomness,
    now: DateTime<Utc>,
) -> Result<IntegratorSecretView, Failure> {
    if asked.scopes.is_empty() {
        return Err(invalid("/scopes", "name one scope at least").into());
    }
    if let Some(at) = asked.scopes.iter().position(|scope| !grantable(*scope)) {
        let pointer = format!("/scopes/{at}");
        return Err(invalid(&pointer, "no other system may be given this").into());
    }
    let mut scopes = asked.scopes.clone();
    scopes.sort_unstable();
    scopes.dedup();
    let integrator = Integrator {
        agency_id: work.agency,
        id: work.ids.next(),
        name: name(&asked.name)?,
        scopes: write_scopes(&scopes),
        active: true,
        created_by: by,
        created_at: now,
        updated_at: now,
    };
    integrators::insert(work.tx, &integrator)?;
    give_secret(work, integrator, randomness, now)
}

/// One of the agency's.
///
/// # Errors
/// `not_found`.
pub fn get(work: &mut Work<'_, '_>, id: IntegratorId) -> Result<IntegratorView, Failure> {
    let integrator = stored(work, id)?;
    let secret = integrators::good_of(work.tx, work.agency, &[id])?.pop();
    view(integrator, secret.as_ref())
}

/// Gives a new secret at `now` in the time of sign-ins; the one before ends with it, and its tokens.
///
/// # Errors
/// `not_found`; `conflict` for one without access.
pub fn rotate_secret(
    work: &mut Work<'_, '_>,
    id: IntegratorId,
    randomness: &Randomness,
    now: DateTime<Utc>,
) -> Result<IntegratorSecretView, Failure> {
    let integrator = stored(work, id)?;
    if !integrator.active {
        let detail = "it has no access any more; give a new one";
        return Err(Refusal::new(RefusalCode::Conflict, detail).into());
    }
    integrators::revoke_good_of(work.tx, work.agency, id, now)?;
    give_secret(work, integrator, randomness, now)
}

/// Takes the access away for good, at `now` in the time of sign-ins; tokens end with it. Once more
/// changes nothing.
///
/// # Errors
/// `not_found`.
pub fn deactivate(
    work: &mut Work<'_, '_>,
    id: IntegratorId,
    now: DateTime<Utc>,
) -> Result<IntegratorView, Failure> {
    integrators::deactivate(work.tx, work.agency, id, now)?;
    integrators::revoke_good_of(work.tx, work.agency, id, now)?;
    get(work, id)
}

fn stored(work: &mut Work<'_, '_>, id: IntegratorId) -> Result<Integrator, Failure> {
    integrators::get(work.tx, work.agency, id)?.ok_or_else(|| Failure::not_found("integrator"))
}

fn give_secret(
    work: &mut Work<'_, '_>,
    integrator: Integrator,
    randomness: &Randomness,
    now: DateTime<Utc>,
) -> Result<IntegratorSecretView, Failure> {
    let secret = ClientSecret::new(randomness);
    let credential = Credential {
        agency_id: work.agency,
        id: work.ids.next(),
        integrator_id: integrator.id,
        secret_hash: secret.hash(),
        created_at: now,
        last_used_at: None,
        revoked_at: None,
    };
    match integrators::insert_credential(work.tx, &credential) {
        // Somebody else made one this very moment: end that one, too.
        Err(StorageError::Duplicate(_)) => return Err(StorageError::Collision.into()),
        other => other?,
    }
    Ok(IntegratorSecretView {
        integrator: view(integrator, Some(&credential))?,
        client_secret: secret.encode(),
    })
}

fn view(integrator: Integrator, secret: Option<&Credential>) -> Result<IntegratorView, Failure> {
    let client_id = ClientIdText {
        agency: integrator.agency_id,
        integrator: integrator.id,
    };
    let scopes = parse_scopes(&integrator.scopes)
        .map_err(|unknown| StorageError::Corrupt(unknown.to_string()))?;
    Ok(IntegratorView {
        id: integrator.id,
        name: integrator.name,
        scopes,
        active: integrator.active,
        client_id: client_id.encode(),
        secret_made_at: secret.map(|secret| secret.created_at),
        last_used_at: secret.and_then(|secret| secret.last_used_at),
        created_at: integrator.created_at,
        updated_at: integrator.updated_at,
    })
}

fn name(text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    if (1..=60).contains(&text.chars().count()) && !text.chars().any(char::is_control) {
        return Ok(text.to_owned());
    }
    Err(invalid(
        "/name",
        "a name has 1 to 60 characters and no line breaks",
    ))
}

fn invalid(pointer: &str, detail: &str) -> Refusal {
    Refusal::at(RefusalCode::InvalidValue, pointer, detail)
}
