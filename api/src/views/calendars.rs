//! The working-day calendar as JSON.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use domain::{StaffId, TemplateSource, calendar::HolidayYear};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::views::cases::MoveView;

/// One year of the calendar: the State Council's notice as data.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CalendarView {
    /// The year the notice arranges.
    #[schema(example = 2026)]
    pub year: i32,
    /// Title and number of the notice.
    #[schema(example = "国务院办公厅关于2026年部分节假日安排的通知（国办发明电〔2025〕7号）")]
    pub notice: String,
    /// Where it is published.
    pub source: String,
    /// Days off, with the name of the holiday.
    #[schema(value_type = BTreeMap<String, String>, example = json!({"2026-10-01": "国庆节"}))]
    pub holidays: BTreeMap<NaiveDate, String>,
    /// Weekend days that are worked, with the holiday they make up for.
    #[schema(value_type = BTreeMap<String, String>, example = json!({"2026-10-10": "国庆节"}))]
    pub make_up_workdays: BTreeMap<NaiveDate, String>,
    /// Whether it ships with the product or was loaded by the agency.
    pub origin: TemplateSource,
    /// When it was loaded, UTC; `null`: it ships with the product.
    pub loaded_at: Option<DateTime<Utc>>,
    /// Who loaded it.
    pub loaded_by: Option<StaffId>,
}

impl CalendarView {
    /// A year that ships with the product.
    pub fn shipped(year: HolidayYear) -> Self {
        Self {
            year: year.year,
            notice: year.notice,
            source: year.source,
            holidays: year.holidays,
            make_up_workdays: year.make_up_workdays,
            origin: TemplateSource::Shipped,
            loaded_at: None,
            loaded_by: None,
        }
    }

    /// A year the agency loaded.
    pub fn loaded(year: HolidayYear, at: DateTime<Utc>, by: Option<StaffId>) -> Self {
        Self {
            origin: TemplateSource::Agency,
            loaded_at: Some(at),
            loaded_by: by,
            ..Self::shipped(year)
        }
    }
}

/// Every year there is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CalendarList {
    /// Oldest first.
    pub items: Vec<CalendarView>,
}

/// Whether to store.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PutCalendarQuery {
    /// `true`: only show what would move.
    #[serde(default)]
    #[param(default = false, example = true)]
    pub dry_run: bool,
}

/// What loading a year did, or would do.
#[derive(Debug, Serialize, ToSchema)]
pub struct CalendarLoaded {
    /// `true`: nothing was stored.
    pub dry_run: bool,
    /// The year as loaded.
    pub calendar: CalendarView,
    /// Appointments that move.
    pub moves: Vec<MoveView>,
}
