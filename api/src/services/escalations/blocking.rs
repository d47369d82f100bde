//! What is to be settled before an escalation goes on.

use casework::{Work, rules};
use domain::{
    AppointmentId, EscalationKind, RefusalCode,
    escalation::{BasisItem, Blocker, BlockerInput, blockers},
    excuse::is_pending,
};
use storage::{
    Scope, appointments,
    cases::Case,
    clients,
    escalations::{self, Escalation},
    excuses,
};

use crate::{
    failure::Failure,
    problem::{FieldProblem, Problem},
    problem_code::ProblemCode,
};

/// The blockers of an escalation now.
pub(super) fn of(
    work: &mut Work<'_, '_>,
    file: &Escalation,
    case: &Case,
) -> Result<Vec<Blocker>, Failure> {
    let items = basis_items(work, file)?;
    let client = clients::get(work.tx, work.agency, Scope::default(), file.client_id)?;
    let office = rules::office(work, file.office_id)?;
    Ok(blockers(&BlockerInput {
        items: &items,
        case_status: case.status,
        birth_date: client.and_then(|client| client.birth_date),
        today: rules::today(work, &office)?,
        // Not recorded yet: neither the client's state nor leave is kept by the product so far.
        pregnant_or_nursing: false,
        on_leave: false,
    }))
}

/// Refuses while a blocker that people can settle stands, and names each.
///
/// # Errors
/// `escalation_blocked` with one entry in `errors[]` per blocker.
pub(super) fn check(
    work: &mut Work<'_, '_>,
    file: &Escalation,
    case: &Case,
) -> Result<(), Failure> {
    let forbidding: Vec<Blocker> = of(work, file, case)?
        .into_iter()
        .filter(|blocker| blocker.forbids())
        .collect();
    if forbidding.is_empty() {
        return Ok(());
    }
    let errors = forbidding.iter().map(|blocker| FieldProblem {
        pointer: "/blockers".to_owned(),
        detail: blocker.as_str().to_owned(),
        code: None,
        line: None,
    });
    let words: Vec<&str> = forbidding.iter().map(|blocker| blocker.as_str()).collect();
    let detail = format!("settle this first: {}", words.join(", "));
    let code = ProblemCode::Refused(RefusalCode::EscalationBlocked);
    Err(Problem::new(code, detail)
        .with_errors(errors.collect())
        .into())
}

/// What of the basis a blocker can come from: the misses it rests on now.
fn basis_items(work: &mut Work<'_, '_>, file: &Escalation) -> Result<Vec<BasisItem>, Failure> {
    if file.kind != EscalationKind::MissedTests {
        return Ok(Vec::new());
    }
    let ids: Vec<AppointmentId> = escalations::items_of(work.tx, work.agency, file.id)?
        .iter()
        .filter(|item| item.removed_at.is_none())
        .map(|item| item.object_id)
        .collect();
    let excuses = excuses::of_appointments(work.tx, work.agency, &ids)?;
    let items = appointments::get_many(work.tx, work.agency, &ids)?;
    Ok(items
        .iter()
        .map(|item| BasisItem {
            label: item.label,
            proof: item.notice_proof,
            excuse_pending: excuses
                .iter()
                .any(|excuse| excuse.appointment_id == item.id && is_pending(excuse.status)),
        })
        .collect())
}
