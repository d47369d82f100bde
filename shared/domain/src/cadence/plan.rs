//! The test windows of a whole case.

use chrono::{Months, NaiveDate};
use serde::{Deserialize, Serialize};

use super::{Dates, Why, Window, window};
use crate::{
    calendar::{Calendar, Roll},
    error::{Refusal, RefusalCode},
    local_time::{Tz, plus_days},
    rule_pack::{Cadence, RulePack},
    words::Measure,
};

/// A printed term end later than this many months after the report-in is a slip of the pen.
const LATEST_PRINTED_END_MONTHS: u32 = 60;

/// What the windows of a case depend on.
#[derive(Debug, Clone, Copy)]
pub struct PlanInput<'a> {
    /// The rules the case was given.
    pub pack: &'a RulePack,
    /// The measure.
    pub measure: Measure,
    /// The term in months, as on the decision.
    pub term_months: u32,
    /// The local day of the report-in; the term starts on it.
    pub reported_in_on: NaiveDate,
    /// The term end printed on the decision; it wins over the computed one.
    pub term_ends_on: Option<NaiveDate>,
    /// The office's time zone.
    pub tz: Tz,
    /// Working days.
    pub calendar: &'a Calendar,
}

/// The term and its windows, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Plan {
    /// The report-in day.
    pub term_starts_on: NaiveDate,
    /// The last day of the term.
    pub term_ends_on: NaiveDate,
    /// The windows, numbered from 1.
    pub items: Vec<Window>,
}

/// Computes the term and every window of a case.
///
/// The item that begins `a` months after the report-in and is one step `s` long opens on
/// report-in + `a` months and is nominally due on the day before report-in + `a + s` months. Months
/// are always counted from the report-in and clamped to the month's end. A nominal day off moves to
/// the next working day (程序规定 art. 35 and 民法典 art. 203, by analogy), or, if that is after the
/// term, back to the last working day in it. An item that opens after the term end, or that
/// the term end leaves no working day of its own, is dropped. If the printed end is later than the term in months, the last
/// step goes on for as long as whole steps fit.
///
/// # Errors
/// `MeasureNotInPack` or `InvalidTerm`, the latter also for a printed end that is before the
/// report-in or more than 60 months after it.
pub fn plan(input: &PlanInput<'_>) -> Result<Plan, Refusal> {
    let cadence = input.pack.cadence_for(input.measure, input.term_months)?;
    let start = input.reported_in_on;
    let term_ends_on = match input.term_ends_on {
        Some(printed) => checked_end(start, printed)?,
        None => plus_days(months_after(start, input.term_months), -1),
    };
    let mut items = Vec::new();
    let mut begin = 0;
    while let Some(step) = step_of(cadence, begin) {
        let opens_on = months_after(start, begin);
        let full = plus_days(months_after(start, begin + step), -1);
        let beyond_term = begin >= input.term_months;
        if opens_on > term_ends_on || (beyond_term && full > term_ends_on) {
            break;
        }
        let slot = Slot {
            begin,
            step,
            opens_on,
            full,
        };
        items.extend(item(input, cadence, &slot, term_ends_on, items.last()));
        begin += step;
    }
    Ok(Plan {
        term_starts_on: start,
        term_ends_on,
        items,
    })
}

/// The period of one item before the term end and the calendar are looked at.
struct Slot {
    begin: u32,
    step: u32,
    opens_on: NaiveDate,
    full: NaiveDate,
}

fn item(
    input: &PlanInput<'_>,
    cadence: &Cadence,
    slot: &Slot,
    term_ends_on: NaiveDate,
    before: Option<&Window>,
) -> Option<Window> {
    let nominal_on = slot.full.min(term_ends_on);
    let Roll {
        date: due_on,
        cause,
        provisional,
    } = due(input.calendar, nominal_on, term_ends_on);
    // No working day of its own: two tests would be due on one day, or on none.
    if due_on < slot.opens_on || before.is_some_and(|before| due_on <= before.due_on) {
        return None;
    }
    let sequence = before.map_or(0, |before| before.sequence) + 1;
    let cut_at_term_end = nominal_on < slot.full;
    let year = slot.begin / 12 + 1;
    let cut = if cut_at_term_end {
        ", cut at the term end"
    } else {
        ""
    };
    let every = if slot.step == 1 {
        "every month".into()
    } else {
        format!("every {} months", slot.step)
    };
    let text = format!(
        "Item {sequence}, year {year} ({every}, counted from the report-in on {}{cut}): {}.",
        input.reported_in_on,
        Why::due_text(nominal_on, due_on, cause.as_deref()),
    );
    let why = Why {
        rule_pack: input.pack.id.clone(),
        rule_pack_version: input.pack.version,
        citation: cadence.source.clone(),
        measure: input.measure,
        item: sequence,
        year: Some(year),
        step_months: Some(slot.step),
        nominal_on,
        rolled_from: (due_on != nominal_on).then_some(nominal_on),
        roll_cause: cause,
        cut_at_term_end,
        provisional,
        text,
    };
    let dates = Dates {
        sequence,
        opens_on: slot.opens_on,
        nominal_on,
        due_on,
        provisional,
    };
    Some(window(dates, why, input.pack, input.calendar, input.tz))
}

fn due(calendar: &Calendar, nominal_on: NaiveDate, term_ends_on: NaiveDate) -> Roll {
    let forward = calendar.working_day_on_or_after(nominal_on);
    if forward.date <= term_ends_on {
        return forward;
    }
    let back = calendar.working_day_on_or_before(term_ends_on);
    Roll {
        provisional: forward.provisional || back.provisional,
        ..back
    }
}

/// The step of the year in which the month `begin` lies; the last year's step after that.
fn step_of(cadence: &Cadence, begin: u32) -> Option<u32> {
    let year = usize::try_from(begin / 12).ok()?;
    let step = cadence
        .steps_months
        .get(year)
        .or(cadence.steps_months.last())?;
    // A step of 0 never passes the check of a pack; it must not hang the caller either.
    (*step > 0).then_some(*step)
}

fn checked_end(start: NaiveDate, printed: NaiveDate) -> Result<NaiveDate, Refusal> {
    if printed < start || printed > months_after(start, LATEST_PRINTED_END_MONTHS) {
        let detail = format!(
            "the printed term end {printed} is not within {LATEST_PRINTED_END_MONTHS} months after \
             the report-in on {start}"
        );
        return Err(Refusal::at(
            RefusalCode::InvalidTerm,
            "/decision/term_ends_on",
            detail,
        ));
    }
    Ok(printed)
}

/// `start` plus months, clamped to the month's end.
fn months_after(start: NaiveDate, months: u32) -> NaiveDate {
    start
        .checked_add_months(Months::new(months))
        .unwrap_or(NaiveDate::MAX)
}

#[cfg(test)]
mod tests;
