//! What the rules of retention did: one row for each subject and day.

use std::collections::HashSet;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::{prelude::*, upsert::excluded};
use domain::{
    AgencyId, RetentionReportId,
    retention::{RetentionAction, RetentionSubject},
};

use crate::{
    error::StorageError,
    schema::retention_reports,
    store::Tx,
    types::{bind, record},
    with_conn,
};

record! {
    /// What a rule did on a day.
    pub struct RetentionReport, RetentionReportValues in retention_reports {
        agency_id: AgencyId,
        id: RetentionReportId,
        /// The day in UTC.
        ran_on: NaiveDate,
        subject: RetentionSubject,
        action: RetentionAction,
        /// Days after the event, where there is an end.
        keep_days: Option<i32>,
        /// The law or the practice the rule rests on.
        reason: String,
        /// Rows deleted, or files frozen, on that day.
        acted: i64,
        /// Rows that stayed.
        kept: i64,
        updated_at: DateTime<Utc>,
        /// Files whose time had come that day, and that pending work held up.
        held_up: i64,
        /// By which work, as numbers.
        held_up_by: Option<serde_json::Value>,
    }
}

/// Adds what a batch did to the report of its day and subject; the first one of a day begins it.
pub fn add(tx: &mut Tx<'_>, report: &RetentionReport) -> Result<(), StorageError> {
    with_conn!(tx, c => diesel::insert_into(retention_reports::table)
        .values(report.values())
        .on_conflict((
            retention_reports::agency_id,
            retention_reports::ran_on,
            retention_reports::subject,
        ))
        .do_update()
        .set((
            retention_reports::acted.eq(retention_reports::acted + excluded(retention_reports::acted)),
            retention_reports::kept.eq(retention_reports::kept - excluded(retention_reports::acted)),
            retention_reports::updated_at.eq(excluded(retention_reports::updated_at)),
        ))
        .execute(*c))?;
    Ok(())
}

/// The subjects that have a report of this day.
pub fn subjects_on(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    day: NaiveDate,
) -> Result<HashSet<RetentionSubject>, StorageError> {
    let subjects: Vec<RetentionSubject> = with_conn!(tx, c => retention_reports::table
        .filter(retention_reports::agency_id.eq(bind(agency)))
        .filter(retention_reports::ran_on.eq(day))
        .select(retention_reports::subject)
        .load(*c))?;
    Ok(subjects.into_iter().collect())
}

/// A page of reports, newest first, from before the report `before`.
pub fn list(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    before: Option<RetentionReportId>,
    limit: i64,
) -> Result<Vec<RetentionReport>, StorageError> {
    Ok(with_conn!(tx, c => {
        let mut query = retention_reports::table
            .filter(retention_reports::agency_id.eq(bind(agency)))
            .order(retention_reports::id.desc())
            .limit(limit)
            .select(RetentionReport::as_select())
            .into_boxed();
        if let Some(before) = before {
            query = query.filter(retention_reports::id.lt(bind(before)));
        }
        query.load(*c)
    })?)
}
