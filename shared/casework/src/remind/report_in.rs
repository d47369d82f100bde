//! Reminders of the report-in deadline.

use domain::{CaseStatus, Channel, ladder};
use storage::{cases, messages};

use super::{About, due, message};
use crate::{
    rules,
    schedule::stored_deadline,
    work::{Work, WorkError},
};

/// Plans the report-in reminders of up to `limit` cases whose turn has come; answers of how many.
pub fn plan_report_in_due(
    work: &mut Work<'_, '_>,
    channel: Channel,
    limit: i64,
) -> Result<usize, WorkError> {
    let due_cases = cases::due_for_reminder(work.tx, work.agency, work.now, limit)?;
    if due_cases.is_empty() {
        return Ok(0);
    }
    let calendar = rules::calendar(work)?;
    let mut planned = Vec::new();
    for case in &due_cases {
        let office = rules::office(work, case.office_id)?;
        let pack = rules::pack(work, &case.rule_pack, case.rule_pack_version)?;
        let deadline = stored_deadline(case)?;
        let steps = ladder::report_in_steps(
            &pack,
            case.received_on,
            &deadline,
            &calendar,
            rules::zone(&office)?,
        );
        let from = case.next_remind_at.unwrap_or(work.now);
        let (now_due, next) = due(&steps, from, work.now);
        let awaited = case.status == CaseStatus::Ordered;
        // When it is overdue, all steps are over: what was not sent while nothing ran goes on file.
        if awaited || case.status == CaseStatus::OverdueReportIn {
            for step in now_due {
                let about = About {
                    office: case.office_id,
                    client: case.client_id,
                    case: case.id,
                    appointment: None,
                    key: format!("report_in:{}:{}", case.id, step.step),
                };
                planned.push(message(work, about, step, channel));
            }
        }
        let next = next.filter(|_| awaited);
        cases::set_next_reminder(work.tx, work.agency, case.id, next)?;
    }
    messages::insert_once(work.tx, &planned)?;
    Ok(due_cases.len())
}
