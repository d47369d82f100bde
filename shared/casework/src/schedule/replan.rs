//! Re-planning one case: what is still ahead and of which nobody was told yet.

use domain::{
    AppointmentKind, AppointmentStatus, cadence::Window, calendar::Calendar, local_time::Tz,
    rule_pack::RulePack,
};
use storage::{appointments, appointments::Appointment, cases::Case};

use super::{Move, appointment, redate, windows_of};
use crate::{
    remind, status,
    work::{Work, WorkError},
};

/// Gives the case's future, un-notified appointments the dates of a pack and calendar. Items that
/// opened, or of which the client was told, stay. Answers what moves; with `dry_run` stores nothing.
///
/// # Errors
/// What [`domain::cadence::plan`] refuses.
pub fn replan(
    work: &mut Work<'_, '_>,
    case: &Case,
    pack: &RulePack,
    calendar: &Calendar,
    tz: Tz,
    dry_run: bool,
) -> Result<Vec<Move>, WorkError> {
    let plan = windows_of(case, pack, calendar, tz)?;
    let items = appointments::of_case(work.tx, work.agency, case.id)?;
    let now = work.now;
    let movable = |item: &Appointment| {
        item.status == AppointmentStatus::Scheduled
            && !item.notified
            && item.generation == 0
            && item.opens_at > now
            && item.kind == AppointmentKind::Test
    };
    let last_fixed = items
        .iter()
        .filter(|item| !movable(item))
        .map(|item| item.opens_on)
        .max();
    let last_sequence = items.iter().map(|item| item.sequence).max().unwrap_or(0);
    let future = items.into_iter().filter(movable);
    let windows = plan
        .items
        .iter()
        .filter(|window| window.opens_at > now && Some(window.opens_on) > last_fixed);
    let mut moves = Vec::new();
    let mut next_sequence = last_sequence;
    for (item, window) in pairs(future, windows) {
        match (item, window) {
            (Some(mut item), Some(window)) => {
                let changes_day = (item.opens_on, item.due_on) != (window.opens_on, window.due_on);
                if changes_day {
                    moves.push(describe(case, Some(&item), item.sequence, Some(window)));
                }
                if !dry_run
                    && (changes_day
                        || item.provisional != window.provisional
                        || rules_changed(&item, window)?)
                {
                    let steps = remind::steps_of_window(window, pack, calendar, tz);
                    redate(&mut item, window, remind::first_plan_at(&steps, work.now))?;
                    status::save_appointment(work, &mut item)?;
                }
            }
            (Some(mut item), None) => {
                moves.push(describe(case, Some(&item), item.sequence, None));
                if !dry_run {
                    status::settle_appointment(work, &mut item, AppointmentStatus::Cancelled)?;
                }
            }
            (None, Some(window)) => {
                next_sequence += 1;
                moves.push(describe(case, None, next_sequence, Some(window)));
                if !dry_run {
                    let steps = remind::steps_of_window(window, pack, calendar, tz);
                    let remind_at = remind::first_plan_at(&steps, work.now);
                    let item = appointment(work, case, window, next_sequence, remind_at)?;
                    appointments::insert_many(work.tx, std::slice::from_ref(&item))?;
                }
            }
            (None, None) => {}
        }
    }
    Ok(moves)
}

/// Items and windows side by side, the longer list to its end.
fn pairs<'w>(
    mut items: impl Iterator<Item = Appointment>,
    mut windows: impl Iterator<Item = &'w Window>,
) -> impl Iterator<Item = (Option<Appointment>, Option<&'w Window>)> {
    std::iter::from_fn(move || match (items.next(), windows.next()) {
        (None, None) => None,
        pair => Some(pair),
    })
}

/// Whether the stored reason names other rules than the window's.
fn rules_changed(item: &Appointment, window: &Window) -> Result<bool, WorkError> {
    Ok(item.why != super::why(window)?)
}

fn describe(
    case: &Case,
    item: Option<&Appointment>,
    sequence: i32,
    window: Option<&Window>,
) -> Move {
    Move {
        case_id: case.id,
        appointment_id: item.map(|item| item.id),
        sequence,
        from_due_on: item.map(|item| item.due_on),
        to_due_on: window.map(|window| window.due_on),
        provisional: window.is_some_and(|window| window.provisional),
        why: window.map_or_else(
            || "The rules have no such item any more.".to_owned(),
            |window| window.why.text.clone(),
        ),
    }
}
