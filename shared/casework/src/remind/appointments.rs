//! Reminders of appointments.

use std::collections::HashMap;

use domain::{AppointmentStatus, CaseId, Channel, OfficeId};
use storage::{
    appointments::{self, Appointment},
    cases::{self, Case},
    messages,
    offices::{self, Office},
};

use super::{About, due, message, steps_of_appointment};
use crate::{
    rules,
    work::{Work, WorkError},
};

/// Plans the reminders of up to `limit` appointments whose turn has come; answers of how many.
pub fn plan_due(work: &mut Work<'_, '_>, channel: Channel, limit: i64) -> Result<usize, WorkError> {
    let items = appointments::due_for_reminder(work.tx, work.agency, work.now, limit)?;
    if items.is_empty() {
        return Ok(0);
    }
    let (cases, offices) = surroundings(work, &items)?;
    let calendar = rules::calendar(work)?;
    let mut planned = Vec::new();
    for item in &items {
        let (Some(case), Some(office)) = (cases.get(&item.case_id), offices.get(&item.office_id))
        else {
            return Err(WorkError::corrupt(
                "an appointment without its case or office",
            ));
        };
        let pack = rules::pack(work, &case.rule_pack, case.rule_pack_version)?;
        let steps = steps_of_appointment(item, &pack, &calendar, rules::zone(office)?);
        let from = item.next_remind_at.unwrap_or(work.now);
        let (now_due, next) = due(&steps, from, work.now);
        let awaited = matches!(
            item.status,
            AppointmentStatus::Scheduled | AppointmentStatus::Open | AppointmentStatus::Overdue
        );
        // Of a missed one, all steps are over: what was not sent while nothing ran goes on file.
        if awaited || item.status == AppointmentStatus::Missed {
            for step in &now_due {
                let about = About {
                    office: item.office_id,
                    client: item.client_id,
                    case: item.case_id,
                    appointment: Some(item.id),
                    key: format!("appointment:{}:{}", item.id, step.step),
                };
                planned.push(message(work, about, step, channel));
            }
        }
        let notified = item.notified || (awaited && !now_due.is_empty());
        let next = next.filter(|_| awaited);
        appointments::set_next_reminder(work.tx, work.agency, item.id, notified, next)?;
    }
    messages::insert_once(work.tx, &planned)?;
    Ok(items.len())
}

/// The cases and offices of a batch.
type Surroundings = (HashMap<CaseId, Case>, HashMap<OfficeId, Office>);

fn surroundings(work: &mut Work<'_, '_>, items: &[Appointment]) -> Result<Surroundings, WorkError> {
    let mut case_ids: Vec<_> = items.iter().map(|item| item.case_id).collect();
    case_ids.sort_unstable();
    case_ids.dedup();
    let mut office_ids: Vec<_> = items.iter().map(|item| item.office_id).collect();
    office_ids.sort_unstable();
    office_ids.dedup();
    let cases = cases::get_many(work.tx, work.agency, &case_ids)?;
    let offices = offices::get_many(work.tx, work.agency, &office_ids)?;
    Ok((
        cases.into_iter().map(|case| (case.id, case)).collect(),
        offices
            .into_iter()
            .map(|office| (office.id, office))
            .collect(),
    ))
}
