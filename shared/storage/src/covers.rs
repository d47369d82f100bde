//! Covers: who looks after an absent colleague's cases, and for how long.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::{dsl::exists, prelude::*};
use domain::{AgencyId, CoverId, OfficeId, StaffId};

use crate::{
    error::StorageError,
    page::page,
    schema::{covers, offices},
    scope::{AREA_OFFICES, Area, offices_of},
    store::Tx,
    types::{bind, record},
    with_conn,
};

record! {
    /// Somebody covers for an absent colleague.
    pub struct Cover, CoverValues in covers {
        /// The tenant.
        agency_id: AgencyId,
        /// Its id.
        id: CoverId,
        /// The absent colleague's office when the cover was made; its time zone made the instants.
        office_id: OfficeId,
        /// Whose cases are covered.
        absent_id: StaffId,
        /// Who reaches them meanwhile.
        covering_id: StaffId,
        /// First day, local to the office.
        starts_on: NaiveDate,
        /// Last day, local to the office.
        ends_on: NaiveDate,
        /// When the first day begins (UTC).
        starts_at: DateTime<Utc>,
        /// When the last day is over (UTC).
        ends_at: DateTime<Utc>,
        /// Who made it.
        made_by: StaffId,
        /// When (UTC).
        made_at: DateTime<Utc>,
        /// Who ended it early.
        ended_by: Option<StaffId>,
        /// When (UTC).
        ended_at: Option<DateTime<Utc>>,
    }
}

impl Cover {
    /// Whether it opens the absent colleague's cases at an instant.
    pub fn in_force(&self, at: DateTime<Utc>) -> bool {
        self.ended_at.is_none() && self.starts_at <= at && at < self.ends_at
    }
}

/// Which covers somebody may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// All of the agency.
    All,
    /// Those of the absent of an office.
    OfOffice(OfficeId),
    /// Those of the absent of an area's offices.
    InArea(Area),
    /// Those a person is absent or covering in.
    Of(StaffId),
}

/// Narrows a boxed query to the covers somebody may see.
macro_rules! seen_by {
    ($query:expr, $seen:expr) => {
        match $seen {
            Seen::All => $query,
            Seen::OfOffice(office) => $query.filter(covers::office_id.eq(bind(office))),
            // Not as a list of offices: SQLite would look for each of them, and then sort.
            Seen::InArea(area) => $query.filter(exists(
                offices_of!(area).filter(AREA_OFFICES.field(offices::id).eq(covers::office_id)),
            )),
            Seen::Of(person) => $query.filter(
                covers::absent_id
                    .eq(bind(person))
                    .or(covers::covering_id.eq(bind(person))),
            ),
        }
    };
}

/// Stores a new cover.
pub fn insert(tx: &mut Tx<'_>, cover: &Cover) -> Result<(), StorageError> {
    with_conn!(tx, c => diesel::insert_into(covers::table).values(cover.values()).execute(*c))?;
    Ok(())
}

/// One cover the caller may see.
pub fn get(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    seen: Seen,
    id: CoverId,
) -> Result<Option<Cover>, StorageError> {
    Ok(with_conn!(tx, c => {
        let query = covers::table
            .filter(covers::agency_id.eq(bind(agency)))
            .filter(covers::id.eq(bind(id)))
            .select(Cover::as_select())
            .into_boxed();
        seen_by!(query, seen).first(*c).optional()
    })?)
}

/// A page of covers the caller may see, in the order they were made; `standing` only those that are
/// neither over nor ended at an instant.
pub fn list(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    seen: Seen,
    standing: Option<DateTime<Utc>>,
    after: Option<CoverId>,
    limit: i64,
) -> Result<Vec<Cover>, StorageError> {
    Ok(with_conn!(tx, c => {
        let query = covers::table
            .filter(covers::agency_id.eq(bind(agency)))
            .select(Cover::as_select())
            .into_boxed();
        let mut query = seen_by!(query, seen);
        if let Some(at) = standing {
            query = query
                .filter(covers::ends_at.gt(bind(at)))
                .filter(covers::ended_at.is_null());
        }
        page!(query, covers, after, limit).load(*c)
    })?)
}

/// Ends a cover early, unless it has been; answers whether it was this that ended it.
pub fn end(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    id: CoverId,
    by: StaffId,
    now: DateTime<Utc>,
) -> Result<bool, StorageError> {
    let ended = with_conn!(tx, c => diesel::update(covers::table
            .filter(covers::agency_id.eq(bind(agency)))
            .filter(covers::id.eq(bind(id)))
            .filter(covers::ended_at.is_null()))
        .set((covers::ended_by.eq(bind(Some(by))), covers::ended_at.eq(bind(Some(now)))))
        .execute(*c))?;
    Ok(ended == 1)
}

/// Whom a person covers for at some time from `from` to before `until` (UTC); everybody once.
pub fn covered_by(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    covering: StaffId,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Vec<StaffId>, StorageError> {
    let mut absent: Vec<StaffId> = with_conn!(tx, c => covers::table
        .filter(covers::agency_id.eq(bind(agency)))
        .filter(covers::covering_id.eq(bind(covering)))
        .filter(covers::ends_at.gt(bind(from)))
        .filter(covers::starts_at.lt(bind(until)))
        .filter(covers::ended_at.is_null())
        .select(covers::absent_id)
        .load(*c))?;
    absent.sort_unstable();
    absent.dedup();
    Ok(absent)
}

/// Who covers for one of these at an instant (UTC); as often as they have covers.
pub fn covering_for(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    absent: &[StaffId],
    at: DateTime<Utc>,
) -> Result<Vec<StaffId>, StorageError> {
    Ok(with_conn!(tx, c => covers::table
        .filter(covers::agency_id.eq(bind(agency)))
        .filter(covers::absent_id.eq_any(absent.iter().map(bind).collect::<Vec<_>>()))
        .filter(covers::starts_at.le(bind(at)))
        .filter(covers::ends_at.gt(bind(at)))
        .filter(covers::ended_at.is_null())
        .select(covers::covering_id)
        .load(*c))?)
}

/// Who covers for somebody by a cover neither over nor ended at an instant (UTC), those to come too;
/// as often as they have covers.
pub fn covering(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    at: DateTime<Utc>,
) -> Result<Vec<StaffId>, StorageError> {
    Ok(with_conn!(tx, c => covers::table
        .filter(covers::agency_id.eq(bind(agency)))
        .filter(covers::ends_at.gt(bind(at)))
        .filter(covers::ended_at.is_null())
        .select(covers::covering_id)
        .load(*c))?)
}
