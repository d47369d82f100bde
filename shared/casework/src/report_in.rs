//! The report-in deadline has passed.

use domain::{
    CaseStatus, TaskKind, audit::AuditOutcome, case_status::CaseEvent, local_time::local_date,
};
use storage::cases;

use crate::{
    judge, notify, record, rules,
    status::{Grounds, move_case},
    work::{Work, WorkError},
};

/// Marks up to `limit` cases as overdue whose report-in deadline has passed, each with a task for its
/// caseworker and an escalation for people to judge; answers how many it looked at.
pub fn mark_overdue(work: &mut Work<'_, '_>, limit: i64) -> Result<usize, WorkError> {
    let due = cases::due_for_check(work.tx, work.agency, work.now, limit)?;
    let count = due.len();
    for mut case in due {
        if case.status != CaseStatus::Ordered {
            case.next_check_at = None;
            crate::status::save_case(work, &mut case)?;
            continue;
        }
        move_case(
            work,
            &mut case,
            CaseEvent::ReportInOverdue,
            Grounds::default(),
        )?;
        let office = rules::office(work, case.office_id)?;
        let today = local_date(work.now, rules::zone(&office)?);
        let due_on = rules::calendar(work)?.working_day_on_or_after(today).date;
        notify::case_task(work, &case, TaskKind::OverdueReportIn, due_on)?;
        judge::overdue_report_in(work, &case)?;
        let object = Some(case.id.to_string());
        record::audit(
            work,
            "mark_report_in_overdue",
            "case",
            object,
            AuditOutcome::Done,
            None,
        )?;
    }
    Ok(count)
}
