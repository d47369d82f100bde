//! The working-day calendar, and what moves when a year's notice is loaded.

use std::collections::BTreeMap;

use casework::{Work, WorkError, rules, schedule};
use domain::{
    Refusal, RefusalCode,
    calendar::{Calendar, HolidayYear},
};
use storage::calendars::{self, CalendarYear};

use crate::{
    failure::Failure,
    problem::{FieldProblem, Problem},
    problem_code::ProblemCode,
    views::{
        calendars::{CalendarList, CalendarLoaded, CalendarView},
        cases::MoveView,
    },
};

/// Every year that ships with the product or was loaded by the agency, oldest first.
pub fn list(work: &mut Work<'_, '_>) -> Result<CalendarList, Failure> {
    let shipped = Calendar::shipped();
    let mut years: BTreeMap<i32, CalendarView> = shipped
        .years()
        .map(|year| (year.year, CalendarView::shipped(year.clone())))
        .collect();
    for row in calendars::list(work.tx, work.agency)? {
        years.insert(row.year, view(row)?);
    }
    Ok(CalendarList {
        items: years.into_values().collect(),
    })
}

/// One year.
///
/// # Errors
/// `not_found` for a year without a notice.
pub fn get(work: &mut Work<'_, '_>, year: i32) -> Result<CalendarView, Failure> {
    if let Some(row) = calendars::get(work.tx, work.agency, year)? {
        return view(row);
    }
    let shipped = Calendar::shipped();
    shipped
        .year(year)
        .cloned()
        .map(CalendarView::shipped)
        .ok_or_else(|| Failure::not_found("calendar"))
}

/// Loads a year's notice and re-plans the dates that nobody was told of yet; with `dry_run` only
/// says what would move.
///
/// # Errors
/// `calendar_invalid` with the pointer of every fault; `invalid_value` at `/year` if the body is for
/// another year than the path.
pub fn load(
    work: &mut Work<'_, '_>,
    year: i32,
    asked: &HolidayYear,
    dry_run: bool,
) -> Result<CalendarLoaded, Failure> {
    if asked.year != year {
        let detail = format!("the path says {year}, the body {}", asked.year);
        return Err(Refusal::at(RefusalCode::InvalidValue, "/year", detail).into());
    }
    asked.validate().map_err(invalid)?;
    let calendar = rules::calendar(work)?.with_year(asked.clone());
    let row = CalendarYear {
        agency_id: work.agency,
        year,
        notice: asked.notice.clone(),
        source: asked.source.clone(),
        document: serde_json::to_value(asked)
            .map_err(|error| WorkError::corrupt(error.to_string()))?,
        loaded_at: work.now,
        loaded_by: work.actor.staff_id(),
    };
    if !dry_run {
        calendars::upsert(work.tx, &row)?;
    }
    let moves = schedule::replan_provisional(work, &calendar, year, dry_run)?;
    Ok(CalendarLoaded {
        dry_run,
        calendar: view(row)?,
        moves: moves.into_iter().map(MoveView::from).collect(),
    })
}

fn view(row: CalendarYear) -> Result<CalendarView, Failure> {
    let year: HolidayYear = serde_json::from_value(row.document)
        .map_err(|error| WorkError::corrupt(format!("calendar {}: {error}", row.year)))?;
    Ok(CalendarView::loaded(year, row.loaded_at, row.loaded_by))
}

fn invalid(faults: Vec<Refusal>) -> Problem {
    let detail = format!("the calendar has {} faults", faults.len());
    let errors = faults
        .into_iter()
        .map(|fault| FieldProblem {
            pointer: fault.pointer.unwrap_or_default(),
            detail: fault.detail,
            code: None,
            line: None,
        })
        .collect();
    Problem::new(ProblemCode::Refused(RefusalCode::CalendarInvalid), detail).with_errors(errors)
}
