//! How many clients are expected soon.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::{dsl::count_star, prelude::*};
use domain::{AgencyId, AppointmentStatus, StaffId};

use crate::{error::StorageError, schema::appointments, store::Tx, types::bind, with_conn};

/// How many unmet appointments of these caseworkers, due on or after a date, close within a stretch
/// (after its first instant and before its last, UTC).
pub fn count_near(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    caseworkers: &[StaffId],
    due_from: NaiveDate,
    (after, before): (DateTime<Utc>, DateTime<Utc>),
) -> Result<i64, StorageError> {
    let unmet = [AppointmentStatus::Scheduled, AppointmentStatus::Open];
    Ok(with_conn!(tx, c => appointments::table
        .filter(appointments::agency_id.eq(bind(agency)))
        .filter(appointments::caseworker_id.eq_any(caseworkers.iter().map(bind).collect::<Vec<_>>()))
        // The dates bound the index range; the instants decide.
        .filter(appointments::due_on.ge(due_from))
        .filter(appointments::due_on.le(before.date_naive()))
        .filter(appointments::closes_at.gt(bind(after)))
        .filter(appointments::closes_at.lt(bind(before)))
        .filter(appointments::status.eq_any(unmet.map(bind)))
        .select(count_star())
        .first(*c))?)
}
