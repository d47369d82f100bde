//! Other systems with access of their own to an agency's data.

mod credentials;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::{AgencyId, IntegratorId, StaffId};

pub use self::credentials::{
    Credential, good_of, insert_credential, revoke_good_of, revoked_since, touch,
};
use crate::{
    error::StorageError,
    page::page,
    schema::integrators,
    store::Tx,
    types::{bind, record},
    with_conn,
};

record! {
    /// One system.
    pub struct Integrator, IntegratorValues in integrators {
        agency_id: AgencyId,
        id: IntegratorId,
        name: String,
        /// As [`domain::machine::parse_scopes`] reads them.
        scopes: String,
        /// Whether it may get tokens.
        active: bool,
        created_by: StaffId,
        created_at: DateTime<Utc>,
        updated_at: DateTime<Utc>,
    }
}

/// Stores a new one.
pub fn insert(tx: &mut Tx<'_>, integrator: &Integrator) -> Result<(), StorageError> {
    with_conn!(tx, c => diesel::insert_into(integrators::table)
        .values(integrator.values())
        .execute(*c))?;
    Ok(())
}

/// One, active or not.
pub fn get(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    id: IntegratorId,
) -> Result<Option<Integrator>, StorageError> {
    Ok(with_conn!(tx, c => integrators::table
        .filter(integrators::agency_id.eq(bind(agency)))
        .filter(integrators::id.eq(bind(id)))
        .select(Integrator::as_select())
        .first(*c)
        .optional())?)
}

/// A page of the agency's, in the order they were made, after `after`.
pub fn list(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    after: Option<IntegratorId>,
    limit: i64,
) -> Result<Vec<Integrator>, StorageError> {
    Ok(with_conn!(tx, c => {
        let query = integrators::table
            .filter(integrators::agency_id.eq(bind(agency)))
            .select(Integrator::as_select())
            .into_boxed();
        page!(query, integrators, after, limit).load(*c)
    })?)
}

/// Closes one at `at` (UTC); answers whether it was open.
pub fn deactivate(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    id: IntegratorId,
    at: DateTime<Utc>,
) -> Result<bool, StorageError> {
    let closed = with_conn!(tx, c => diesel::update(integrators::table)
        .filter(integrators::agency_id.eq(bind(agency)))
        .filter(integrators::id.eq(bind(id)))
        .filter(integrators::active.eq(bind(true)))
        .set((
            integrators::active.eq(bind(false)),
            integrators::updated_at.eq(bind(at)),
        ))
        .execute(*c))?;
    Ok(closed == 1)
}
