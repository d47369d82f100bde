//! Members of a client's family who may be told something: sealed, and until a day.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::{dsl::count_star, prelude::*};
use domain::{
    AgencyId, ClientId, FamilyContactId, StaffId,
    family_contact::{ContactScope, Relation},
};

use crate::{
    error::StorageError,
    page::page,
    schema::{clients, family_contacts},
    scope::{Scope, within},
    sealed::{Place, Sealer},
    store::Tx,
    types::{bind, record},
    with_conn,
};

record! {
    struct Row, RowValues in family_contacts {
        agency_id: AgencyId,
        id: FamilyContactId,
        client_id: ClientId,
        name_sealed: Vec<u8>,
        phone_sealed: Vec<u8>,
        relation: Relation,
        scope: ContactScope,
        ends_on: NaiveDate,
        ended_at: Option<DateTime<Utc>>,
        ended_reason: Option<String>,
        created_by: StaffId,
        created_at: DateTime<Utc>,
        version: i64,
    }
}

/// A member of a client's family.
#[derive(Clone)]
#[expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]
pub struct FamilyContact {
    /// The tenant.
    pub agency_id: AgencyId,
    /// Its id.
    pub id: FamilyContactId,
    /// Whose family.
    pub client_id: ClientId,
    /// The contact's name.
    pub name: String,
    /// Mainland mobile number, normalised.
    pub phone: String,
    /// How they are related.
    pub relation: Relation,
    /// What they may be told.
    pub scope: ContactScope,
    /// Last day, local to the client's office.
    pub ends_on: NaiveDate,
    /// When it was ended before that day (UTC).
    pub ended_at: Option<DateTime<Utc>>,
    /// The code of why.
    pub ended_reason: Option<String>,
    /// Who entered it.
    pub created_by: StaffId,
    /// UTC.
    pub created_at: DateTime<Utc>,
    /// Counts changes, from 1.
    pub version: i64,
}

fn open(row: Row, sealer: &Sealer) -> Result<FamilyContact, StorageError> {
    let place = |field| Place::new(field, row.id);
    Ok(FamilyContact {
        name: sealer.open(place("family_contacts.name"), &row.name_sealed)?,
        phone: sealer.open(place("family_contacts.phone"), &row.phone_sealed)?,
        agency_id: row.agency_id,
        id: row.id,
        client_id: row.client_id,
        relation: row.relation,
        scope: row.scope,
        ends_on: row.ends_on,
        ended_at: row.ended_at,
        ended_reason: row.ended_reason,
        created_by: row.created_by,
        created_at: row.created_at,
        version: row.version,
    })
}

/// Stores a new contact.
pub fn insert(tx: &mut Tx<'_>, contact: &FamilyContact) -> Result<(), StorageError> {
    let (sealer, place) = (tx.sealer(), |field| Place::new(field, contact.id));
    let row = Row {
        agency_id: contact.agency_id,
        id: contact.id,
        client_id: contact.client_id,
        name_sealed: sealer.seal(place("family_contacts.name"), &contact.name)?,
        phone_sealed: sealer.seal(place("family_contacts.phone"), &contact.phone)?,
        relation: contact.relation,
        scope: contact.scope,
        ends_on: contact.ends_on,
        ended_at: contact.ended_at,
        ended_reason: contact.ended_reason.clone(),
        created_by: contact.created_by,
        created_at: contact.created_at,
        version: contact.version,
    };
    with_conn!(tx, c => diesel::insert_into(family_contacts::table)
        .values(row.values())
        .execute(*c))?;
    Ok(())
}

/// One contact of a client the caller may see.
pub fn get(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    scope: Scope,
    id: FamilyContactId,
) -> Result<Option<FamilyContact>, StorageError> {
    let row = with_conn!(tx, c => within!(
        family_contacts::table
            .inner_join(clients::table.on(family_contacts::agency_id
                .eq(clients::agency_id)
                .and(family_contacts::client_id.eq(clients::id))))
            .filter(family_contacts::agency_id.eq(bind(agency)))
            .filter(clients::agency_id.eq(bind(agency)))
            .filter(family_contacts::id.eq(bind(id)))
            .select(Row::as_select())
            .into_boxed(),
        clients, scope, Some)
    .first(*c)
    .optional())?;
    row.map(|row| open(row, tx.sealer())).transpose()
}

