//! Pages of appointments by due date.

use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{AgencyId, AppointmentId, AppointmentStatus, CaseId, OfficeId, StaffId};

use super::Appointment;
use crate::{
    error::StorageError,
    schema::appointments,
    scope::{Scope, within},
    store::Tx,
    types::bind,
    with_conn,
};

/// What a list of appointments is narrowed to, within the caller's scope.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Appointments at this office.
    pub office: Option<OfficeId>,
    /// Appointments of this caseworker's cases.
    pub caseworker: Option<StaffId>,
    /// Appointments of this case.
    pub case: Option<CaseId>,
    /// Appointments in one of these states; empty = all.
    pub statuses: Vec<AppointmentStatus>,
    /// Due on or after this date.
    pub due_from: Option<NaiveDate>,
    /// Due on or before this date.
    pub due_to: Option<NaiveDate>,
}

/// Where a page begins: after this item.
#[derive(Debug, Clone, Copy)]
pub struct Position {
    /// Its due date.
    pub due_on: NaiveDate,
    /// Its id.
    pub id: AppointmentId,
}

/// A page of appointments the caller may see, the earliest due first.
pub fn list(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    scope: Scope,
    filter: &Filter,
    after: Option<Position>,
    limit: i64,
) -> Result<Vec<Appointment>, StorageError> {
    Ok(with_conn!(tx, c => {
        let mut query = within!(
            appointments::table
                .filter(appointments::agency_id.eq(bind(agency)))
                .order((appointments::due_on, appointments::id))
                .limit(limit)
                .select(Appointment::as_select())
                .into_boxed(),
            appointments, scope);
        if let Some(office) = filter.office {
            query = query.filter(appointments::office_id.eq(bind(office)));
        }
        if let Some(caseworker) = filter.caseworker {
            query = query.filter(appointments::caseworker_id.eq(bind(caseworker)));
        }
        if let Some(case) = filter.case {
            query = query.filter(appointments::case_id.eq(bind(case)));
        }
        if !filter.statuses.is_empty() {
            query = query.filter(
                appointments::status.eq_any(filter.statuses.iter().map(bind).collect::<Vec<_>>()),
            );
        }
        if let Some(from) = filter.due_from {
            query = query.filter(appointments::due_on.ge(from));
        }
        if let Some(to) = filter.due_to {
            query = query.filter(appointments::due_on.le(to));
        }
        if let Some(after) = after {
            // The first condition lets the index seek; the second drops what came before.
            query = query.filter(appointments::due_on.ge(after.due_on)).filter(
                appointments::due_on.gt(after.due_on).or(appointments::id.gt(bind(after.id))),
            );
        }
        query.load(*c)
    })?)
}
