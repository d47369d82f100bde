//! Dismissing an escalation.

use casework::{
    Work,
    status::{self, Grounds},
};
use domain::{EscalationId, escalation::EscalationEvent};
use storage::Scope;

use super::{load, view};
use crate::{
    failure::Failure,
    services::text,
    views::escalations::{EscalationView, StepReason},
};

/// Dismisses an escalation with a reason; the file stays.
///
/// # Errors
/// `illegal_transition` once it was handed over or has ended; `stale_version`.
pub fn dismiss(
    work: &mut Work<'_, '_>,
    scope: Scope,
    id: EscalationId,
    expected: Option<i64>,
    asked: &StepReason,
) -> Result<EscalationView, Failure> {
    let (mut file, case) = load(work, scope, id, expected)?;
    let reason = text::reason(&asked.reason)?;
    let grounds = Grounds {
        document: None,
        reason: Some(&reason),
    };
    status::move_escalation(work, &mut file, EscalationEvent::Dismiss, grounds)?;
    view::of(work, file, &case)
}
