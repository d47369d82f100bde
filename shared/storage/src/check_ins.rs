//! Check-ins: a client says that they are there. A single point at most, never a track.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::{AgencyId, CheckInId, ClientId, OfficeId};

use crate::{
    error::StorageError,
    schema::check_ins,
    sealed::{Place, Sealer},
    store::Tx,
    types::{bind, record},
    with_conn,
};

record! {
    struct Row, RowValues in check_ins {
        agency_id: AgencyId,
        id: CheckInId,
        client_id: ClientId,
        office_id: OfficeId,
        note_sealed: Option<Vec<u8>>,
        location_sealed: Option<Vec<u8>>,
        made_at: DateTime<Utc>,
    }
}

/// One check-in of a client.
#[derive(Clone)]
#[expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]
pub struct CheckIn {
    /// The tenant.
    pub agency_id: AgencyId,
    /// Its id.
    pub id: CheckInId,
    /// Who.
    pub client_id: ClientId,
    /// The office that looks after the client.
    pub office_id: OfficeId,
    /// What the client wrote.
    pub note: Option<String>,
    /// Where the client said to be: latitude and longitude in degrees, with a comma between.
    pub location: Option<String>,
    /// When (UTC).
    pub made_at: DateTime<Utc>,
}

fn seal(it: &CheckIn, sealer: &Sealer) -> Result<Row, StorageError> {
    let place = |field| Place::new(field, it.id);
    Ok(Row {
        agency_id: it.agency_id,
        id: it.id,
        client_id: it.client_id,
        office_id: it.office_id,
        note_sealed: sealer.seal_opt(place("check_ins.note"), it.note.as_deref())?,
        location_sealed: sealer.seal_opt(place("check_ins.location"), it.location.as_deref())?,
        made_at: it.made_at,
    })
}

fn open(row: Row, sealer: &Sealer) -> Result<CheckIn, StorageError> {
    let place = |field| Place::new(field, row.id);
    Ok(CheckIn {
        note: sealer.open_opt(place("check_ins.note"), row.note_sealed.as_deref())?,
        location: sealer.open_opt(place("check_ins.location"), row.location_sealed.as_deref())?,
        agency_id: row.agency_id,
        id: row.id,
        client_id: row.client_id,
        office_id: row.office_id,
        made_at: row.made_at,
    })
}

/// Stores a check-in.
pub fn insert(tx: &mut Tx<'_>, it: &CheckIn) -> Result<(), StorageError> {
    let row = seal(it, tx.sealer())?;
    with_conn!(tx, c => diesel::insert_into(check_ins::table).values(row.values()).execute(*c))?;
    Ok(())
}

/// A page of a client's check-ins made before `before`, the latest first.
pub fn of_client(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    client: ClientId,
    before: Option<CheckInId>,
    limit: i64,
) -> Result<Vec<CheckIn>, StorageError> {
    let rows: Vec<Row> = with_conn!(tx, c => {
        let mut query = check_ins::table
            .filter(check_ins::agency_id.eq(bind(agency)))
            .filter(check_ins::client_id.eq(bind(client)))
            .order(check_ins::id.desc())
            .limit(limit)
            .select(Row::as_select())
            .into_boxed();
        if let Some(before) = before {
            query = query.filter(check_ins::id.lt(bind(before)));
        }
        query.load(*c)
    })?;
    rows.into_iter().map(|row| open(row, tx.sealer())).collect()
}

/// Wipes the places of all of a client's check-ins.
pub fn wipe_places(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    client: ClientId,
) -> Result<usize, StorageError> {
    Ok(with_conn!(tx, c => diesel::update(check_ins::table
            .filter(check_ins::agency_id.eq(bind(agency)))
            .filter(check_ins::client_id.eq(bind(client)))
            .filter(check_ins::location_sealed.is_not_null()))
        .set(check_ins::location_sealed.eq(None::<Vec<u8>>))
        .execute(*c))?)
}
