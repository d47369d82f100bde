//! Years of the working-day calendar that an agency loaded.

use chrono::{DateTime, Utc};
use diesel::{prelude::*, upsert::excluded};
use domain::{AgencyId, StaffId};

use crate::{
    error::StorageError,
    schema::calendars,
    store::Tx,
    types::{bind, record},
    with_conn,
};

record! {
    /// One year's holiday notice, as data.
    pub struct CalendarYear, CalendarYearValues in calendars {
        agency_id: AgencyId,
        year: i32,
        /// Title and number of the notice.
        notice: String,
        /// Where it was published.
        source: String,
        document: serde_json::Value,
        loaded_at: DateTime<Utc>,
        /// `None`: it ships with the product.
        loaded_by: Option<StaffId>,
    }
}

/// Stores a year, in place of what was loaded for it before.
pub fn upsert(tx: &mut Tx<'_>, year: &CalendarYear) -> Result<(), StorageError> {
    with_conn!(tx, c => diesel::insert_into(calendars::table)
        .values(year.values())
        .on_conflict((calendars::agency_id, calendars::year))
        .do_update()
        .set((
            calendars::notice.eq(excluded(calendars::notice)),
            calendars::source.eq(excluded(calendars::source)),
            calendars::document.eq(excluded(calendars::document)),
            calendars::loaded_at.eq(excluded(calendars::loaded_at)),
            calendars::loaded_by.eq(excluded(calendars::loaded_by)),
        ))
        .execute(*c))?;
    Ok(())
}

/// One year, if the agency loaded it.
pub fn get(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    year: i32,
) -> Result<Option<CalendarYear>, StorageError> {
    Ok(with_conn!(tx, c => calendars::table
        .filter(calendars::agency_id.eq(bind(agency)))
        .filter(calendars::year.eq(year))
        .select(CalendarYear::as_select())
        .first(*c)
        .optional())?)
}

/// Every year the agency loaded, oldest first. One row a year: no pages.
pub fn list(tx: &mut Tx<'_>, agency: AgencyId) -> Result<Vec<CalendarYear>, StorageError> {
    Ok(with_conn!(tx, c => calendars::table
        .filter(calendars::agency_id.eq(bind(agency)))
        .order(calendars::year)
        .select(CalendarYear::as_select())
        .load(*c))?)
}
