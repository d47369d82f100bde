//! A new date for an appointment that was not kept.

use chrono::NaiveDate;
use domain::{
    Refusal, RefusalCode,
    cadence::{self, MakeUpInput},
    calendar::Calendar,
    case_status,
    local_time::{Tz, local_date},
    rule_pack::RulePack,
};
use storage::{appointments, appointments::Appointment, cases::Case};

use super::appointment;
use crate::{
    remind, rules,
    work::{Work, WorkError},
};

/// Stores the appointment that makes up for `missed`, due on the day agreed.
///
/// # Errors
/// `case_not_active` when the case is not in execution, `invalid_value` at `/make_up_due_on` for a
/// day after the term's end, and what [`domain::cadence::make_up`] refuses.
pub fn make_up(
    work: &mut Work<'_, '_>,
    case: &Case,
    missed: &Appointment,
    due_on: NaiveDate,
    pack: &RulePack,
    calendar: &Calendar,
    tz: Tz,
) -> Result<Appointment, WorkError> {
    if !case_status::is_live(case.status) {
        let detail = format!("nothing is planned in a case that is {}", case.status);
        return Err(Refusal::new(RefusalCode::CaseNotActive, detail).into());
    }
    if let Some(end) = case.term_ends_on.filter(|end| due_on > *end) {
        let detail = format!("the make-up day lies after the end of the term on {end}");
        return Err(Refusal::at(RefusalCode::InvalidValue, "/make_up_due_on", detail).into());
    }
    let window = cadence::make_up(&MakeUpInput {
        pack,
        measure: case.measure,
        sequence: rules::unsigned(missed.sequence)?,
        today: local_date(work.now, tz),
        due_on,
        tz,
        calendar,
    })?;
    let steps = remind::steps_of_window(&window, pack, calendar, tz);
    let remind_at = remind::first_plan_at(&steps, work.now);
    let mut item = appointment(work, case, &window, missed.sequence, remind_at)?;
    // A make-up that was called off keeps its number.
    item.generation = appointments::of_case(work.tx, work.agency, case.id)?
        .iter()
        .filter(|other| (other.kind, other.sequence) == (missed.kind, missed.sequence))
        .map(|other| other.generation)
        .max()
        .unwrap_or(missed.generation)
        + 1;
    item.replaces_id = Some(missed.id);
    appointments::insert_many(work.tx, std::slice::from_ref(&item))?;
    Ok(item)
}
