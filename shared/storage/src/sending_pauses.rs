//! Pauses of sending: of an office's messages, or of a gateway's for the whole agency.

use std::{collections::HashSet, fmt};

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::{AgencyId, OfficeId, SendingPauseId, StaffId};

use crate::{
    error::StorageError,
    page::page,
    schema::sending_pauses,
    scope::{Area, offices_of},
    sealed::{Place, Sealer},
    store::Tx,
    types::{bind, record},
    with_conn,
};

const REASON: &str = "sending_pauses.reason";

record! {
    struct Row, RowValues in sending_pauses {
        agency_id: AgencyId,
        id: SendingPauseId,
        office_id: Option<OfficeId>,
        gateway: Option<String>,
        reason_sealed: Vec<u8>,
        made_by: StaffId,
        made_at: DateTime<Utc>,
        ended_by: Option<StaffId>,
        ended_at: Option<DateTime<Utc>>,
    }
}

/// What is not sent while a pause stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Paused {
    /// The messages of an office.
    Office(OfficeId),
    /// Whatever would leave by a gateway of this name.
    Gateway(String),
}

/// Somebody stopped sending.
#[derive(Clone)]
pub struct SendingPause {
    /// The tenant.
    pub agency_id: AgencyId,
    /// Its id.
    pub id: SendingPauseId,
    /// What is held back.
    pub paused: Paused,
    /// Why, in free words; kept sealed.
    pub reason: String,
    /// Who made it.
    pub made_by: StaffId,
    /// When (UTC).
    pub made_at: DateTime<Utc>,
    /// Who ended it.
    pub ended_by: Option<StaffId>,
    /// When (UTC); none: it stands.
    pub ended_at: Option<DateTime<Utc>>,
}

impl fmt::Debug for SendingPause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendingPause")
            .field("id", &self.id)
            .field("paused", &self.paused)
            .field("ended_at", &self.ended_at)
            .finish_non_exhaustive()
    }
}

/// Which pauses somebody may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// All of the agency.
    All,
    /// Those of an office and those of gateways, which concern every office.
    OfOffice(OfficeId),
    /// Those of an area's offices and those of gateways.
    InArea(Area),
}

fn open(row: Row, sealer: &Sealer) -> Result<SendingPause, StorageError> {
    let paused = match (row.office_id, row.gateway) {
        (Some(office), None) => Paused::Office(office),
        (None, Some(gateway)) => Paused::Gateway(gateway),
        _ => return Err(StorageError::Corrupt("a pause of nothing".to_owned())),
    };
    Ok(SendingPause {
        reason: sealer.open(Place::new(REASON, row.id), &row.reason_sealed)?,
        agency_id: row.agency_id,
        id: row.id,
        paused,
        made_by: row.made_by,
        made_at: row.made_at,
        ended_by: row.ended_by,
        ended_at: row.ended_at,
    })
}

/// Narrows a boxed query to the pauses somebody may see.
macro_rules! seen_by {
    ($query:expr, $seen:expr) => {
        match $seen {
            Seen::All => $query,
            Seen::OfOffice(office) => $query.filter(
                sending_pauses::office_id
                    .eq(bind(Some(office)))
                    .or(sending_pauses::office_id.is_null()),
            ),
            Seen::InArea(area) => $query.filter(
                sending_pauses::office_id
                    .assume_not_null()
                    .eq_any(offices_of!(area))
                    .or(sending_pauses::office_id.is_null()),
            ),
        }
    };
}

