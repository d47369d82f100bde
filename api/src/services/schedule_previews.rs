//! What a schedule would be, without a case.

use casework::{Work, rules};
use domain::{
    OfficeId, Refusal, RefusalCode,
    cadence::{self, PlanInput},
    local_time::Tz,
};

use crate::{
    failure::Failure,
    views::schedule_previews::{PreviewSchedule, SchedulePreview},
};

/// Computes the windows of a case that might be, by the one function that plans real ones. Dates are
/// local to `office`; an agency's own staff without one are taken to be at Shanghai time.
///
/// # Errors
/// `unknown_rule_pack`, `measure_not_in_pack` or `invalid_term` at the field.
pub fn preview(
    work: &mut Work<'_, '_>,
    office: Option<OfficeId>,
    asked: &PreviewSchedule,
) -> Result<SchedulePreview, Failure> {
    let tz = match office {
        Some(office) => rules::zone(&rules::office(work, office)?)?,
        None => Tz::Asia__Shanghai,
    };
    let pack_id = asked.rule_pack.as_deref().unwrap_or("cn-default");
    let pack = rules::pack_in_force(work, pack_id, asked.reported_in_on)?;
    let calendar = rules::calendar(work)?;
    let plan = cadence::plan(&PlanInput {
        pack: &pack,
        measure: asked.measure,
        term_months: asked.term_months,
        reported_in_on: asked.reported_in_on,
        term_ends_on: asked.term_ends_on,
        tz,
        calendar: &calendar,
    })
    .map_err(at_own_field)?;
    Ok(SchedulePreview {
        rule_pack: pack.id.clone(),
        rule_pack_version: pack.version,
        term_starts_on: plan.term_starts_on,
        term_ends_on: plan.term_ends_on,
        items: plan.items,
    })
}

/// A case has the printed end in its decision, a preview at the top.
fn at_own_field(mut refusal: Refusal) -> Refusal {
    if refusal.code == RefusalCode::InvalidTerm
        && refusal.pointer.as_deref() == Some("/decision/term_ends_on")
    {
        refusal.pointer = Some("/term_ends_on".to_owned());
    }
    refusal
}
