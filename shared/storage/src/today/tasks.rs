//! Open tasks.

use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    AgencyId, AppointmentId, CaseId, ClientId, EscalationId, TaskId, TaskKind, TaskStatus,
};

use super::name_of;
use crate::{
    error::StorageError,
    schema::{clients, tasks},
    scope::{Scope, narrowed},
    store::Tx,
    types::bind,
    with_conn,
};

/// An open task.
#[derive(Clone)]
#[expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]
pub struct OpenTask {
    /// Its id.
    pub id: TaskId,
    /// What is to be done.
    pub kind: TaskKind,
    /// Last day, in the office's time zone.
    pub due_on: NaiveDate,
    /// The client it is about.
    pub client_id: Option<ClientId>,
    /// The client's full name: mask it in lists.
    pub client_name: Option<String>,
    /// The case it is about.
    pub case_id: Option<CaseId>,
    /// The appointment it is about.
    pub appointment_id: Option<AppointmentId>,
    /// The escalation it is about.
    pub escalation_id: Option<EscalationId>,
}

type TaskColumns = (
    TaskId,
    TaskKind,
    NaiveDate,
    Option<ClientId>,
    Option<Vec<u8>>,
    Option<CaseId>,
    Option<AppointmentId>,
    Option<EscalationId>,
);

/// Open tasks, the earliest due first: a caseworker's own, or all of an office.
pub fn tasks(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    scope: Scope,
    limit: i64,
) -> Result<Vec<OpenTask>, StorageError> {
    let rows: Vec<TaskColumns> = with_conn!(tx, c => {
        let query = tasks::table
            .left_join(clients::table.on(clients::agency_id
                .eq(tasks::agency_id)
                .and(clients::agency_id.eq(bind(agency)))
                .and(clients::id.nullable().eq(tasks::client_id))))
            .filter(tasks::agency_id.eq(bind(agency)))
            .filter(tasks::status.eq(bind(TaskStatus::Open)))
            .order((tasks::due_on, tasks::id))
            .limit(limit)
            .select((
                tasks::id,
                tasks::kind,
                tasks::due_on,
                tasks::client_id,
                clients::name_sealed.nullable(),
                tasks::case_id,
                tasks::appointment_id,
                tasks::escalation_id,
            ))
            .into_boxed();
        narrowed!(query, tasks::office_id, tasks::assignee_id, scope, Some).load(*c)
    })?;
    let sealer = tx.sealer();
    rows.into_iter()
        .map(
            |(id, kind, due_on, client_id, name, case_id, appointment_id, escalation_id)| {
                let client_name = match (client_id, name) {
                    (Some(client), Some(name)) => Some(name_of(sealer, client, &name)?),
                    _ => None,
                };
                Ok(OpenTask {
                    id,
                    kind,
                    due_on,
                    client_id,
                    client_name,
                    case_id,
                    appointment_id,
                    escalation_id,
                })
            },
        )
        .collect()
}
