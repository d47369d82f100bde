//! The grace days have passed without a counting test: a miss. The machine establishes the fact; only
//! a person labels it.

use domain::{
    AppointmentStatus, NoticeProof, TaskKind,
    audit::AuditOutcome,
    miss::{self, NoticeEvidence},
};
use storage::{
    Scope,
    appointments::{self, Appointment},
    cases, messages, tasks,
};

use super::next_working_day;
use crate::{
    judge, notify, record, status,
    work::{Work, WorkError},
};

/// Marks up to `limit` appointments missed whose grace days have passed: with the proof of their
/// notice, the tasks that follow, and the escalation if a threshold is reached; answers how many.
pub fn mark_missed(work: &mut Work<'_, '_>, limit: i64) -> Result<usize, WorkError> {
    let overdue = AppointmentStatus::Overdue;
    let due = appointments::due_for_change(work.tx, work.agency, overdue, work.now, limit)?;
    let count = due.len();
    for item in due {
        miss(work, item)?;
    }
    Ok(count)
}

fn miss(work: &mut Work<'_, '_>, mut item: Appointment) -> Result<(), WorkError> {
    item.notice_proof = notice_proof(work, &item)?;
    item.missed_at = Some(work.now);
    status::settle_appointment(work, &mut item, AppointmentStatus::Missed)?;
    let due_on = next_working_day(work, item.office_id)?;
    if item.notice_proof == NoticeProof::Unproven {
        notify::appointment_task(work, &item, TaskKind::ContactClient, due_on)?;
    }
    let case = cases::get(work.tx, work.agency, Scope::default(), item.case_id)?
        .ok_or_else(|| WorkError::corrupt("an appointment without its case"))?;
    let ordinal = judge::misses(work, &case)?;
    for kind in miss::tasks_after_miss(ordinal) {
        notify::appointment_task(work, &item, *kind, due_on)?;
    }
    let object = Some(item.id.to_string());
    record::audit(
        work,
        "mark_missed",
        "appointment",
        object,
        AuditOutcome::Done,
        None,
    )
}

/// What shows that the client was told while it could still be kept: a delivered reminder of it (the
/// text after the due day is none), or a contact before the grace days ended.
pub fn notice_proof(work: &mut Work<'_, '_>, item: &Appointment) -> Result<NoticeProof, WorkError> {
    if item.notice_proof == NoticeProof::Proven {
        return Ok(NoticeProof::Proven);
    }
    let ids = [item.id];
    let messages: Vec<_> = messages::of_appointments(work.tx, work.agency, &ids)?
        .iter()
        .filter(|message| miss::proves_notice(message.kind))
        .map(|message| message.status)
        .collect();
    let contacts: Vec<_> = tasks::of_appointments(work.tx, work.agency, &ids)?
        .iter()
        .filter(|task| task.closed_at.is_some_and(|at| at < item.grace_ends_at))
        .filter_map(|task| task.outcome)
        .collect();
    Ok(miss::notice_proof(&NoticeEvidence {
        messages: &messages,
        contacts: &contacts,
        in_person_notices: 0,
        notice_was_due: true,
    }))
}
