//! Calls for help that cannot wait, and who was told of them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::{AgencyId, TaskId, emergency::EmergencyRound};

use crate::{
    error::StorageError, prepared::execute_prepared, schema::tasks, store::Tx, types::bind,
    with_conn,
};

/// Calls of which somebody was told at or before an instant (UTC) and that nobody was known to have
/// taken, the longest told first; of those that were closed meanwhile too. Reads no row whole.
pub fn told_by(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    by: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<TaskId>, StorageError> {
    Ok(with_conn!(tx, c => tasks::table
        .filter(tasks::agency_id.eq(bind(agency)))
        .filter(tasks::told_at.is_not_null())
        .filter(tasks::told_at.le(bind(Some(by))))
        .order((tasks::told_at, tasks::id))
        .limit(limit)
        .select(tasks::id)
        .load(*c))?)
}

/// When somebody was told of a call the longest ago, of those that [`told_by`] has (UTC).
pub fn first_told(
    tx: &mut Tx<'_>,
    agency: AgencyId,
) -> Result<Option<DateTime<Utc>>, StorageError> {
    let first: Option<Option<DateTime<Utc>>> = with_conn!(tx, c => tasks::table
        .filter(tasks::agency_id.eq(bind(agency)))
        .filter(tasks::told_at.is_not_null())
        .order(tasks::told_at)
        .select(tasks::told_at)
        .first(*c)
        .optional())?;
    Ok(first.flatten())
}

/// Notes who was told of a call, and when (UTC); without an instant nobody else will be. No new version:
/// whoever has the task before them may still say what came of it.
pub fn note_told(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    id: TaskId,
    round: EmergencyRound,
    at: Option<DateTime<Utc>>,
) -> Result<(), StorageError> {
    with_conn!(tx, c => execute_prepared!(*c, tasks, diesel::update(tasks::table
        .filter(tasks::agency_id.eq(bind(agency)))
        .filter(tasks::id.eq(bind(id))))
    .set((
        tasks::told_round.eq(bind(Some(round))),
        tasks::told_at.eq(bind(at)),
    ))))?;
    Ok(())
}
