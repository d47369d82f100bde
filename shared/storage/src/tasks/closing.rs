//! Closing the tasks about something at once.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::{AgencyId, AppointmentId, EscalationId, StaffId, TaskOutcome, TaskStatus};

use crate::{
    error::StorageError, prepared::execute_prepared, schema::tasks, store::Tx, types::bind,
    with_conn,
};

/// What cancelling writes.
macro_rules! cancelled {
    ($now:expr) => {
        (
            tasks::status.eq(bind(TaskStatus::Cancelled)),
            tasks::closed_at.eq(bind(Some($now))),
            tasks::version.eq(tasks::version + 1),
        )
    };
}

/// Cancels the open tasks about an escalation; answers how many.
pub fn cancel_open(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    escalation: EscalationId,
    now: DateTime<Utc>,
) -> Result<usize, StorageError> {
    Ok(
        with_conn!(tx, c => execute_prepared!(*c, tasks, diesel::update(tasks::table
            .filter(tasks::agency_id.eq(bind(agency)))
            .filter(tasks::escalation_id.eq(bind(Some(escalation))))
            .filter(tasks::status.eq(bind(TaskStatus::Open))))
        .set(cancelled!(now))))?,
    )
}

/// Cancels the open tasks about these appointments; answers how many.
pub fn cancel_open_about(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    appointments: &[AppointmentId],
    now: DateTime<Utc>,
) -> Result<usize, StorageError> {
    let open = tasks::table
        .filter(tasks::agency_id.eq(bind(agency)))
        .filter(tasks::status.eq(bind(TaskStatus::Open)));
    let values = cancelled!(now);
    Ok(match appointments {
        [one] => with_conn!(tx, c => execute_prepared!(*c, tasks, diesel::update(
            open.filter(tasks::appointment_id.eq(bind(Some(*one)))))
            .set(values))),
        many => with_conn!(tx, c => diesel::update(open.filter(
            tasks::appointment_id.eq_any(many.iter().map(|id| bind(Some(*id))).collect::<Vec<_>>())))
            .set(values)
            .execute(*c)),
    }?)
}

/// Notes that what the open tasks about an escalation asked for was done by `by`; answers how many.
pub fn finish_open(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    escalation: EscalationId,
    by: Option<StaffId>,
    now: DateTime<Utc>,
) -> Result<usize, StorageError> {
    Ok(
        with_conn!(tx, c => execute_prepared!(*c, tasks, diesel::update(tasks::table
            .filter(tasks::agency_id.eq(bind(agency)))
            .filter(tasks::escalation_id.eq(bind(Some(escalation))))
            .filter(tasks::status.eq(bind(TaskStatus::Open))))
        .set((
            tasks::status.eq(bind(TaskStatus::Done)),
            tasks::outcome.eq(bind(Some(TaskOutcome::Done))),
            tasks::closed_at.eq(bind(Some(now))),
            tasks::closed_by.eq(bind(by)),
            tasks::version.eq(tasks::version + 1),
        ))))?,
    )
}

/// Cancels the task with this key if it is open; answers whether it was.
pub fn cancel_key(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    key: &str,
    now: DateTime<Utc>,
) -> Result<bool, StorageError> {
    let cancelled = with_conn!(tx, c => execute_prepared!(*c, tasks, diesel::update(tasks::table
        .filter(tasks::agency_id.eq(bind(agency)))
        .filter(tasks::dedupe_key.eq(key))
        .filter(tasks::status.eq(bind(TaskStatus::Open))))
    .set(cancelled!(now))))?;
    Ok(cancelled == 1)
}
