//! Noting what came of a task.

use casework::{Work, notice};
use domain::{
    AppointmentId, Refusal, RefusalCode, StaffId, TaskId, TaskKind, TaskOutcome, TaskStatus, miss,
};
use storage::{
    Scope, appointments,
    tasks::{self, Task},
};

use crate::{
    failure::Failure,
    services::{cases, text, version},
    views::tasks::CompleteTask,
};

/// Closes a task with what came of it. Having reached the client of an appointment in time proves
/// notice.
///
/// # Errors
/// `task_closed`, `case_frozen`, `invalid_value`, `stale_version`.
pub fn complete(
    work: &mut Work<'_, '_>,
    scope: Scope,
    id: TaskId,
    expected: Option<i64>,
    asked: &CompleteTask,
    by: StaffId,
) -> Result<Task, Failure> {
    let mut task =
        tasks::get(work.tx, work.agency, scope, id)?.ok_or_else(|| Failure::not_found("task"))?;
    version::check(task.version, expected)?;
    if task.status != TaskStatus::Open {
        // Open work keeps a file from being frozen: only of a closed task it may be.
        if let Some(case) = task.case_id {
            cases::get_to_change(work, Scope::default(), case)?;
        }
        let detail = format!("the task is {}", task.status);
        return Err(Refusal::new(RefusalCode::TaskClosed, detail).into());
    }
    if asked.outcome != TaskOutcome::Done && !is_about_the_client(task.kind) {
        let detail = format!("a task {} is done, nobody is reached by it", task.kind);
        return Err(Refusal::at(RefusalCode::InvalidValue, "/outcome", detail).into());
    }
    task.status = TaskStatus::Done;
    task.outcome = Some(asked.outcome);
    if let Some(note) = asked.note.as_deref() {
        let note = text::note(note, "/note", 2_000)?;
        // What the client asked for stays beside what came of it.
        task.note = Some(match task.note {
            Some(asked_for) => format!("{asked_for}\n\n{note}"),
            None => note,
        });
    }
    task.closed_at = Some(work.now);
    task.closed_by = Some(by);
    // Nobody else has to be told of it.
    task.told_at = None;
    let read = task.version;
    task.version += 1;
    version::saved(tasks::save(work.tx, &task, read)?)?;
    if let (TaskOutcome::Reached, Some(appointment)) = (asked.outcome, task.appointment_id) {
        prove(work, &task, appointment)?;
    }
    Ok(task)
}

/// Notes that the client of an appointment was reached, if that was in time.
fn prove(work: &mut Work<'_, '_>, task: &Task, of: AppointmentId) -> Result<(), Failure> {
    let items = appointments::standings(work.tx, work.agency, &[of])?;
    for item in items {
        if miss::contact_proves(task.outcome, task.closed_at, item.grace_ends_at) {
            notice::prove(work, &[item])?;
        }
    }
    Ok(())
}

/// Whether to reach the client is, or may be, part of the task.
const fn is_about_the_client(kind: TaskKind) -> bool {
    match kind {
        TaskKind::ContactClient
        | TaskKind::CallClient
        | TaskKind::OverdueContact
        | TaskKind::FirstMissTalk
        | TaskKind::SecondMissNotice
        | TaskKind::HelpRequest
        | TaskKind::ReplyReceived
        | TaskKind::RescheduleRequested
        | TaskKind::MessagesStopped
        | TaskKind::EmergencyHelp
        | TaskKind::TellColleague
        | TaskKind::OverdueReportIn => true,
        TaskKind::ExcuseEvidence
        | TaskKind::ReviewEscalation
        | TaskKind::UnattendedEscalation
        | TaskKind::SignOffEscalation
        | TaskKind::HandOverEscalation
        | TaskKind::CorrectionRequest
        | TaskKind::MessageBudget => false,
    }
}
