//! Offices of an agency.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use domain::{AgencyId, OfficeId};

use crate::{
    error::StorageError,
    page::page,
    schema::offices,
    store::Tx,
    types::{bind, record},
    with_conn,
};

record! {
    /// A place where cases are executed.
    pub struct Office, OfficeValues in offices {
        agency_id: AgencyId,
        id: OfficeId,
        name: String,
        area_code: String,
        phone: String,
        message_signature: String,
        /// IANA name; all local dates of the office's cases are in it.
        timezone: String,
        /// The local day whose staff digest was planned last.
        last_digest_on: Option<NaiveDate>,
        /// Until when it takes visitors: `HH:MM`, local to it.
        visits_until: String,
        version: i64,
        created_at: DateTime<Utc>,
        updated_at: DateTime<Utc>,
    }
}

/// Stores a new office.
pub fn insert(tx: &mut Tx<'_>, office: &Office) -> Result<(), StorageError> {
    with_conn!(tx, c => diesel::insert_into(offices::table).values(office.values()).execute(*c))?;
    Ok(())
}

/// One office.
pub fn get(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    id: OfficeId,
) -> Result<Option<Office>, StorageError> {
    Ok(with_conn!(tx, c => offices::table
        .filter(offices::agency_id.eq(bind(agency)))
        .filter(offices::id.eq(bind(id)))
        .select(Office::as_select())
        .first(*c)
        .optional())?)
}

/// A page of the agency's offices in the order they were made, after `after`.
pub fn list(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    only: Option<OfficeId>,
    after: Option<OfficeId>,
    limit: i64,
) -> Result<Vec<Office>, StorageError> {
    Ok(with_conn!(tx, c => {
        let mut query = offices::table
            .filter(offices::agency_id.eq(bind(agency)))
            .select(Office::as_select())
            .into_boxed();
        if let Some(only) = only {
            query = query.filter(offices::id.eq(bind(only)));
        }
        page!(query, offices, after, limit).load(*c)
    })?)
}

/// Saves a changed office as version `expected_version + 1`, if it still is at
/// `expected_version`; answers whether it was.
pub fn save(
    tx: &mut Tx<'_>,
    changed: &Office,
    expected_version: i64,
) -> Result<bool, StorageError> {
    let saved = with_conn!(tx, c => diesel::update(offices::table)
        .filter(offices::agency_id.eq(bind(changed.agency_id)))
        .filter(offices::id.eq(bind(changed.id)))
        .filter(offices::version.eq(expected_version))
        .set((
            offices::name.eq(&changed.name),
            offices::area_code.eq(&changed.area_code),
            offices::phone.eq(&changed.phone),
            offices::message_signature.eq(&changed.message_signature),
            offices::timezone.eq(&changed.timezone),
            offices::visits_until.eq(&changed.visits_until),
            offices::version.eq(expected_version + 1),
            offices::updated_at.eq(bind(changed.updated_at)),
        ))
        .execute(*c))?;
    Ok(saved == 1)
}

/// The offices with these ids, in no particular order.
pub fn get_many(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    ids: &[OfficeId],
) -> Result<Vec<Office>, StorageError> {
    Ok(with_conn!(tx, c => offices::table
        .filter(offices::agency_id.eq(bind(agency)))
        .filter(offices::id.eq_any(ids.iter().map(bind).collect::<Vec<_>>()))
        .select(Office::as_select())
        .load(*c))?)
}

/// Notes that the digest of a local day was planned, unless another worker did; answers whether
/// this call did it.
pub fn claim_digest(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    id: OfficeId,
    day: NaiveDate,
) -> Result<bool, StorageError> {
    let changed = with_conn!(tx, c => diesel::update(offices::table
            .filter(offices::agency_id.eq(bind(agency)))
            .filter(offices::id.eq(bind(id)))
            .filter(offices::last_digest_on.is_null().or(offices::last_digest_on.lt(Some(day)))))
        .set(offices::last_digest_on.eq(Some(day)))
        .execute(*c))?;
    Ok(changed == 1)
}
