//! A new date for an appointment that was not kept.

use chrono::NaiveDate;
use domain::{
    cadence::{self, MakeUpInput},
    calendar::Calendar,
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
/// What [`domain::cadence::make_up`] refuses.
pub fn make_up(
    work: &mut Work<'_, '_>,
    case: &Case,
    missed: &Appointment,
    due_on: NaiveDate,
    pack: &RulePack,
    calendar: &Calendar,
    tz: Tz,
) -> Result<Appointment, WorkError> {
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
    item.generation = missed.generation + 1;
    item.replaces_id = Some(missed.id);
    appointments::insert_many(work.tx, std::slice::from_ref(&item))?;
    Ok(item)
}
