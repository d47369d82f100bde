//! Excuses that somebody has to decide.

use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{AgencyId, AppointmentId, CaseId, ClientId, ExcuseId, ExcuseStatus};

use super::name_of;
use crate::{
    error::StorageError,
    schema::{cases, clients, excuses},
    scope::{Scope, within},
    store::Tx,
    types::bind,
    with_conn,
};

/// An undecided excuse.
#[derive(Clone)]
#[expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]
pub struct WaitingExcuse {
    /// Its id.
    pub id: ExcuseId,
    /// The appointment it is for.
    pub appointment_id: AppointmentId,
    /// The case.
    pub case_id: CaseId,
    /// The client.
    pub client_id: ClientId,
    /// The client's full name: mask it in lists.
    pub client_name: String,
    /// One of the rule pack's codes.
    pub reason_code: String,
    /// Whether evidence is still to come.
    pub status: ExcuseStatus,
    /// Last day for evidence.
    pub evidence_due_on: Option<NaiveDate>,
}

type ExcuseColumns = (
    ExcuseId,
    AppointmentId,
    CaseId,
    ClientId,
    Vec<u8>,
    String,
    ExcuseStatus,
    Option<NaiveDate>,
);

/// Undecided excuses, in the order they were requested.
pub fn excuses(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    scope: Scope,
    limit: i64,
) -> Result<Vec<WaitingExcuse>, StorageError> {
    let rows: Vec<ExcuseColumns> = with_conn!(tx, c => within!(
        excuses::table
            .inner_join(cases::table.on(cases::agency_id
                .eq(excuses::agency_id)
                .and(cases::id.eq(excuses::case_id))))
            .inner_join(clients::table.on(clients::agency_id
                .eq(excuses::agency_id)
                .and(clients::id.eq(cases::client_id))))
            .filter(excuses::agency_id.eq(bind(agency)))
            .filter(cases::agency_id.eq(bind(agency)))
            .filter(clients::agency_id.eq(bind(agency)))
            .filter(excuses::status.eq_any([
                bind(ExcuseStatus::Requested),
                bind(ExcuseStatus::AwaitingEvidence),
            ]))
            .order(excuses::id)
            .limit(limit)
            .select((
                excuses::id,
                excuses::appointment_id,
                excuses::case_id,
                cases::client_id,
                clients::name_sealed,
                excuses::reason_code,
                excuses::status,
                excuses::evidence_due_on,
            ))
            .into_boxed(),
        cases, scope)
    .load(*c))?;
    let sealer = tx.sealer();
    rows.into_iter()
        .map(
            |(id, appointment_id, case_id, client_id, name, reason_code, status, evidence)| {
                let client_name = name_of(sealer, client_id, &name)?;
                Ok(WaitingExcuse {
                    id,
                    appointment_id,
                    case_id,
                    client_id,
                    client_name,
                    reason_code,
                    status,
                    evidence_due_on: evidence,
                })
            },
        )
        .collect()
}
