//! The report-in deadline of a case that was ordered.

use domain::{
    calendar::Calendar,
    local_time::Tz,
    report_in::{self, ReportInDeadline},
    rule_pack::RulePack,
};
use storage::cases::Case;

use crate::{
    remind,
    work::{Work, WorkError},
};

/// Computes the deadline from the case's decision and sets it, with the instants at which the worker
/// looks again. The caller stores the case.
pub fn set_report_in_deadline(
    work: &Work<'_, '_>,
    case: &mut Case,
    pack: &RulePack,
    calendar: &Calendar,
    tz: Tz,
) -> Result<(), WorkError> {
    let deadline = report_in::deadline(case.received_on, pack, case.measure, calendar, tz);
    let steps = domain::ladder::report_in_steps(pack, case.received_on, &deadline, calendar, tz);
    case.report_in_due_on = deadline.due_on;
    case.report_in_closes_at = deadline.closes_at;
    case.report_in_provisional = deadline.provisional;
    case.report_in_why = serde_json::to_value(&deadline.why)
        .map_err(|error| WorkError::corrupt(error.to_string()))?;
    case.next_check_at = Some(deadline.closes_at);
    case.next_remind_at = remind::first_plan_at(&steps, work.now);
    Ok(())
}

/// The deadline as it is stored with the case: what every text and list reads.
pub fn stored_deadline(case: &Case) -> Result<ReportInDeadline, WorkError> {
    Ok(ReportInDeadline {
        due_on: case.report_in_due_on,
        closes_at: case.report_in_closes_at,
        provisional: case.report_in_provisional,
        why: serde_json::from_value(case.report_in_why.clone())
            .map_err(|error| WorkError::corrupt(error.to_string()))?,
    })
}
