//! Excuses, escalations and tasks that wait for somebody, in one query.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::{
    prelude::*,
    sql_types::{Date, Integer, Nullable, Text},
};
use domain::{
    AgencyId, AppointmentId, CaseId, ClientId, EscalationId, EscalationKind, EscalationStatus,
    ExcuseStatus, TaskKind, TaskStatus,
};

use super::{
    OpenEscalation, OpenTask, WaitingExcuse, escalations::select_escalations,
    excuses::select_excuses, tasks::select_tasks,
};
use crate::{
    any_id::AnyId,
    error::StorageError,
    schema::{cases, clients, escalations, excuses, tasks},
    scope::{Scope, narrowed, within},
    store::Tx,
    types::{Uid, UtcInstant, Word, bind},
    with_conn,
};

/// What waits for somebody.
#[derive(Clone, Default)]
#[expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]
pub struct Waiting {
    /// Undecided excuses, in the order they were requested.
    pub excuses: Vec<WaitingExcuse>,
    /// Escalations under way, in the order they were opened.
    pub escalations: Vec<OpenEscalation>,
    /// Open tasks, the earliest due first: a caseworker's own, or all of an office.
    pub tasks: Vec<OpenTask>,
}

/// The columns of all three: each fills its own, and one of `excuse`, `escalation` and `task` says
/// which it is.
#[derive(Queryable)]
pub(super) struct Row {
    pub id: AnyId,
    pub client_id: Option<ClientId>,
    pub client_name: Option<Vec<u8>>,
    pub case_id: Option<CaseId>,
    pub appointment_id: Option<AppointmentId>,
    pub escalation_id: Option<EscalationId>,
    pub on: Option<NaiveDate>,
    pub reason_code: Option<String>,
    pub excuse: Option<ExcuseStatus>,
    pub escalation: Option<EscalationStatus>,
    pub escalation_kind: Option<EscalationKind>,
    pub count: Option<i32>,
    pub opened_at: Option<DateTime<Utc>>,
    pub task: Option<TaskKind>,
}

impl Row {
    /// What a row of its kind always has.
    pub(super) fn needed<T>(field: Option<T>) -> Result<T, StorageError> {
        field.ok_or_else(|| StorageError::Corrupt("a row of the day".to_owned()))
    }
}

/// A column that rows of this kind do not have.
macro_rules! absent {
    ($rust:ty as $sql:ty) => {
        bind(None::<$rust>).into_sql::<Nullable<$sql>>()
    };
}

/// What waits, at most `limit` of each.
pub fn waiting(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    scope: Scope,
    limit: i64,
) -> Result<Waiting, StorageError> {
    let rows: Vec<Row> = with_conn!(tx, c => select_excuses!(agency, scope, limit)
        .union_all(select_escalations!(agency, scope, limit))
        .union_all(select_tasks!(agency, scope, limit))
        .load(*c))?;
    let mut all = Waiting::default();
    for row in rows {
        if row.excuse.is_some() {
            all.excuses.push(WaitingExcuse::of(row)?);
        } else if row.escalation.is_some() {
            all.escalations.push(OpenEscalation::of(row)?);
        } else {
            all.tasks.push(OpenTask::of(row)?);
        }
    }
    // A union promises no order, whatever its parts were in.
    all.excuses.sort_by_key(|excuse| excuse.id);
    all.escalations.sort_by_key(|escalation| escalation.id);
    all.tasks.sort_by_key(|task| (task.due_on, task.id));
    Ok(all)
}
