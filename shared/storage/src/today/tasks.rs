//! Open tasks.

use chrono::NaiveDate;
use domain::{AppointmentId, CaseId, ClientId, EscalationId, TaskId, TaskKind};

use super::{ClientName, waiting::Row};
use crate::error::StorageError;

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
    /// The client's name.
    pub client_name: Option<ClientName>,
    /// The case it is about.
    pub case_id: Option<CaseId>,
    /// The appointment it is about.
    pub appointment_id: Option<AppointmentId>,
    /// The escalation it is about.
    pub escalation_id: Option<EscalationId>,
}

/// The first open tasks, as rows of [`Row`].
macro_rules! select_tasks {
    ($agency:expr, $scope:expr, $limit:expr) => {{
        let query = tasks::table
            .left_join(clients::table.on(clients::agency_id
                .eq(tasks::agency_id)
                .and(clients::agency_id.eq(bind($agency)))
                .and(clients::id.nullable().eq(tasks::client_id))))
            .filter(tasks::agency_id.eq(bind($agency)))
            .filter(tasks::status.eq(bind(TaskStatus::Open)))
            .order((tasks::due_on, tasks::id))
            .limit($limit)
            .select((
                tasks::id,
                tasks::client_id,
                clients::name_sealed.nullable(),
                tasks::case_id,
                tasks::appointment_id,
                tasks::escalation_id,
                tasks::due_on.nullable(),
                absent!(String as Text),
                absent!(ExcuseStatus as Word),
                absent!(EscalationStatus as Word),
                absent!(EscalationKind as Word),
                absent!(i32 as Integer),
                absent!(DateTime<Utc> as UtcInstant),
                tasks::kind.nullable(),
            ))
            .into_boxed();
        narrowed!(
            query,
            tasks::office_id,
            tasks::assignee_id,
            tasks::frozen_from,
            $scope,
            Some
        )
    }};
}
pub(super) use select_tasks;

impl OpenTask {
    pub(super) fn of(row: Row) -> Result<Self, StorageError> {
        let client_name = row
            .client_id
            .zip(row.client_name)
            .map(|(client, sealed)| ClientName { client, sealed });
        Ok(Self {
            id: TaskId::from_uuid(row.id.uuid()),
            kind: Row::needed(row.task)?,
            due_on: Row::needed(row.on)?,
            client_id: row.client_id,
            client_name,
            case_id: row.case_id,
            appointment_id: row.appointment_id,
            escalation_id: row.escalation_id,
        })
    }
}
