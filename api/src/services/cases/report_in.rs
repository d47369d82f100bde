use std::sync::Arc;

use casework::{
    Work, WorkError, judge, rules, schedule,
    status::{Grounds, move_case},
};
use chrono::NaiveDate;
use domain::{
    CaseId, CaseStatus, Refusal, RefusalCode,
    case_status::{self, CaseEvent},
    rule_pack::RulePack,
};
use storage::{Scope, cases::Case};

use super::get_to_change;
use crate::{failure::Failure, services::version, views::cases::ReportInCase};

/// The client reported in: the term starts, the case keeps the rules in force on that day, and its
/// appointments are planned. A late report-in is taken as well; its escalation stays for people to
/// judge.
///
/// # Errors
/// `not_found`, `stale_version`, `already_reported_in`, `illegal_transition`; `date_in_future`,
/// `report_in_before_receipt` or `invalid_value` at the field; what planning refuses.
pub fn report_in(
    work: &mut Work<'_, '_>,
    scope: Scope,
    id: CaseId,
    expected: Option<i64>,
    asked: &ReportInCase,
) -> Result<Case, Failure> {
    let mut case = get_to_change(work, scope, id)?;
    version::check(case.version, expected)?;
    if case.reported_in_on.is_some() {
        let detail = "the client has already reported in for this case";
        return Err(Refusal::new(RefusalCode::AlreadyReportedIn, detail).into());
    }
    case_status::next(case.status, CaseEvent::ReportIn)?;
    let office = rules::office(work, case.office_id)?;
    check_dates(&case, asked, rules::today(work, &office)?)?;

    let pack = pack_on(work, &case, asked.reported_in_on)?;
    case.rule_pack_version = i32::try_from(pack.version)
        .map_err(|_range| WorkError::corrupt("rule pack version out of range"))?;
    case.reported_in_on = Some(asked.reported_in_on);
    case.agreement_signed_on = asked.agreement_signed_on;
    let was_overdue = case.status == CaseStatus::OverdueReportIn;
    let (calendar, tz) = (rules::calendar(work)?, rules::zone(&office)?);
    schedule::plan(work, &mut case, &pack, &calendar, tz)?;
    move_case(work, &mut case, CaseEvent::ReportIn, Grounds::default())?;
    if was_overdue {
        judge::overdue_report_in(work, &case)?;
    }
    Ok(case)
}

/// The pack in force on the day; where its place has none any more, the one the case was given.
fn pack_on(
    work: &mut Work<'_, '_>,
    case: &Case,
    on: NaiveDate,
) -> Result<Arc<RulePack>, WorkError> {
    match rules::pack_in_force(work, &case.rule_pack, on) {
        Err(WorkError::Refused(refusal)) if refusal.code == RefusalCode::UnknownRulePack => {
            rules::pack(work, &case.rule_pack, case.rule_pack_version)
        }
        other => other,
    }
}

fn check_dates(case: &Case, asked: &ReportInCase, today: NaiveDate) -> Result<(), Refusal> {
    let (on, signed) = (asked.reported_in_on, asked.agreement_signed_on);
    if on < case.received_on {
        return Err(Refusal::at(
            RefusalCode::ReportInBeforeReceipt,
            "/reported_in_on",
            format!("the decision was received on {}", case.received_on),
        ));
    }
    let future = |pointer: &str| {
        let detail = format!("lies in the future; today is {today}");
        Refusal::at(RefusalCode::DateInFuture, pointer, detail)
    };
    if on > today {
        return Err(future("/reported_in_on"));
    }
    match signed {
        Some(signed) if signed > today => Err(future("/agreement_signed_on")),
        // 戒毒条例 art. 16: the agreement follows the report-in.
        Some(signed) if signed < on => Err(Refusal::at(
            RefusalCode::InvalidValue,
            "/agreement_signed_on",
            "the agreement is signed at the report-in or after it",
        )),
        _ => Ok(()),
    }
}
