//! Tasks: what people have to do.

mod closing;
mod told;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::{dsl::count_star, prelude::*};
use domain::{
    AgencyId, AppointmentId, CaseId, ClientId, EscalationId, MessageId, OfficeId, StaffId, TaskId,
    TaskKind, TaskOutcome, TaskStatus, emergency::EmergencyRound,
};

pub use self::{
    closing::{cancel_key, cancel_open, cancel_open_about, finish_open},
    told::{first_told, note_told, told_by},
};

use crate::{
    error::StorageError,
    prepared::execute_prepared,
    schema::tasks,
    scope::{Scope, narrowed},
    sealed::{Place, Sealer},
    store::Tx,
    types::{bind, record},
    with_conn,
};

record! {
    struct Row, RowValues in tasks {
        agency_id: AgencyId,
        id: TaskId,
        office_id: OfficeId,
        assignee_id: Option<StaffId>,
        client_id: Option<ClientId>,
        case_id: Option<CaseId>,
        appointment_id: Option<AppointmentId>,
        escalation_id: Option<EscalationId>,
        message_id: Option<MessageId>,
        kind: TaskKind,
        status: TaskStatus,
        due_on: NaiveDate,
        outcome: Option<TaskOutcome>,
        note_sealed: Option<Vec<u8>>,
        dedupe_key: String,
        closed_at: Option<DateTime<Utc>>,
        closed_by: Option<StaffId>,
        version: i64,
        created_at: DateTime<Utc>,
        told_round: Option<EmergencyRound>,
        told_at: Option<DateTime<Utc>>,
    }
}

/// Something a person has to do.
#[derive(Clone)]
#[expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]
pub struct Task {
    /// The tenant.
    pub agency_id: AgencyId,
    /// Its id.
    pub id: TaskId,
    /// The office it belongs to.
    pub office_id: OfficeId,
    /// Who is to do it; none = any supervisor of the office.
    pub assignee_id: Option<StaffId>,
    /// The client it is about.
    pub client_id: Option<ClientId>,
    /// The case it is about.
    pub case_id: Option<CaseId>,
    /// The appointment it is about.
    pub appointment_id: Option<AppointmentId>,
    /// The escalation it is about.
    pub escalation_id: Option<EscalationId>,
    /// The message it stands in for.
    pub message_id: Option<MessageId>,
    /// What is to be done.
    pub kind: TaskKind,
    /// Where it stands.
    pub status: TaskStatus,
    /// Last day, in the office's time zone.
    pub due_on: NaiveDate,
    /// What came of it.
    pub outcome: Option<TaskOutcome>,
    /// Free text.
    pub note: Option<String>,
    /// One task per key, however often it is asked for.
    pub dedupe_key: String,
    /// When it was done or cancelled.
    pub closed_at: Option<DateTime<Utc>>,
    /// By whom.
    pub closed_by: Option<StaffId>,
    /// Goes up by one with every change.
    pub version: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Of a call for help that cannot wait: who was told last.
    pub told_round: Option<EmergencyRound>,
    /// When (UTC); none where nobody else is to be told.
    pub told_at: Option<DateTime<Utc>>,
}

fn seal(task: &Task, sealer: &Sealer) -> Result<Row, StorageError> {
    Ok(Row {
        agency_id: task.agency_id,
        id: task.id,
        office_id: task.office_id,
        assignee_id: task.assignee_id,
        client_id: task.client_id,
        case_id: task.case_id,
        appointment_id: task.appointment_id,
        escalation_id: task.escalation_id,
        message_id: task.message_id,
        kind: task.kind,
        status: task.status,
        due_on: task.due_on,
        outcome: task.outcome,
        note_sealed: sealer.seal_opt(Place::new("tasks.note", task.id), task.note.as_deref())?,
        dedupe_key: task.dedupe_key.clone(),
        closed_at: task.closed_at,
        closed_by: task.closed_by,
        version: task.version,
        created_at: task.created_at,
        told_round: task.told_round,
        told_at: task.told_at,
    })
}

fn open(row: Row, sealer: &Sealer) -> Result<Task, StorageError> {
    Ok(Task {
        note: sealer.open_opt(Place::new("tasks.note", row.id), row.note_sealed.as_deref())?,
        agency_id: row.agency_id,
        id: row.id,
        office_id: row.office_id,
        assignee_id: row.assignee_id,
        client_id: row.client_id,
        case_id: row.case_id,
        appointment_id: row.appointment_id,
        escalation_id: row.escalation_id,
        message_id: row.message_id,
        kind: row.kind,
        status: row.status,
        due_on: row.due_on,
        outcome: row.outcome,
        dedupe_key: row.dedupe_key,
        closed_at: row.closed_at,
        closed_by: row.closed_by,
        version: row.version,
        created_at: row.created_at,
        told_round: row.told_round,
        told_at: row.told_at,
    })
}

/// What a list of tasks is narrowed to, within the caller's scope.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Tasks of this person.
    pub assignee: Option<StaffId>,
    /// In this status.
    pub status: Option<TaskStatus>,
    /// About this case.
    pub case: Option<CaseId>,
    /// Due on or before this date.
    pub due_to: Option<NaiveDate>,
}

/// Where a page begins: after this task.
#[derive(Debug, Clone, Copy)]
pub struct Position {
    /// Its due date.
    pub due_on: NaiveDate,
    /// Its id.
    pub id: TaskId,
}

