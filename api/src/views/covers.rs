//! Covers as JSON.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{CoverId, OfficeId, StaffId};
use serde::{Deserialize, Serialize};
use storage::covers::Cover;
use utoipa::{IntoParams, ToSchema};

/// Somebody covers for an absent colleague.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CoverView {
    /// UUIDv7.
    pub id: CoverId,
    /// The absent colleague's office when the cover was made.
    pub office_id: OfficeId,
    /// Whose cases are covered.
    pub absent_id: StaffId,
    /// Who reaches them meanwhile.
    pub covering_id: StaffId,
    /// First day, in the office's time zone.
    #[schema(example = "2026-03-02")]
    pub starts_on: NaiveDate,
    /// Last day, in the office's time zone.
    #[schema(example = "2026-03-13")]
    pub ends_on: NaiveDate,
    /// Whether it stands now: from the first day to the last, unless it was ended.
    pub in_force: bool,
    /// Who made it.
    pub made_by: StaffId,
    /// UTC.
    pub made_at: DateTime<Utc>,
    /// Who ended it early.
    pub ended_by: Option<StaffId>,
    /// UTC.
    pub ended_at: Option<DateTime<Utc>>,
}

impl CoverView {
    /// As it is at `now` (UTC).
    pub fn of(cover: &Cover, now: DateTime<Utc>) -> Self {
        Self {
            id: cover.id,
            office_id: cover.office_id,
            absent_id: cover.absent_id,
            covering_id: cover.covering_id,
            starts_on: cover.starts_on,
            ends_on: cover.ends_on,
            in_force: cover.in_force(now),
            made_by: cover.made_by,
            made_at: cover.made_at,
            ended_by: cover.ended_by,
            ended_at: cover.ended_at,
        }
    }
}

/// Who covers for whom, and for how long.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateCover {
    /// A caseworker or supervisor of the office.
    pub absent_id: StaffId,
    /// Another caseworker of the office whose account is not locked.
    pub covering_id: StaffId,
    /// First day, in the office's time zone.
    #[schema(example = "2026-03-02")]
    pub starts_on: NaiveDate,
    /// Last day, in the office's time zone; within 366 days of the first.
    #[schema(example = "2026-03-13")]
    pub ends_on: NaiveDate,
}

/// Which covers to list.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListCovers {
    /// `true`: only those that are neither over nor ended.
    pub standing: Option<bool>,
    /// Items on the page, 1–100.
    #[param(minimum = 1, maximum = 100, default = 20, example = 20)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}
