//! The grace days have passed without a counting test: a miss. The machine establishes the fact; only
//! a person labels it.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::{
    AppointmentId, AppointmentStatus, CaseId, NoticeProof, OfficeId, TaskKind,
    local_time::local_date, miss,
};
use storage::{
    appointments::{self, Appointment},
    cases,
};

use crate::{
    judge, notify, record, rules, status,
    work::{Work, WorkError},
};

const OVERDUE: AppointmentStatus = AppointmentStatus::Overdue;

/// Marks up to `limit` appointments missed whose grace days have passed: with the proof of their
/// notice, the tasks that follow, and the escalation if a threshold is reached; answers how many.
pub fn mark_missed(work: &mut Work<'_, '_>, limit: i64) -> Result<usize, WorkError> {
    let due = appointments::due_for_change(work.tx, work.agency, OVERDUE, work.now, limit)?;
    mark(work, due)
}

/// The appointments that [`mark_missed`] would mark, whether or not they can be worked on.
pub fn due_to_be_missed(
    work: &mut Work<'_, '_>,
    limit: i64,
) -> Result<Vec<AppointmentId>, WorkError> {
    let Work {
        tx, agency, now, ..
    } = work;
    Ok(appointments::ids_due_for_change(
        tx, *agency, OVERDUE, *now, limit,
    )?)
}

/// [`mark_missed`] for those of these appointments that are still to be marked.
pub fn mark_these_missed(
    work: &mut Work<'_, '_>,
    ids: &[AppointmentId],
) -> Result<usize, WorkError> {
    let mut due = appointments::get_many(work.tx, work.agency, ids)?;
    due.retain(|item| {
        item.status == OVERDUE && item.next_change_at.is_some_and(|at| at <= work.now)
    });
    due.sort_by_key(|item| (item.next_change_at, item.id));
    mark(work, due)
}

fn mark(work: &mut Work<'_, '_>, mut missed: Vec<Appointment>) -> Result<usize, WorkError> {
    if missed.is_empty() {
        return Ok(0);
    }
    let ids: Vec<AppointmentId> = missed.iter().map(|item| item.id).collect();
    for item in &mut missed {
        // Whatever shows that the client was told has noted it as it happened.
        if item.notice_proof == NoticeProof::NotDue {
            item.notice_proof = NoticeProof::Unproven;
        }
        item.missed_at = Some(work.now);
    }
    status::settle_appointments(work, &mut missed, AppointmentStatus::Missed)?;
    let due_on = next_working_days(work, &missed)?;
    for item in &missed {
        if item.notice_proof == NoticeProof::Unproven {
            let due_on = on(&due_on, item.office_id)?;
            notify::appointment_task(work, item, TaskKind::ContactClient, due_on)?;
        }
    }
    // Late, for it locks the agency's trail until the unit ends.
    record::audit_each(work, "mark_missed", "appointment", &ids)?;
    for (case, missed) in by_case(&missed) {
        judge_case(work, case, &missed, &due_on)?;
    }
    Ok(ids.len())
}

/// Recounts a case, with the tasks that follow from each of its new misses, in the order they fell
/// due.
fn judge_case(
    work: &mut Work<'_, '_>,
    case: CaseId,
    missed: &[&Appointment],
    due_on: &HashMap<OfficeId, NaiveDate>,
) -> Result<(), WorkError> {
    let case = cases::get(work.tx, work.agency, storage::Scope::default(), case)?
        .ok_or_else(|| WorkError::corrupt("an appointment without its case"))?;
    let count = judge::misses(work, &case)?;
    let new = u32::try_from(missed.len()).unwrap_or(u32::MAX);
    for (item, ordinal) in missed.iter().zip(count.saturating_sub(new) + 1..) {
        for kind in miss::tasks_after_miss(ordinal) {
            notify::appointment_task(work, item, *kind, on(due_on, item.office_id)?)?;
        }
    }
    Ok(())
}

/// The items of each case, both in the order given.
fn by_case(items: &[Appointment]) -> Vec<(CaseId, Vec<&Appointment>)> {
    let mut cases: Vec<(CaseId, Vec<&Appointment>)> = Vec::new();
    let mut places: HashMap<CaseId, usize> = HashMap::new();
    for item in items {
        let place = *places.entry(item.case_id).or_insert(cases.len());
        match cases.get_mut(place) {
            Some((_, items)) => items.push(item),
            None => cases.push((item.case_id, vec![item])),
        }
    }
    cases
}

/// Today or the next working day, in the time zone of each item's office.
fn next_working_days(
    work: &mut Work<'_, '_>,
    items: &[Appointment],
) -> Result<HashMap<OfficeId, NaiveDate>, WorkError> {
    let calendar = rules::calendar(work)?;
    let mut days = HashMap::new();
    for item in items {
        if days.contains_key(&item.office_id) {
            continue;
        }
        let office = rules::office(work, item.office_id)?;
        let today = local_date(work.now, rules::zone(&office)?);
        days.insert(office.id, calendar.working_day_on_or_after(today).date);
    }
    Ok(days)
}

fn on(days: &HashMap<OfficeId, NaiveDate>, office: OfficeId) -> Result<NaiveDate, WorkError> {
    let day = days.get(&office).copied();
    day.ok_or_else(|| WorkError::corrupt("an appointment without its office"))
}
