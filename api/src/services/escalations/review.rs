//! The caseworker's review: the client's statement, and the submission.

use casework::{
    Work, notify,
    status::{self, Grounds},
};
use domain::{
    EscalationId, EscalationStatus, Refusal, RefusalCode, StaffId, TaskKind,
    escalation::{self, EscalationEvent},
};
use storage::{Scope, tasks};

use super::{blocking, load, view};
use crate::{
    failure::Failure,
    services::text,
    views::escalations::{AddStatement, EscalationView, StepReason},
};

/// Writes down what the client says to it (陈述申辩), until it is signed off.
///
/// # Errors
/// `illegal_transition` once it is signed off; `stale_version`.
pub fn add_statement(
    work: &mut Work<'_, '_>,
    scope: Scope,
    id: EscalationId,
    expected: Option<i64>,
    asked: &AddStatement,
) -> Result<EscalationView, Failure> {
    let (mut file, case) = load(work, scope, id, expected)?;
    if !matches!(
        file.status,
        EscalationStatus::Open | EscalationStatus::InReview
    ) {
        let detail = format!(
            "a statement joins a file under review; this one is {}",
            file.status
        );
        return Err(Refusal::new(RefusalCode::IllegalTransition, detail).into());
    }
    file.statement = Some(text::note(&asked.statement, "/statement", 4_000)?);
    status::save_escalation(work, &mut file)?;
    view::of(work, file, &case)
}

/// Submits the review for sign-off by another person.
///
/// # Errors
/// `illegal_transition`, `escalation_blocked`, `stale_version`.
pub fn submit(
    work: &mut Work<'_, '_>,
    scope: Scope,
    id: EscalationId,
    expected: Option<i64>,
    asked: &StepReason,
    by: StaffId,
) -> Result<EscalationView, Failure> {
    let (mut file, case) = load(work, scope, id, expected)?;
    escalation::next(file.status, EscalationEvent::Submit)?;
    let reason = text::reason(&asked.reason)?;
    blocking::check(work, &file, &case)?;
    let clock = view::clock(work, &file, &case)?;
    file.submitted_by = Some(by);
    file.submitted_at = Some(work.now);
    file.next_alert_at = Some(clock.alert_after(work.now, clock.days.unattended_working_days));
    tasks::finish_open(work.tx, work.agency, id, Some(by), work.now)?;
    let grounds = Grounds {
        document: None,
        reason: Some(&reason),
    };
    status::move_escalation(work, &mut file, EscalationEvent::Submit, grounds)?;
    let due_on = clock.day_after(work.now, 1);
    notify::escalation_task(work, &file, TaskKind::SignOffEscalation, None, due_on)?;
    view::of(work, file, &case)
}
