//! Events become tasks for people.

use chrono::NaiveDate;
use domain::{
    HopCause, MessageKind, OfficeId, StaffId, TaskId, TaskKind, TaskStatus,
    ids::{EscalationId, MessageId},
    message_budget::BudgetAlarm,
};
use storage::{
    appointments::{self, Appointment},
    cases::Case,
    escalations::Escalation,
    messages::Message,
    tasks::{self, Task},
};

use crate::{
    notice, rules,
    work::{Work, WorkError},
};

/// A task about an appointment, for the case's caseworker. One per appointment and kind.
pub fn appointment_task(
    work: &mut Work<'_, '_>,
    item: &Appointment,
    kind: TaskKind,
    due_on: NaiveDate,
) -> Result<bool, WorkError> {
    let key = format!("{kind}:{}", item.id);
    let task = about_appointment(work, item, kind, due_on, key);
    Ok(tasks::insert_once(work.tx, &task)?)
}

fn about_appointment(
    work: &mut Work<'_, '_>,
    item: &Appointment,
    kind: TaskKind,
    due_on: NaiveDate,
    key: String,
) -> Task {
    Task {
        assignee_id: Some(item.caseworker_id),
        client_id: Some(item.client_id),
        case_id: Some(item.case_id),
        appointment_id: Some(item.id),
        ..blank(work, item.office_id, kind, due_on, key)
    }
}

/// A task about a case, for its caseworker. One per case and kind.
pub fn case_task(
    work: &mut Work<'_, '_>,
    case: &Case,
    kind: TaskKind,
    due_on: NaiveDate,
) -> Result<bool, WorkError> {
    let task = Task {
        assignee_id: Some(case.caseworker_id),
        client_id: Some(case.client_id),
        case_id: Some(case.id),
        ..blank(work, case.office_id, kind, due_on, case_key(case, kind))
    };
    Ok(tasks::insert_once(work.tx, &task)?)
}

/// Cancels the task of this kind about a case if it is open: what it asked for is no longer to be
/// done.
pub fn cancel_case_task(
    work: &mut Work<'_, '_>,
    case: &Case,
    kind: TaskKind,
) -> Result<bool, WorkError> {
    let key = case_key(case, kind);
    Ok(tasks::cancel_key(work.tx, work.agency, &key, work.now)?)
}

fn case_key(case: &Case, kind: TaskKind) -> String {
    format!("{kind}:{}", case.id)
}

/// A task about an escalation. `assignee` none: any supervisor of the office. One per escalation,
/// kind and state of the escalation: an alert that nobody reviewed it must not silence the one that
/// nobody handed it over.
pub fn escalation_task(
    work: &mut Work<'_, '_>,
    it: &Escalation,
    kind: TaskKind,
    assignee: Option<StaffId>,
    due_on: NaiveDate,
) -> Result<bool, WorkError> {
    let escalation: Option<EscalationId> = Some(it.id);
    let task = Task {
        assignee_id: assignee,
        client_id: Some(it.client_id),
        case_id: Some(it.case_id),
        escalation_id: escalation,
        ..blank(
            work,
            it.office_id,
            kind,
            due_on,
            format!("{kind}:{}:{}", it.id, it.status),
        )
    };
    Ok(tasks::insert_once(work.tx, &task)?)
}

/// A task about an office's message budget, for any of its supervisors, if it is new. One per office, month
/// and alarm.
pub(crate) fn budget_task(
    work: &mut Work<'_, '_>,
    office: OfficeId,
    month: NaiveDate,
    alarm: BudgetAlarm,
    due_on: NaiveDate,
) -> Result<Option<TaskId>, WorkError> {
    let kind = TaskKind::MessageBudget;
    let key = format!("{kind}:{office}:{month}:{alarm}");
    let task = blank(work, office, kind, due_on, key);
    Ok(tasks::insert_once(work.tx, &task)?.then_some(task.id))
}

