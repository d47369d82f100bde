//! Requesting an excuse.

use casework::{Work, notify, rules};
use chrono::NaiveDate;
use domain::{
    ActorKind, AppointmentId, AppointmentStatus, ExcuseStatus, Refusal, RefusalCode, StaffId,
    TaskKind, case_status,
    excuse::{check_request, first_status, is_in_force, is_pending},
    freezing::may_change,
};
use storage::{
    Scope, StorageError,
    appointments::{self, Appointment},
    cases,
    excuses::{self, Excuse},
    tasks::{self, Task},
};

use super::evidence_key;
use crate::{failure::Failure, services::text, views::excuses::RequestExcuse};

/// Enters an excuse, before or after the date of its appointment. Evidence that is still to come
/// makes a task.
///
/// # Errors
/// `case_frozen`, `excuse_pending`, `excuse_decided`, `appointment_closed`, `case_not_active`,
/// `unknown_excuse_code`, `note_required`, `invalid_value`.
pub fn request(
    work: &mut Work<'_, '_>,
    scope: Scope,
    id: AppointmentId,
    asked: &RequestExcuse,
    by: StaffId,
) -> Result<Excuse, Failure> {
    let item = appointments::get(work.tx, work.agency, scope, id)?
        .ok_or_else(|| Failure::not_found("appointment"))?;
    let case = cases::get(work.tx, work.agency, Scope::default(), item.case_id)?
        .ok_or_else(|| StorageError::Corrupt("an appointment without its case".to_owned()))?;
    may_change(case.frozen_from)?;
    if case_status::is_final(case.status) {
        let detail = format!("the case is {}", case.status);
        return Err(Refusal::new(RefusalCode::CaseNotActive, detail).into());
    }
    may_be_excused(work, &item)?;
    let pack = rules::pack(work, &case.rule_pack, case.rule_pack_version)?;
    let note = asked
        .note
        .as_deref()
        .map(|note| text::note(note, "/note", 2_000))
        .transpose()?;
    check_request(&pack, &asked.reason_code, note.as_deref())?;
    let office = rules::office(work, item.office_id)?;
    let today = rules::today(work, &office)?;
    let excuse = Excuse {
        agency_id: work.agency,
        id: work.ids.next(),
        appointment_id: item.id,
        case_id: item.case_id,
        reason_code: asked.reason_code.clone(),
        note,
        status: first_status(asked.evidence_due_on, today)?,
        evidence_due_on: asked.evidence_due_on,
        requested_by: by,
        requested_at: work.now,
        decided_by: None,
        decided_at: None,
        decision_reason: None,
        make_up_due_on: None,
        version: 1,
        from_client: work.actor.kind == ActorKind::Client,
    };
    match excuses::insert(work.tx, &excuse) {
        // Somebody else entered one in the same moment.
        Err(StorageError::Duplicate(_)) => return Err(pending().into()),
        other => other?,
    }
    if let Some(due_on) = asked.evidence_due_on {
        evidence_task(work, &item, &excuse, due_on)?;
    }
    Ok(excuse)
}

fn may_be_excused(work: &mut Work<'_, '_>, item: &Appointment) -> Result<(), Failure> {
    let known = excuses::of_appointments(work.tx, work.agency, &[item.id])?;
    let any = |test: fn(ExcuseStatus) -> bool| known.iter().any(|excuse| test(excuse.status));
    if any(is_pending) {
        return Err(pending().into());
    }
    if any(is_in_force) {
        let detail = "an excuse for this appointment was accepted";
        return Err(Refusal::new(RefusalCode::ExcuseDecided, detail).into());
    }
    match item.status {
        AppointmentStatus::Scheduled
        | AppointmentStatus::Open
        | AppointmentStatus::Overdue
        | AppointmentStatus::Missed => Ok(()),
        closed => {
            let detail = format!("the appointment is {closed}: there is nothing to excuse");
            Err(Refusal::new(RefusalCode::AppointmentClosed, detail).into())
        }
    }
}

fn pending() -> Refusal {
    let detail = "an excuse for this appointment waits for a decision";
    Refusal::new(RefusalCode::ExcusePending, detail)
}

fn evidence_task(
    work: &mut Work<'_, '_>,
    item: &Appointment,
    excuse: &Excuse,
    due_on: NaiveDate,
) -> Result<(), Failure> {
    let kind = TaskKind::ExcuseEvidence;
    let blank = notify::blank(work, item.office_id, kind, due_on, evidence_key(excuse.id));
    let task = Task {
        assignee_id: Some(item.caseworker_id),
        client_id: Some(item.client_id),
        case_id: Some(item.case_id),
        appointment_id: Some(item.id),
        ..blank
    };
    tasks::insert_once(work.tx, &task)?;
    Ok(())
}
