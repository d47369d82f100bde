//! Agencies: the tenants. Every other row belongs to exactly one.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::AgencyId;

use crate::{
    audit_log,
    error::StorageError,
    schema::agencies,
    store::Tx,
    types::{bind, record},
    with_conn,
};

record! {
    /// The body that runs the offices and answers for their data.
    pub struct Agency, AgencyValues in agencies {
        id: AgencyId,
        name: String,
        created_at: DateTime<Utc>,
    }
}

/// Stores a new agency and begins its audit trail.
pub fn insert(tx: &mut Tx<'_>, agency: &Agency) -> Result<(), StorageError> {
    with_conn!(tx, c => diesel::insert_into(agencies::table).values(agency.values()).execute(*c))?;
    audit_log::begin(tx, agency.id)
}

/// One agency.
pub fn get(tx: &mut Tx<'_>, id: AgencyId) -> Result<Option<Agency>, StorageError> {
    Ok(with_conn!(tx, c => agencies::table
        .filter(agencies::id.eq(bind(id)))
        .select(Agency::as_select())
        .first(*c)
        .optional())?)
}

/// Every agency, in the order they were made. For the worker, which serves them one by one.
pub fn list_ids(tx: &mut Tx<'_>) -> Result<Vec<AgencyId>, StorageError> {
    Ok(with_conn!(tx, c => agencies::table
        .order(agencies::id)
        .select(agencies::id)
        .load(*c))?)
}
