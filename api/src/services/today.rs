//! The day of a caseworker or supervisor.

use casework::{Work, digest::NEAR};
use chrono::{Days, NaiveDate};
use domain::AppointmentStatus;
use storage::{
    Scope, Sealer,
    today::{self, DueAppointment, Span},
};

use crate::{
    failure::Failure,
    views::today::{Section, Shown, TodayView},
};

/// Rows each part is counted in.
const COUNTED: i64 = 100;
/// Rows each part shows.
const SHOWN: usize = 20;
/// The longest that grace days and the look back on misses reach together.
const REACH: Days = Days::new(60);

/// What waits for the caller: two queries, whatever the caseload.
pub fn get(work: &mut Work<'_, '_>, scope: Scope) -> Result<TodayView, Failure> {
    let now = work.now;
    let span = Span {
        due_from: now
            .date_naive()
            .checked_sub_days(REACH)
            .unwrap_or(NaiveDate::MIN),
        closes_before: now + NEAR,
        missed_since: now - NEAR,
    };
    let appointments = today::appointments(work.tx, work.agency, scope, span, COUNTED + 1)?;
    let waiting = today::waiting(work.tx, work.agency, scope, COUNTED + 1)?;
    let cut = appointments.len() > counted();
    let mut parts: [Vec<DueAppointment>; 3] = Default::default();
    let [due, overdue, missed] = &mut parts;
    for row in appointments.into_iter().take(counted()) {
        match row.status {
            AppointmentStatus::Missed => missed.push(row),
            // By the instant: the worker's tick may be a minute behind.
            _ if row.closes_at <= now => overdue.push(row),
            _ => due.push(row),
        }
    }
    let [due, overdue, missed] = parts;
    let sealer = work.tx.sealer();
    Ok(TodayView {
        as_of: now,
        due: section(due, cut, sealer)?,
        overdue: section(overdue, cut, sealer)?,
        new_misses: section(missed, cut, sealer)?,
        excuses: section(waiting.excuses, false, sealer)?,
        escalations: section(waiting.escalations, false, sealer)?,
        tasks: section(waiting.tasks, false, sealer)?,
    })
}

fn counted() -> usize {
    usize::try_from(COUNTED).unwrap_or(usize::MAX)
}

/// The part of these rows; `cut` when some may have been left out before. Only what is shown is opened.
fn section<V: Shown>(
    mut rows: Vec<V::Row>,
    cut: bool,
    sealer: &Sealer,
) -> Result<Section<V>, Failure> {
    let more = cut || rows.len() > counted();
    rows.truncate(counted());
    let count = rows.len();
    let shown = rows.into_iter().take(SHOWN).map(|row| V::of(row, sealer));
    Ok(Section {
        count,
        more,
        items: shown.collect::<Result<_, _>>()?,
    })
}