/// Stores a task unless one with its key exists; answers whether it was stored.
pub fn insert_once(tx: &mut Tx<'_>, task: &Task) -> Result<bool, StorageError> {
    let row = seal(task, tx.sealer())?;
    let stored = with_conn!(tx, c => diesel::insert_into(tasks::table)
        .values(row.values())
        .on_conflict((tasks::agency_id, tasks::dedupe_key))
        .do_nothing()
        .execute(*c))?;
    Ok(stored == 1)
}

/// Replaces a task if its stored version is still `expected`; answers whether it was.
pub fn save(tx: &mut Tx<'_>, task: &Task, expected: i64) -> Result<bool, StorageError> {
    let row = seal(task, tx.sealer())?;
    let changed = with_conn!(tx, c => execute_prepared!(*c, tasks, diesel::update(tasks::table
            .filter(tasks::agency_id.eq(bind(task.agency_id)))
            .filter(tasks::id.eq(bind(task.id)))
            .filter(tasks::version.eq(expected)))
        .set(row.values())))?;
    Ok(changed == 1)
}

/// Narrows a boxed query: a caseworker's scope on tasks is those assigned to the caseworker.
macro_rules! within_scope {
    ($query:expr, $scope:expr) => {
        narrowed!(
            $query,
            tasks::office_id,
            tasks::assignee_id,
            tasks::frozen_from,
            $scope,
            Some
        )
    };
}

/// One task the caller may see.
pub fn get(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    scope: Scope,
    id: TaskId,
) -> Result<Option<Task>, StorageError> {
    let row = with_conn!(tx, c => within_scope!(
        tasks::table
            .filter(tasks::agency_id.eq(bind(agency)))
            .filter(tasks::id.eq(bind(id)))
            .select(Row::as_select())
            .into_boxed(),
        scope)
    .first(*c)
    .optional())?;
    row.map(|row| open(row, tx.sealer())).transpose()
}

/// A page of tasks the caller may see, the earliest due first.
pub fn list(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    scope: Scope,
    filter: &Filter,
    after: Option<Position>,
    limit: i64,
) -> Result<Vec<Task>, StorageError> {
    let rows: Vec<Row> = with_conn!(tx, c => {
        let mut query = within_scope!(
            tasks::table
                .filter(tasks::agency_id.eq(bind(agency)))
                .order((tasks::due_on, tasks::id))
                .limit(limit)
                .select(Row::as_select())
                .into_boxed(),
            scope);
        if let Some(assignee) = filter.assignee {
            query = query.filter(tasks::assignee_id.eq(bind(Some(assignee))));
        }
        if let Some(status) = filter.status {
            query = query.filter(tasks::status.eq(bind(status)));
        }
        if let Some(case) = filter.case {
            query = query.filter(tasks::case_id.eq(bind(Some(case))));
        }
        if let Some(to) = filter.due_to {
            query = query.filter(tasks::due_on.le(to));
        }
        if let Some(after) = after {
            query = query.filter(tasks::due_on.ge(after.due_on)).filter(
                tasks::due_on.gt(after.due_on).or(tasks::id.gt(bind(after.id))),
            );
        }
        query.load(*c)
    })?;
    rows.into_iter().map(|row| open(row, tx.sealer())).collect()
}

/// How many open tasks are due on or before a date that are assigned to one of these people, or are for
/// any supervisor of one of these offices.
pub fn count_waiting(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    people: &[StaffId],
    for_heads_of: &[OfficeId],
    due_to: NaiveDate,
) -> Result<i64, StorageError> {
    let people: Vec<_> = people.iter().map(|id| bind(Some(*id))).collect();
    Ok(with_conn!(tx, c => {
        let waiting = tasks::table
            .filter(tasks::agency_id.eq(bind(agency)))
            .filter(tasks::status.eq(bind(TaskStatus::Open)))
            .filter(tasks::due_on.le(due_to))
            .select(count_star())
            .into_boxed();
        let waiting = match for_heads_of {
            [] => waiting.filter(tasks::assignee_id.eq_any(people)),
            offices => waiting.filter(
                tasks::assignee_id.eq_any(people).assume_not_null().or(tasks::assignee_id
                    .is_null()
                    .and(tasks::office_id.eq_any(offices.iter().map(bind).collect::<Vec<_>>()))),
            ),
        };
        waiting.first(*c)
    })?)
}

/// The tasks about a client and no case, in the order they were made: what the client asked for.
pub fn of_client(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    client: ClientId,
) -> Result<Vec<Task>, StorageError> {
    let rows: Vec<Row> = with_conn!(tx, c => tasks::table
        .filter(tasks::agency_id.eq(bind(agency)))
        .filter(tasks::client_id.eq(bind(Some(client))))
        .filter(tasks::case_id.is_null())
        .order(tasks::id)
        .select(Row::as_select())
        .load(*c))?;
    rows.into_iter().map(|row| open(row, tx.sealer())).collect()
}

/// The tasks about these appointments, in the order they were made.
pub fn of_appointments(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    appointments: &[AppointmentId],
) -> Result<Vec<Task>, StorageError> {
    let wanted: Vec<_> = appointments.iter().map(|id| bind(Some(*id))).collect();
    let rows: Vec<Row> = with_conn!(tx, c => tasks::table
        .filter(tasks::agency_id.eq(bind(agency)))
        .filter(tasks::appointment_id.eq_any(wanted))
        .order(tasks::id)
        .select(Row::as_select())
        .load(*c))?;
    rows.into_iter().map(|row| open(row, tx.sealer())).collect()
}