/// A page of a client's contacts, in the order they were entered, those that ended included.
pub fn list(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    client: ClientId,
    after: Option<FamilyContactId>,
    limit: i64,
) -> Result<Vec<FamilyContact>, StorageError> {
    let rows: Vec<Row> = with_conn!(tx, c => {
        let query = family_contacts::table
            .filter(family_contacts::agency_id.eq(bind(agency)))
            .filter(family_contacts::client_id.eq(bind(client)))
            .select(Row::as_select())
            .into_boxed();
        page!(query, family_contacts, after, limit).load(*c)
    })?;
    rows.into_iter().map(|row| open(row, tx.sealer())).collect()
}

/// Ends a contact if its stored version is still `expected`; answers whether it was.
pub fn end(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    id: FamilyContactId,
    expected: i64,
    now: DateTime<Utc>,
    reason: &str,
) -> Result<bool, StorageError> {
    let changed = with_conn!(tx, c => diesel::update(family_contacts::table
            .filter(family_contacts::agency_id.eq(bind(agency)))
            .filter(family_contacts::id.eq(bind(id)))
            .filter(family_contacts::version.eq(expected)))
        .set((
            family_contacts::ended_at.eq(bind(Some(now))),
            family_contacts::ended_reason.eq(Some(reason)),
            family_contacts::version.eq(family_contacts::version + 1),
        ))
        .execute(*c))?;
    Ok(changed == 1)
}

/// Ends every contact of a client that has not ended before.
pub fn end_all_of(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    client: ClientId,
    now: DateTime<Utc>,
    reason: &str,
) -> Result<usize, StorageError> {
    Ok(with_conn!(tx, c => diesel::update(family_contacts::table
            .filter(family_contacts::agency_id.eq(bind(agency)))
            .filter(family_contacts::client_id.eq(bind(client)))
            .filter(family_contacts::ended_at.is_null()))
        .set((
            family_contacts::ended_at.eq(bind(Some(now))),
            family_contacts::ended_reason.eq(Some(reason)),
            family_contacts::version.eq(family_contacts::version + 1),
        ))
        .execute(*c))?)
}

/// How many contacts there are in the agency.
pub(crate) fn count(tx: &mut Tx<'_>, agency: AgencyId) -> Result<i64, StorageError> {
    Ok(with_conn!(tx, c => family_contacts::table
        .filter(family_contacts::agency_id.eq(bind(agency)))
        .select(count_star())
        .first(*c))?)
}

/// How many contacts ended before `before` (UTC), by their last day or earlier.
pub(crate) fn count_over(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    before: DateTime<Utc>,
) -> Result<i64, StorageError> {
    Ok(with_conn!(tx, c => family_contacts::table
        .filter(family_contacts::agency_id.eq(bind(agency)))
        .filter(
            family_contacts::ends_on
                .lt(before.date_naive())
                .or(family_contacts::ended_at.is_not_null()
                    .and(family_contacts::ended_at.assume_not_null().lt(bind(before)))),
        )
        .select(count_star())
        .first(*c))?)
}

/// Deletes up to `limit` contacts that ended before `before` (UTC), by their last day or earlier;
/// answers how many.
pub(crate) fn purge(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    before: DateTime<Utc>,
    limit: i64,
) -> Result<usize, StorageError> {
    let mut over: Vec<FamilyContactId> = with_conn!(tx, c => family_contacts::table
        .filter(family_contacts::agency_id.eq(bind(agency)))
        .filter(family_contacts::ends_on.lt(before.date_naive()))
        .order(family_contacts::ends_on)
        .limit(limit)
        .select(family_contacts::id)
        .load(*c))?;
    let rest = limit - i64::try_from(over.len()).unwrap_or(limit);
    if rest > 0 {
        let ended: Vec<FamilyContactId> = with_conn!(tx, c => family_contacts::table
            .filter(family_contacts::agency_id.eq(bind(agency)))
            .filter(family_contacts::ended_at.is_not_null())
            .filter(family_contacts::ended_at.lt(bind(Some(before))))
            .filter(family_contacts::ends_on.ge(before.date_naive()))
            .order(family_contacts::ended_at)
            .limit(rest)
            .select(family_contacts::id)
            .load(*c))?;
        over.extend(ended);
    }
    if over.is_empty() {
        return Ok(0);
    }
    Ok(with_conn!(tx, c => diesel::delete(family_contacts::table)
        .filter(family_contacts::agency_id.eq(bind(agency)))
        .filter(family_contacts::id.eq_any(over.iter().map(bind).collect::<Vec<_>>()))
        .execute(*c))?)
}