/// Whether somebody has to act when a message of this kind does not arrive. The morning's summary goes
/// out again the next working day, and staff see their tasks anyway.
pub const fn is_followed_up(kind: MessageKind) -> bool {
    !matches!(kind, MessageKind::StaffDigest)
}

/// The last rung of the channel ladder: a person phones. Silence is never the outcome. What a member of
/// staff did not get is told by a head of the office, today. Of a text that arrived and shows nothing,
/// a person tells the client, once for each appointment.
pub fn call_task(
    work: &mut Work<'_, '_>,
    message: &Message,
    cause: HopCause,
) -> Result<bool, WorkError> {
    if message.staff_id.is_some() {
        return tell_colleague_task(work, message);
    }
    if let (HopCause::NoticeUnproven, Some(id)) = (cause, message.appointment_id) {
        let item = appointments::get(work.tx, work.agency, storage::Scope::default(), id)?;
        let item = item.ok_or_else(|| WorkError::corrupt("a message without its appointment"))?;
        return tell_date_task(work, &item, Some(message.id));
    }
    let due_on = working_day(work, message.office_id)?;
    let assignee = match message.case_id {
        Some(id) => storage::cases::caseworker(work.tx, work.agency, id)?,
        None => None,
    };
    let id: Option<MessageId> = Some(message.id);
    let task = Task {
        assignee_id: assignee,
        client_id: message.client_id,
        case_id: message.case_id,
        appointment_id: message.appointment_id,
        message_id: id,
        ..blank(
            work,
            message.office_id,
            TaskKind::CallClient,
            due_on,
            format!("{}:{}", TaskKind::CallClient, message.id),
        )
    };
    Ok(tasks::insert_once(work.tx, &task)?)
}

/// A person tells the client of an appointment, before its last day is over: what arrived does not show
/// that they know the date. One per appointment, however many texts show nothing.
pub(crate) fn tell_date_task(
    work: &mut Work<'_, '_>,
    item: &Appointment,
    message: Option<MessageId>,
) -> Result<bool, WorkError> {
    let office = rules::office(work, item.office_id)?;
    let today = rules::today(work, &office)?;
    let next = rules::calendar(work)?.working_day_on_or_after(today).date;
    let due_on = next.min(item.due_on.max(today));
    let key = notice::call_key(&item.into());
    let task = Task {
        message_id: message,
        ..about_appointment(work, item, TaskKind::CallClient, due_on, key)
    };
    Ok(tasks::insert_once(work.tx, &task)?)
}

fn tell_colleague_task(work: &mut Work<'_, '_>, message: &Message) -> Result<bool, WorkError> {
    let office = rules::office(work, message.office_id)?;
    let today = rules::today(work, &office)?;
    let kind = TaskKind::TellColleague;
    let task = Task {
        message_id: Some(message.id),
        ..blank(
            work,
            message.office_id,
            kind,
            today,
            format!("{kind}:{}", message.id),
        )
    };
    Ok(tasks::insert_once(work.tx, &task)?)
}

/// Today, or the next working day when today is none, at an office.
pub(crate) fn working_day(
    work: &mut Work<'_, '_>,
    office: domain::OfficeId,
) -> Result<NaiveDate, WorkError> {
    let office = rules::office(work, office)?;
    let today = rules::today(work, &office)?;
    Ok(rules::calendar(work)?.working_day_on_or_after(today).date)
}

/// A task about nothing yet, for any supervisor of the office.
pub fn blank(
    work: &mut Work<'_, '_>,
    office: domain::OfficeId,
    kind: TaskKind,
    due_on: NaiveDate,
    dedupe_key: String,
) -> Task {
    Task {
        agency_id: work.agency,
        id: work.ids.next(),
        office_id: office,
        assignee_id: None,
        client_id: None,
        case_id: None,
        appointment_id: None,
        escalation_id: None,
        message_id: None,
        kind,
        status: TaskStatus::Open,
        due_on,
        outcome: None,
        note: None,
        dedupe_key,
        closed_at: None,
        closed_by: None,
        version: 1,
        created_at: work.now,
        told_round: None,
        told_at: None,
    }
}
