//! What the rules of retention did, as JSON.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    RetentionReportId,
    retention::{RetentionAction, RetentionSubject},
};
use serde::Serialize;
use storage::retention_reports::RetentionReport;
use utoipa::ToSchema;

/// What a rule did on a day. Holds numbers only.
#[derive(Debug, Serialize, ToSchema)]
pub struct RetentionReportView {
    /// UUIDv7.
    pub id: RetentionReportId,
    /// The day in UTC.
    pub ran_on: NaiveDate,
    /// What the rule is about.
    pub subject: RetentionSubject,
    /// What it does.
    pub action: RetentionAction,
    /// Days after the event, where there is an end.
    #[schema(example = 180)]
    pub keep_days: Option<i32>,
    /// The law or the practice the rule rests on.
    pub reason: String,
    /// Rows deleted, or files frozen, on that day.
    #[schema(example = 12)]
    pub acted: i64,
    /// Rows that stayed.
    #[schema(example = 3480)]
    pub kept: i64,
    /// Files whose time had come, and that pending work held up.
    #[schema(example = 2)]
    pub held_up: i64,
    /// By which work, in numbers of files; one may be held up by several.
    #[schema(value_type = Option<Object>, example = json!({ "open_tasks": 2 }))]
    pub held_up_by: Option<serde_json::Value>,
    /// When something was deleted last on that day (UTC).
    pub updated_at: DateTime<Utc>,
}

impl From<RetentionReport> for RetentionReportView {
    fn from(report: RetentionReport) -> Self {
        Self {
            id: report.id,
            ran_on: report.ran_on,
            subject: report.subject,
            action: report.action,
            keep_days: report.keep_days,
            reason: report.reason,
            acted: report.acted,
            kept: report.kept,
            held_up: report.held_up,
            held_up_by: report.held_up_by,
            updated_at: report.updated_at,
        }
    }
}
