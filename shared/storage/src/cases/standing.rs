//! What messages about cases depend on, without the rest of the row.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use domain::{AgencyId, CaseId, CaseStatus, StaffId};

use crate::{error::StorageError, schema::cases, store::Tx, types::bind, with_conn};

/// Where a case stands, whose it is, and by which rules.
#[derive(Debug, Clone, diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = cases)]
pub struct Standing {
    /// Its id.
    pub id: CaseId,
    /// Who looks after it.
    pub caseworker_id: StaffId,
    /// Its rule pack.
    pub rule_pack: String,
    /// The version of the pack.
    pub rule_pack_version: i32,
    /// Last day for reporting in, in the office's time zone.
    pub report_in_due_on: NaiveDate,
    /// First instant after the time for reporting in.
    pub report_in_closes_at: DateTime<Utc>,
    /// Where it stands.
    pub status: CaseStatus,
}

/// Where the cases with these ids stand, in no particular order.
pub fn standings(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    ids: &[CaseId],
) -> Result<Vec<Standing>, StorageError> {
    Ok(with_conn!(tx, c => cases::table
        .filter(cases::agency_id.eq(bind(agency)))
        .filter(cases::id.eq_any(ids.iter().map(bind).collect::<Vec<_>>()))
        .select(Standing::as_select())
        .load(*c))?)
}

/// Who looks after a case, without a look at the rest of it.
pub fn caseworker(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    id: CaseId,
) -> Result<Option<StaffId>, StorageError> {
    Ok(with_conn!(tx, c => cases::table
        .filter(cases::agency_id.eq(bind(agency)))
        .filter(cases::id.eq(bind(id)))
        .select(cases::caseworker_id)
        .first(*c)
        .optional())?)
}
