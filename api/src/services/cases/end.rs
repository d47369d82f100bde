//! A case ends: with its term, or before it.

use casework::{
    Work, rules,
    status::{Grounds, move_case},
};
use domain::{
    CaseId, Refusal, RefusalCode,
    case_status::{self, CaseEvent},
};
use storage::{Scope, cases::Case};

use super::get_to_change;
use crate::{
    failure::Failure,
    services::{text, version},
    views::cases::{CompleteCase, TerminateCase},
};

/// Ends a case with its term (戒毒条例 art. 23, 40): on the last day of the term or after it, on the
/// police's notice of completion. What was still planned is cancelled.
///
/// # Errors
/// `not_found`, `stale_version`, `illegal_transition`, `invalid_value` at the field.
pub fn complete(
    work: &mut Work<'_, '_>,
    scope: Scope,
    id: CaseId,
    expected: Option<i64>,
    asked: &CompleteCase,
) -> Result<Case, Failure> {
    let document = text::line(&asked.document_no, "/document_no", 80)?;
    let reason = asked.reason.as_deref().map(text::reason).transpose()?;
    let mut case = get_to_change(work, scope, id)?;
    version::check(case.version, expected)?;
    case_status::next(case.status, CaseEvent::Complete)?;
    let office = rules::office(work, case.office_id)?;
    let today = rules::today(work, &office)?;
    if let Some(end) = case.term_ends_on.filter(|end| today < *end) {
        let detail = format!("the term goes on until {end}; today is {today}");
        return Err(Refusal::new(RefusalCode::IllegalTransition, detail).into());
    }
    let grounds = Grounds {
        document: Some(&document),
        reason: reason.as_deref(),
    };
    move_case(work, &mut case, CaseEvent::Complete, grounds)?;
    Ok(case)
}

/// Ends a case before its term (戒毒条例 art. 24). What was still planned is cancelled.
///
/// # Errors
/// `not_found`, `stale_version`, `illegal_transition`, `invalid_value` at the field.
pub fn terminate(
    work: &mut Work<'_, '_>,
    scope: Scope,
    id: CaseId,
    expected: Option<i64>,
    asked: &TerminateCase,
) -> Result<Case, Failure> {
    let document = asked
        .document_no
        .as_deref()
        .map(|no| text::line(no, "/document_no", 80))
        .transpose()?;
    let reason = format!("{}: {}", asked.kind, text::reason(&asked.reason)?);
    let mut case = get_to_change(work, scope, id)?;
    version::check(case.version, expected)?;
    let grounds = Grounds {
        document: document.as_deref(),
        reason: Some(&reason),
    };
    move_case(work, &mut case, CaseEvent::Terminate, grounds)?;
    Ok(case)
}
