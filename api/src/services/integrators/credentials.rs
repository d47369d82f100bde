//! Proving a secret.

use casework::Work;
use chrono::{DateTime, Utc};
use domain::{machine::parse_scopes, role::Permission};
use storage::{
    StorageError, Tx,
    integrators::{self, Credential},
};

use crate::{
    auth::client_secret::{ClientIdText, ClientSecret},
    failure::Failure,
    goes_on,
};

/// A system that exists, and whether it proved itself.
#[derive(Debug)]
pub struct Known {
    /// What it was given.
    pub scopes: Vec<Permission>,
    /// The secret it proved; `None`: it did not, or has no access any more.
    pub proved: Option<Credential>,
}

/// Looks a system up and compares its secret; `None`: there is no such system.
pub fn known(
    tx: &mut Tx<'_>,
    id: ClientIdText,
    secret: Option<&ClientSecret>,
) -> Result<Option<Known>, StorageError> {
    let Some(integrator) = integrators::get(tx, id.agency, id.integrator)? else {
        return Ok(None);
    };
    let good = integrators::good_of(tx, id.agency, &[id.integrator])?;
    let proved = good.into_iter().find(|good| {
        integrator.active && secret.is_some_and(|secret| secret.fits(&good.secret_hash))
    });
    let scopes = parse_scopes(&integrator.scopes)
        .map_err(|unknown| StorageError::Corrupt(unknown.to_string()))?;
    Ok(Some(Known { scopes, proved }))
}

/// Notes that a secret gets a token at `now` in the time of sign-ins.
///
/// # Errors
/// `unauthenticated` when it ended since it was proved.
pub fn use_secret(
    work: &mut Work<'_, '_>,
    credential: &Credential,
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    if integrators::touch(work.tx, work.agency, credential.id, now)? {
        Ok(())
    } else {
        Err(goes_on::ended().into())
    }
}
