//! Previews of schedules as JSON.

use chrono::NaiveDate;
use domain::{Measure, cadence::Window};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A case that might be.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreviewSchedule {
    /// Kind of case.
    pub measure: Measure,
    /// Rule pack; `cn-default` unless given.
    #[schema(example = "cn-default")]
    pub rule_pack: Option<String>,
    /// The local day of the report-in.
    #[schema(example = "2025-09-05")]
    pub reported_in_on: NaiveDate,
    /// Term in months, 1–36, as the rule pack allows for the measure.
    #[schema(minimum = 1, maximum = 36, example = 36)]
    pub term_months: u32,
    /// The end of the term, if one is printed on the decision; it wins over the computed one.
    #[schema(example = "2028-09-04")]
    pub term_ends_on: Option<NaiveDate>,
}

/// What the schedule would be.
#[derive(Debug, Serialize, ToSchema)]
pub struct SchedulePreview {
    /// The rules in force on the day of the report-in.
    #[schema(example = "cn-default")]
    pub rule_pack: String,
    /// Their version.
    #[schema(example = 1)]
    pub rule_pack_version: u32,
    /// First day of the term.
    #[schema(example = "2025-09-05")]
    pub term_starts_on: NaiveDate,
    /// Last day of the term.
    #[schema(example = "2028-09-04")]
    pub term_ends_on: NaiveDate,
    /// Every appointment of the term.
    pub items: Vec<Window>,
}
