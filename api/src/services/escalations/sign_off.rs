//! The supervisor's sign-off.

use casework::{
    Work, notify,
    status::{self, Grounds},
};
use domain::{
    EscalationId, StaffId, TaskKind,
    escalation::{self, EscalationEvent, sign_off_allowed},
};
use storage::{Scope, StorageError, tasks};

use super::{blocking, load, view};
use crate::{
    failure::Failure,
    services::text,
    views::escalations::{EscalationView, StepReason},
};

/// Signs a submitted review off: another person than the submitter. The hand-over to the local
/// police is then due.
///
/// # Errors
/// `illegal_transition`, `sign_off_by_submitter`, `escalation_blocked`, `stale_version`.
pub fn sign_off(
    work: &mut Work<'_, '_>,
    scope: Scope,
    id: EscalationId,
    expected: Option<i64>,
    asked: &StepReason,
    by: StaffId,
) -> Result<EscalationView, Failure> {
    let (mut file, case) = load(work, scope, id, expected)?;
    escalation::next(file.status, EscalationEvent::SignOff)?;
    let submitter = file
        .submitted_by
        .ok_or_else(|| StorageError::Corrupt("submitted by nobody".to_owned()))?;
    sign_off_allowed(submitter, by)?;
    let reason = text::reason(&asked.reason)?;
    blocking::check(work, &file, &case)?;
    let clock = view::clock(work, &file, &case)?;
    file.signed_off_by = Some(by);
    file.signed_off_at = Some(work.now);
    file.next_alert_at = Some(clock.alert_after(work.now, clock.days.alert_working_days));
    tasks::finish_open(work.tx, work.agency, id, Some(by), work.now)?;
    let grounds = Grounds {
        document: None,
        reason: Some(&reason),
    };
    status::move_escalation(work, &mut file, EscalationEvent::SignOff, grounds)?;
    let due_on = clock.day_after(work.now, clock.days.report_working_days);
    let assignee = Some(file.caseworker_id);
    notify::escalation_task(work, &file, TaskKind::HandOverEscalation, assignee, due_on)?;
    view::of(work, file, &case)
}
