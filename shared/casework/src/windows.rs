//! Windows open and close by time alone. Each function converges: run late, twice or by two workers
//! at once, the result is the same.

mod missed;

use domain::{AppointmentStatus, TaskKind, audit::AuditOutcome};
use storage::appointments;

pub use self::missed::{due_to_be_missed, mark_missed, mark_these_missed};
use crate::{
    notify, record, rules,
    work::{Work, WorkError},
};

/// Opens up to `limit` windows whose time has come; answers how many.
pub fn open_due(work: &mut Work<'_, '_>, limit: i64) -> Result<usize, WorkError> {
    let status = AppointmentStatus::Scheduled;
    let due = appointments::due_for_change(work.tx, work.agency, status, work.now, limit)?;
    if due.is_empty() {
        return Ok(0);
    }
    let ids: Vec<_> = due.iter().map(|item| item.id).collect();
    let opened = appointments::mark_opened(work.tx, work.agency, &ids, work.now)?;
    audit_batch(work, "open_windows", opened)?;
    Ok(due.len())
}

/// Marks up to `limit` appointments overdue whose window has closed, each with a task for its
/// caseworker on the next working day; answers how many.
pub fn mark_overdue(work: &mut Work<'_, '_>, limit: i64) -> Result<usize, WorkError> {
    let status = AppointmentStatus::Open;
    let due = appointments::due_for_change(work.tx, work.agency, status, work.now, limit)?;
    if due.is_empty() {
        return Ok(0);
    }
    let ids: Vec<_> = due.iter().map(|item| item.id).collect();
    let marked = appointments::mark_overdue(work.tx, work.agency, &ids, work.now)?;
    let calendar = rules::calendar(work)?;
    for item in &due {
        let contact_on = calendar.add_working_days(item.due_on, 1).date;
        notify::appointment_task(work, item, TaskKind::OverdueContact, contact_on)?;
    }
    audit_batch(work, "mark_overdue", marked)?;
    Ok(due.len())
}

/// One entry for a batch of changes that only time made.
fn audit_batch(work: &mut Work<'_, '_>, job: &str, count: usize) -> Result<(), WorkError> {
    let object = Some(format!("{count} appointments"));
    record::audit(work, job, "appointments", object, AuditOutcome::Done, None)
}
