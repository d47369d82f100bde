//! What a test is judged by, in one query.

use diesel::prelude::*;
use domain::{AgencyId, AppointmentId, CaseId, Sex};

use crate::{
    cases::Case,
    error::StorageError,
    schema::{appointments, cases, clients, offices},
    scope::{Scope, within},
    store::Tx,
    types::bind,
    with_conn,
};

/// The case of a test, with what its rules ask about client and office.
#[derive(Debug, Clone)]
pub struct Context {
    /// The case.
    pub case: Case,
    /// Sex of the client.
    pub client_sex: Sex,
    /// IANA name of the office's time zone.
    pub timezone: String,
}

type Columns = (Case, Sex, String);

fn context((case, client_sex, timezone): Columns) -> Context {
    Context {
        case,
        client_sex,
        timezone,
    }
}

/// The case, its client and its office, as a boxed query within a scope.
macro_rules! joined {
    ($agency:expr, $scope:expr) => {{
        let query = cases::table
            .inner_join(
                clients::table.on(clients::agency_id
                    .eq(cases::agency_id)
                    .and(clients::id.eq(cases::client_id))),
            )
            .inner_join(
                offices::table.on(offices::agency_id
                    .eq(cases::agency_id)
                    .and(offices::id.eq(cases::office_id))),
            )
            .filter(cases::agency_id.eq(bind($agency)))
            .filter(clients::agency_id.eq(bind($agency)))
            .filter(offices::agency_id.eq(bind($agency)))
            .select((Case::as_select(), clients::sex, offices::timezone))
            .into_boxed();
        within!(query, cases, $scope)
    }};
}

/// The context of a test for an appointment of a case the caller may see.
pub fn of_appointment(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    scope: Scope,
    appointment: AppointmentId,
) -> Result<Option<Context>, StorageError> {
    let found: Option<Columns> = with_conn!(tx, c => joined!(agency, scope)
        .filter(cases::id.eq_any(appointments::table
            .filter(appointments::agency_id.eq(bind(agency)))
            .filter(appointments::id.eq(bind(appointment)))
            .select(appointments::case_id)))
        .first(*c)
        .optional())?;
    Ok(found.map(context))
}

/// The context of an additional test in a case the caller may see.
pub fn of_case(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    scope: Scope,
    case: CaseId,
) -> Result<Option<Context>, StorageError> {
    let found: Option<Columns> = with_conn!(tx, c => joined!(agency, scope)
        .filter(cases::id.eq(bind(case)))
        .first(*c)
        .optional())?;
    Ok(found.map(context))
}
