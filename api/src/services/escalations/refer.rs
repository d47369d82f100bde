//! The hand-over to the local police, as on its receipt.

use casework::{
    Work,
    status::{self, Grounds},
};
use domain::{
    EscalationId, Refusal, RefusalCode, StaffId,
    case_status::{self, CaseEvent},
    escalation::{self, EscalationEvent},
    local_time::truncate_to_micros,
};
use storage::{Scope, StorageError, tasks};

use super::{load, view};
use crate::{
    failure::Failure,
    services::text,
    views::escalations::{EscalationView, Referral},
};

/// Records that a signed-off escalation was handed over. The case is with the police from then on
/// wherever its state allows.
///
/// # Errors
/// `illegal_transition`, `date_in_future`, `invalid_value`, `stale_version`.
pub fn refer(
    work: &mut Work<'_, '_>,
    scope: Scope,
    id: EscalationId,
    expected: Option<i64>,
    asked: &Referral,
    by: StaffId,
) -> Result<EscalationView, Failure> {
    let (mut file, mut case) = load(work, scope, id, expected)?;
    escalation::next(file.status, EscalationEvent::Refer)?;
    let receipt = Referral {
        receipt_no: text::line(&asked.receipt_no, "/receipt_no", 100)?,
        police_unit: text::line(&asked.police_unit, "/police_unit", 100)?,
        officer: text::line(&asked.officer, "/officer", 50)?,
        handed_over_at: truncate_to_micros(asked.handed_over_at),
        reason: asked.reason.as_deref().map(text::reason).transpose()?,
    };
    if receipt.handed_over_at > work.now {
        let detail = "it was not handed over yet";
        return Err(Refusal::at(RefusalCode::DateInFuture, "/handed_over_at", detail).into());
    }
    if file
        .signed_off_at
        .is_some_and(|signed| receipt.handed_over_at < signed)
    {
        let detail = "it cannot be handed over before it was signed off";
        return Err(Refusal::at(RefusalCode::InvalidValue, "/handed_over_at", detail).into());
    }
    let stored = serde_json::to_string(&receipt)
        .map_err(|error| StorageError::Corrupt(error.to_string()))?;
    file.referral = Some(stored);
    file.referred_by = Some(by);
    file.referred_at = Some(work.now);
    file.next_alert_at = None;
    tasks::finish_open(work.tx, work.agency, id, Some(by), work.now)?;
    let grounds = Grounds {
        document: Some(&receipt.receipt_no),
        reason: receipt.reason.as_deref(),
    };
    status::move_escalation(work, &mut file, EscalationEvent::Refer, grounds)?;
    if case_status::next(case.status, CaseEvent::Refer).is_ok() {
        status::move_case(work, &mut case, CaseEvent::Refer, grounds)?;
    }
    view::of(work, file, &case)
}
