//! The task by which a person reads an answer.

use domain::{
    OfficeId, TaskId, TaskKind,
    reply::{ReplyEffect, ReplyMeaning},
};
use storage::{
    cases,
    tasks::{self, Task},
};

use super::sender::Origin;
use crate::{
    confirm, emergencies, notify, rules,
    work::{Work, WorkError},
};

/// Makes the task: of the caseworker where it is certain whose the answer is, else of the office's
/// supervisors, who look after all of its clients. A call for help is for today, and is told at once.
pub(super) fn to_a_person(
    work: &mut Work<'_, '_>,
    from: &Origin,
    office: OfficeId,
    meaning: ReplyMeaning,
    effect: ReplyEffect,
) -> Result<TaskId, WorkError> {
    let kind = kind(from, meaning, effect);
    let due_on = if kind == TaskKind::EmergencyHelp {
        let office = rules::office(work, office)?;
        rules::today(work, &office)?
    } else {
        notify::working_day(work, office)?
    };
    let id: TaskId = work.ids.next();
    let mut task = notify::blank(work, office, kind, due_on, format!("{kind}:{id}"));
    task.id = id;
    if let Some(client) = &from.client {
        task.client_id = Some(client.id);
        task.assignee_id = client.caseworker_id;
        // A call for help is no part of the case.
        if kind != TaskKind::EmergencyHelp {
            about_message(work, from, &mut task)?;
        }
    }
    if kind == TaskKind::EmergencyHelp {
        emergencies::raise(work, task)?;
    } else {
        tasks::insert_once(work.tx, &task)?;
    }
    Ok(id)
}

const fn kind(from: &Origin, meaning: ReplyMeaning, effect: ReplyEffect) -> TaskKind {
    match (meaning, effect) {
        (ReplyMeaning::Help, _) => TaskKind::EmergencyHelp,
        (_, ReplyEffect::Stopped) => TaskKind::MessagesStopped,
        (ReplyMeaning::Reschedule, _) if from.client.is_some() => TaskKind::RescheduleRequested,
        _ => TaskKind::ReplyReceived,
    }
}

/// Gives a task the case of the message that was answered. Only a wish for another date is over with
/// the appointment; the others have to be read whatever becomes of it.
fn about_message(work: &mut Work<'_, '_>, from: &Origin, task: &mut Task) -> Result<(), WorkError> {
    let Some(message) = &from.message else {
        return Ok(());
    };
    task.message_id = Some(message.id);
    task.case_id = message.case_id;
    if let Some(id) = message.case_id
        && let Some(case) = cases::get(work.tx, work.agency, storage::Scope::default(), id)?
    {
        task.assignee_id = Some(case.caseworker_id);
        task.office_id = case.office_id;
    }
    let ahead = from
        .appointment
        .as_ref()
        .filter(|item| confirm::can_be_kept(&(*item).into(), work.now));
    if let (TaskKind::RescheduleRequested, Some(item)) = (task.kind, ahead) {
        task.appointment_id = Some(item.id);
    }
    Ok(())
}
