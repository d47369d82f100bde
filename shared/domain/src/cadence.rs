//! Windows: when each test of a case is due. The one function that computes them is [`plan`];
//! every text, list and decision reads what it returned.

mod make_up;
mod plan;
mod why;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

pub use make_up::{MakeUpInput, make_up};
pub use plan::{Plan, PlanInput, plan};
pub use why::Why;

use crate::{
    calendar::Calendar,
    local_time::{Tz, next_day, start_of_day},
    rule_pack::RulePack,
};

/// The window of one appointment. Dates are local to the office; instants are UTC and half-open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Window {
    /// Number of the item in its plan, from 1.
    pub sequence: u32,
    /// First day on which a test completes the item.
    pub opens_on: NaiveDate,
    /// Last day by the cadence alone.
    pub nominal_on: NaiveDate,
    /// Last day: `nominal_on`, moved to a working day.
    pub due_on: NaiveDate,
    /// Last day on which a late test still completes the item.
    pub grace_ends_on: NaiveDate,
    /// Start of `opens_on`.
    pub opens_at: DateTime<Utc>,
    /// Start of the day after `due_on`.
    pub closes_at: DateTime<Utc>,
    /// Start of the day after `grace_ends_on`.
    pub grace_ends_at: DateTime<Utc>,
    /// A date may still move: a holiday notice it depends on is not loaded.
    pub provisional: bool,
    /// Why these dates.
    pub why: Why,
}

/// The dates of a window before it is made one.
struct Dates {
    sequence: u32,
    opens_on: NaiveDate,
    nominal_on: NaiveDate,
    due_on: NaiveDate,
    provisional: bool,
}

/// Adds the grace days and the instants. `why.provisional` and its text follow the window.
fn window(dates: Dates, why: Why, pack: &RulePack, calendar: &Calendar, tz: Tz) -> Window {
    let grace = match i64::from(pack.grace_working_days) {
        0 => None,
        days => Some(calendar.add_working_days(dates.due_on, days)),
    };
    let grace_ends_on = grace.as_ref().map_or(dates.due_on, |roll| roll.date);
    let provisional = dates.provisional || grace.is_some_and(|roll| roll.provisional);
    Window {
        sequence: dates.sequence,
        opens_on: dates.opens_on,
        nominal_on: dates.nominal_on,
        due_on: dates.due_on,
        grace_ends_on,
        opens_at: start_of_day(dates.opens_on, tz),
        closes_at: start_of_day(next_day(dates.due_on), tz),
        grace_ends_at: start_of_day(next_day(grace_ends_on), tz),
        provisional,
        why: why.with_provisional(provisional),
    }
}