/// Stores a new pause.
///
/// # Errors
/// [`StorageError::Duplicate`] while another pause of the same office or gateway stands.
pub fn insert(tx: &mut Tx<'_>, pause: &SendingPause) -> Result<(), StorageError> {
    let (office_id, gateway) = match &pause.paused {
        Paused::Office(office) => (Some(*office), None),
        Paused::Gateway(gateway) => (None, Some(gateway.clone())),
    };
    let row = Row {
        agency_id: pause.agency_id,
        id: pause.id,
        office_id,
        gateway,
        reason_sealed: tx
            .sealer()
            .seal(Place::new(REASON, pause.id), &pause.reason)?,
        made_by: pause.made_by,
        made_at: pause.made_at,
        ended_by: pause.ended_by,
        ended_at: pause.ended_at,
    };
    with_conn!(tx, c => diesel::insert_into(sending_pauses::table)
        .values(row.values())
        .execute(*c))?;
    Ok(())
}

/// One pause the caller may see.
pub fn get(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    seen: Seen,
    id: SendingPauseId,
) -> Result<Option<SendingPause>, StorageError> {
    let row: Option<Row> = with_conn!(tx, c => {
        let query = sending_pauses::table
            .filter(sending_pauses::agency_id.eq(bind(agency)))
            .filter(sending_pauses::id.eq(bind(id)))
            .select(Row::as_select())
            .into_boxed();
        seen_by!(query, seen).first(*c).optional()
    })?;
    row.map(|row| open(row, tx.sealer())).transpose()
}

/// A page of pauses the caller may see, in the order they were made; `standing`: only those that are
/// not ended.
pub fn list(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    seen: Seen,
    standing: bool,
    after: Option<SendingPauseId>,
    limit: i64,
) -> Result<Vec<SendingPause>, StorageError> {
    let rows: Vec<Row> = with_conn!(tx, c => {
        let query = sending_pauses::table
            .filter(sending_pauses::agency_id.eq(bind(agency)))
            .select(Row::as_select())
            .into_boxed();
        let mut query = seen_by!(query, seen);
        if standing {
            query = query.filter(sending_pauses::ended_at.is_null());
        }
        page!(query, sending_pauses, after, limit).load(*c)
    })?;
    rows.into_iter().map(|row| open(row, tx.sealer())).collect()
}

/// Ends a pause, unless it has been; answers whether it was this that ended it.
pub fn end(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    id: SendingPauseId,
    by: StaffId,
    now: DateTime<Utc>,
) -> Result<bool, StorageError> {
    let ended = with_conn!(tx, c => diesel::update(sending_pauses::table
            .filter(sending_pauses::agency_id.eq(bind(agency)))
            .filter(sending_pauses::id.eq(bind(id)))
            .filter(sending_pauses::ended_at.is_null()))
        .set((
            sending_pauses::ended_by.eq(bind(Some(by))),
            sending_pauses::ended_at.eq(bind(Some(now))),
        ))
        .execute(*c))?;
    Ok(ended == 1)
}

/// The offices whose sending is paused, as a query.
macro_rules! paused_offices {
    ($agency:expr) => {
        crate::schema::sending_pauses::table
            .filter(crate::schema::sending_pauses::agency_id.eq(bind($agency)))
            .filter(crate::schema::sending_pauses::office_id.is_not_null())
            .filter(crate::schema::sending_pauses::ended_at.is_null())
            .select(crate::schema::sending_pauses::office_id.assume_not_null())
    };
}
pub(crate) use paused_offices;

/// The offices whose sending is paused.
pub fn offices(tx: &mut Tx<'_>, agency: AgencyId) -> Result<Vec<OfficeId>, StorageError> {
    Ok(with_conn!(tx, c => paused_offices!(agency).load(*c))?)
}

/// The names of the gateways by which nothing is sent for the agency.
pub fn gateways(tx: &mut Tx<'_>, agency: AgencyId) -> Result<HashSet<String>, StorageError> {
    let found: Vec<Option<String>> = with_conn!(tx, c => sending_pauses::table
        .filter(sending_pauses::agency_id.eq(bind(agency)))
        .filter(sending_pauses::gateway.is_not_null())
        .filter(sending_pauses::ended_at.is_null())
        .select(sending_pauses::gateway)
        .load(*c))?;
    Ok(found.into_iter().flatten().collect())
}
