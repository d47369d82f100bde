//! The day of a caseworker or supervisor.

use casework::Work;
use chrono::{Days, NaiveDate, TimeDelta};
use domain::AppointmentStatus;
use storage::{
    Scope,
    today::{self, DueAppointment, Span},
};

use crate::{
    failure::Failure,
    views::today::{Section, TodayView},
};

/// Rows each part is counted in.
const COUNTED: i64 = 100;
/// Rows each part shows.
const SHOWN: usize = 20;
/// How far ahead and back the day looks.
const NEAR: TimeDelta = TimeDelta::days(7);
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
    Ok(TodayView {
        as_of: now,
        due: section(due, cut),
        overdue: section(overdue, cut),
        new_misses: section(missed, cut),
        excuses: section(waiting.excuses, false),
        escalations: section(waiting.escalations, false),
        tasks: section(waiting.tasks, false),
    })
}

fn counted() -> usize {
    usize::try_from(COUNTED).unwrap_or(usize::MAX)
}

/// The part of these rows; `cut` when some may have been left out before.
fn section<R, V: From<R>>(mut rows: Vec<R>, cut: bool) -> Section<V> {
    let more = cut || rows.len() > counted();
    rows.truncate(counted());
    Section {
        count: rows.len(),
        more,
        items: rows.into_iter().take(SHOWN).map(V::from).collect(),
    }
}
