//! Planning a case that has just reported in.

use domain::{calendar::Calendar, local_time::Tz, rule_pack::RulePack};
use storage::{appointments, appointments::Appointment, cases::Case};

use super::{appointment, windows_of};
use crate::{
    remind, rules,
    work::{Work, WorkError},
};

/// Computes the term and stores every appointment of it. Sets the case's term; the caller stores
/// the case.
///
/// # Errors
/// What [`domain::cadence::plan`] refuses.
pub fn plan(
    work: &mut Work<'_, '_>,
    case: &mut Case,
    pack: &RulePack,
    calendar: &Calendar,
    tz: Tz,
) -> Result<Vec<Appointment>, WorkError> {
    let plan = windows_of(case, pack, calendar, tz)?;
    case.term_starts_on = Some(plan.term_starts_on);
    case.term_ends_on = Some(plan.term_ends_on);
    let mut items = Vec::with_capacity(plan.items.len());
    for window in &plan.items {
        let remind_at = remind::first_plan_at(
            &remind::steps_of_window(window, pack, calendar, tz),
            work.now,
        );
        let sequence = rules::signed(window.sequence)?;
        items.push(appointment(work, case, window, sequence, remind_at)?);
    }
    appointments::insert_many(work.tx, &items)?;
    Ok(items)
}
