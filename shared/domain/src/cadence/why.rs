//! Why an appointment has the date it has.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::words::Measure;

/// Why an appointment has its dates: the rule, its version, and the move off a day off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Why {
    /// Id of the rule pack.
    pub rule_pack: String,
    /// Version of the rule pack.
    pub rule_pack_version: u32,
    /// Where the cadence comes from.
    pub citation: String,
    /// The measure of the case.
    pub measure: Measure,
    /// Number of the item, from 1.
    pub item: u32,
    /// Year of the term, from 1; absent for a make-up appointment.
    pub year: Option<u32>,
    /// Months between two items of that year; absent for a make-up appointment.
    pub step_months: Option<u32>,
    /// The last day by the cadence alone.
    pub nominal_on: NaiveDate,
    /// The nominal day, if the due day is another.
    pub rolled_from: Option<NaiveDate>,
    /// The days off that were passed over, such as `国庆节`.
    pub roll_cause: Option<String>,
    /// The item's period is shorter because the term ends in it.
    pub cut_at_term_end: bool,
    /// A holiday notice these dates depend on is not loaded: they may still move.
    pub provisional: bool,
    /// All of this as plain English.
    pub text: String,
}

impl Why {
    /// Notes whether the dates may still move, in the text too.
    pub(super) fn with_provisional(mut self, provisional: bool) -> Self {
        self.provisional = provisional;
        if provisional {
            self.text.push_str(
                " The dates are provisional: a holiday notice they depend on is not loaded yet.",
            );
        }
        self
    }

    /// The part of the text that says where the due day comes from.
    pub(super) fn due_text(
        nominal_on: NaiveDate,
        due_on: NaiveDate,
        cause: Option<&str>,
    ) -> String {
        if nominal_on == due_on {
            return format!("due on {due_on}");
        }
        let direction = if due_on > nominal_on {
            "moved to the next working day"
        } else {
            "moved back to the last working day of the term"
        };
        let cause = cause.unwrap_or("day off");
        format!("last day {nominal_on} is not a working day ({cause}), so {direction}, {due_on}")
    }
}
