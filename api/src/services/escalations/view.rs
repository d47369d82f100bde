//! One escalation, whole.

use casework::{Work, rules};
use domain::EscalationId;
use storage::{Scope, StorageError, cases::Case, escalations::Escalation};

use super::{basis, blocking, clock::Clock, find};
use crate::{
    failure::Failure,
    views::escalations::{BlockerView, EscalationItem, EscalationView},
};

/// 禁毒法 art. 40: who does not accept the decision may ask for its reconsideration or sue.
const REMEDY: &str = "对公安机关的决定不服的，可以依法申请行政复议或者提起行政诉讼。";

/// An escalation the caller may see, with its basis, blockers and clock.
pub fn get(
    work: &mut Work<'_, '_>,
    scope: Scope,
    id: EscalationId,
) -> Result<EscalationView, Failure> {
    let (file, case) = find(work, scope, id)?;
    of(work, file, &case)
}

/// The view of an escalation.
pub(super) fn of(
    work: &mut Work<'_, '_>,
    file: Escalation,
    case: &Case,
) -> Result<EscalationView, Failure> {
    let basis = basis::of(work, &file, case)?;
    let blockers = blocking::of(work, &file, case)?;
    let clock = clock(work, &file, case)?.view(&file);
    let pack = rules::pack(work, &case.rule_pack, case.rule_pack_version)?;
    let corrupt = |error: serde_json::Error| StorageError::Corrupt(error.to_string());
    let outcome = file
        .outcome
        .as_deref()
        .map(serde_json::from_str)
        .transpose()
        .map_err(corrupt)?;
    let referral = file
        .referral
        .as_deref()
        .map(serde_json::from_str)
        .transpose();
    Ok(EscalationView {
        escalation: EscalationItem::from(&file),
        basis,
        blockers: blockers
            .into_iter()
            .map(|code| BlockerView {
                code,
                forbids: code.forbids(),
            })
            .collect(),
        clock,
        consequence: pack
            .consequences
            .get(&case.measure)
            .cloned()
            .unwrap_or_default(),
        statement: file.statement,
        submitted_by: file.submitted_by,
        submitted_at: file.submitted_at,
        signed_off_by: file.signed_off_by,
        signed_off_at: file.signed_off_at,
        referred_by: file.referred_by,
        referred_at: file.referred_at,
        referral: referral.map_err(corrupt)?,
        remedy: file.outcome.is_some().then_some(REMEDY),
        outcome,
        closed_reason: file.closed_reason,
    })
}

/// The clock an escalation runs by.
pub(super) fn clock(
    work: &mut Work<'_, '_>,
    file: &Escalation,
    case: &Case,
) -> Result<Clock, Failure> {
    let office = rules::office(work, file.office_id)?;
    let days = rules::pack(work, &case.rule_pack, case.rule_pack_version)?.escalation;
    Ok(Clock {
        calendar: rules::calendar(work)?,
        tz: rules::zone(&office)?,
        days,
    })
}
