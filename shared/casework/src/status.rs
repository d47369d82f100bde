//! Steps in the life of a case or an escalation: checked, stored, kept in the file.

use chrono::{DateTime, Utc};
use domain::{
    AppointmentStatus, TaskKind,
    case_status::{self, CaseEvent},
    escalation::{self, EscalationEvent},
};
use storage::{
    AnyId, appointments,
    cases::{self, Case},
    escalations::{self, Escalation},
    messages, tasks,
    transitions::{self, Transition},
};

use crate::{
    notify,
    work::{Work, WorkError, stored},
};

/// Why a step was taken, for the file.
#[derive(Debug, Clone, Copy, Default)]
pub struct Grounds<'a> {
    /// Number of the paper it rests on.
    pub document: Option<&'a str>,
    /// In words; sealed in storage.
    pub reason: Option<&'a str>,
}

/// Takes a case one step further and stores it with whatever else was changed in it. A case that
/// ends takes its remaining appointments and their reminders with it; one that is no longer overdue,
/// the task to find the client.
///
/// # Errors
/// `illegal_transition` when the step is not possible from where the case stands.
pub fn move_case(
    work: &mut Work<'_, '_>,
    case: &mut Case,
    event: CaseEvent,
    grounds: Grounds<'_>,
) -> Result<(), WorkError> {
    let from = case.status;
    case.status = case_status::next(from, event)?;
    case.ended_at = case_status::is_final(case.status).then_some(work.now);
    if case.status != domain::CaseStatus::Ordered {
        let is_overdue = case.status == domain::CaseStatus::OverdueReportIn;
        case.next_check_at = None;
        case.next_remind_at = unplanned(case.next_remind_at, is_overdue, work.now);
    }
    save_case(work, case)?;
    keep_step(
        work,
        "case",
        AnyId::from_uuid(case.id.uuid()),
        (from.as_str(), case.status.as_str()),
        grounds,
    )?;
    if from == domain::CaseStatus::OverdueReportIn {
        notify::cancel_case_task(work, case, TaskKind::OverdueReportIn)?;
    }
    if case_status::is_final(case.status) {
        cancel_appointments(work, case)?;
    }
    Ok(())
}

/// Stores a changed case under the next version.
pub fn save_case(work: &mut Work<'_, '_>, case: &mut Case) -> Result<(), WorkError> {
    let read = case.version;
    case.version += 1;
    case.updated_at = work.now;
    stored(cases::save(work.tx, case, read)?)
}

/// Takes an escalation one step further and stores it with whatever else was changed in it.
///
/// # Errors
/// `illegal_transition` when the step is not possible from where the escalation stands.
pub fn move_escalation(
    work: &mut Work<'_, '_>,
    it: &mut Escalation,
    event: EscalationEvent,
    grounds: Grounds<'_>,
) -> Result<(), WorkError> {
    let from = it.status;
    it.status = escalation::next(from, event)?;
    if !escalation::is_under_way(it.status) {
        it.closed_at = Some(work.now);
        it.closed_reason = grounds.reason.map(str::to_owned);
        it.next_alert_at = None;
        tasks::cancel_open(work.tx, work.agency, it.id, work.now)?;
    }
    save_escalation(work, it)?;
    let id = AnyId::from_uuid(it.id.uuid());
    keep_step(
        work,
        "escalation",
        id,
        (from.as_str(), it.status.as_str()),
        grounds,
    )
}

/// Stores a changed escalation under the next version.
pub fn save_escalation(work: &mut Work<'_, '_>, it: &mut Escalation) -> Result<(), WorkError> {
    let read = it.version;
    it.version += 1;
    stored(escalations::save(work.tx, it, read)?)
}

/// Stores a changed appointment under the next version.
pub fn save_appointment(
    work: &mut Work<'_, '_>,
    item: &mut appointments::Appointment,
) -> Result<(), WorkError> {
    let read = item.version;
    item.version += 1;
    item.updated_at = work.now;
    stored(appointments::save(work.tx, item, read)?)
}

/// Sets an appointment to a state in which nothing is awaited any more, drops its planned reminders
/// and its open tasks, and stores it.
pub fn settle_appointment(
    work: &mut Work<'_, '_>,
    item: &mut appointments::Appointment,
    status: AppointmentStatus,
) -> Result<(), WorkError> {
    settle_appointments(work, std::slice::from_mut(item), status)
}

/// The same for many.
pub fn settle_appointments(
    work: &mut Work<'_, '_>,
    items: &mut [appointments::Appointment],
    status: AppointmentStatus,
) -> Result<(), WorkError> {
    let ids: Vec<_> = items.iter().map(|item| item.id).collect();
    let mut told = Vec::new();
    for item in items {
        if may_have_messages(item) {
            told.push(item.id);
        }
        item.status = status;
        item.next_change_at = None;
        let is_missed = status == AppointmentStatus::Missed;
        item.next_remind_at = unplanned(item.next_remind_at, is_missed, work.now);
        save_appointment(work, item)?;
    }
    if !told.is_empty() {
        let reason = status.as_str();
        messages::cancel_scheduled(work.tx, work.agency, &told, reason, work.now)?;
    }
    if !ids.is_empty() {
        tasks::cancel_open_about(work.tx, work.agency, &ids, work.now)?;
    }
    Ok(())
}

/// Whether there can be messages about an appointment: every one that was planned is noted on it. Of
/// tasks that says nothing: evidence for an excuse is asked for long before the first reminder.
const fn may_have_messages(item: &appointments::Appointment) -> bool {
    let is_ahead = matches!(
        item.status,
        AppointmentStatus::Scheduled | AppointmentStatus::Open
    );
    item.notified || !is_ahead
}

/// Steps whose turn came while nothing ran stay to be planned where the time for them ran out: they
/// go on file as not sent. Everywhere else reminders end.
fn unplanned(
    next_remind_at: Option<DateTime<Utc>>,
    time_ran_out: bool,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    next_remind_at.filter(|at| time_ran_out && *at <= now)
}

fn cancel_appointments(work: &mut Work<'_, '_>, case: &Case) -> Result<(), WorkError> {
    let mut awaited = appointments::of_case(work.tx, work.agency, case.id)?;
    awaited.retain(|item| {
        matches!(
            item.status,
            AppointmentStatus::Scheduled | AppointmentStatus::Open | AppointmentStatus::Overdue
        )
    });
    settle_appointments(work, &mut awaited, AppointmentStatus::Cancelled)
}

/// Keeps a step of an object, from one status to another, in the file. [`move_case`] and
/// [`move_escalation`] do so themselves.
pub fn keep_step(
    work: &mut Work<'_, '_>,
    kind: &str,
    object: AnyId,
    (from, to): (&str, &str),
    grounds: Grounds<'_>,
) -> Result<(), WorkError> {
    let transition = Transition {
        agency_id: work.agency,
        id: work.ids.next(),
        object_kind: kind.to_owned(),
        object_id: object,
        from_status: from.to_owned(),
        to_status: to.to_owned(),
        at: work.now,
        actor_kind: work.actor.kind,
        actor_id: work.actor.id.map(AnyId::from_uuid),
        document: grounds.document.map(str::to_owned),
        reason: grounds.reason.map(str::to_owned),
    };
    Ok(transitions::insert(work.tx, &transition)?)
}
