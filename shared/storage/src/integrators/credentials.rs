//! Their secrets. Each integrator has one good secret at most; a new one ends the one before.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::{AgencyId, CredentialId, IntegratorId};

use crate::{
    error::StorageError,
    schema::integrator_credentials,
    store::Tx,
    types::{bind, record},
    with_conn,
};

record! {
    /// One secret. The secret itself is never stored.
    pub struct Credential, CredentialValues in integrator_credentials {
        agency_id: AgencyId,
        id: CredentialId,
        integrator_id: IntegratorId,
        secret_hash: Vec<u8>,
        created_at: DateTime<Utc>,
        /// When it last got a token.
        last_used_at: Option<DateTime<Utc>>,
        revoked_at: Option<DateTime<Utc>>,
    }
}

/// Stores a new secret.
///
/// [`StorageError::Duplicate`] while the integrator has a good one.
pub fn insert_credential(tx: &mut Tx<'_>, credential: &Credential) -> Result<(), StorageError> {
    with_conn!(tx, c => diesel::insert_into(integrator_credentials::table)
        .values(credential.values())
        .execute(*c))?;
    Ok(())
}

/// The good secrets of these integrators, in no particular order.
pub fn good_of(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    integrators: &[IntegratorId],
) -> Result<Vec<Credential>, StorageError> {
    Ok(with_conn!(tx, c => integrator_credentials::table
        .filter(integrator_credentials::agency_id.eq(bind(agency)))
        .filter(integrator_credentials::integrator_id
            .eq_any(integrators.iter().map(bind).collect::<Vec<_>>()))
        .filter(integrator_credentials::revoked_at.is_null())
        .select(Credential::as_select())
        .load(*c))?)
}

/// Notes that a secret got a token at `at` (UTC); answers whether it was still good.
pub fn touch(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    id: CredentialId,
    at: DateTime<Utc>,
) -> Result<bool, StorageError> {
    let touched = with_conn!(tx, c => diesel::update(integrator_credentials::table)
        .filter(integrator_credentials::agency_id.eq(bind(agency)))
        .filter(integrator_credentials::id.eq(bind(id)))
        .filter(integrator_credentials::revoked_at.is_null())
        .set(integrator_credentials::last_used_at.eq(bind(Some(at))))
        .execute(*c))?;
    Ok(touched == 1)
}

/// Ends the good secret of an integrator at `at` (UTC), if it has one.
pub fn revoke_good_of(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    integrator: IntegratorId,
    at: DateTime<Utc>,
) -> Result<(), StorageError> {
    with_conn!(tx, c => diesel::update(integrator_credentials::table)
        .filter(integrator_credentials::agency_id.eq(bind(agency)))
        .filter(integrator_credentials::integrator_id.eq(bind(integrator)))
        .filter(integrator_credentials::revoked_at.is_null())
        .set(integrator_credentials::revoked_at.eq(bind(Some(at))))
        .execute(*c))?;
    Ok(())
}

/// The secrets that ended after `since` (UTC).
pub fn revoked_since(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    since: DateTime<Utc>,
) -> Result<Vec<CredentialId>, StorageError> {
    Ok(with_conn!(tx, c => integrator_credentials::table
        .filter(integrator_credentials::agency_id.eq(bind(agency)))
        .filter(integrator_credentials::revoked_at.gt(bind(Some(since))))
        .select(integrator_credentials::id)
        .load(*c))?)
}
