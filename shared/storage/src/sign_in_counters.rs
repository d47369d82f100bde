//! Failed sign-ins, counted before anybody is known.
//!
//! With the logins the one table that is no tenant's: a name that nobody has is counted as one that
//! somebody has, and neither tells its agency. Subjects are keyed fingerprints: who reads the table
//! learns no name and no address.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::lockout::Failures;

use crate::{
    error::StorageError, oldest::delete_oldest, schema::sign_in_counters, store::Tx, types::record,
    with_conn,
};

record! {
    struct CounterRow, CounterValues in sign_in_counters {
        subject: Vec<u8>,
        failures: i32,
        last_failure_at: Option<DateTime<Utc>>,
        blocked_until: Option<DateTime<Utc>>,
        succeeded_at: Option<DateTime<Utc>>,
        keep_until: DateTime<Utc>,
    }
}

/// What happened to one subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counter {
    /// Failures in a row.
    pub failures: Failures,
    /// The last success, UTC.
    pub succeeded_at: Option<DateTime<Utc>>,
}

/// What happened to `subject`.
pub fn get(tx: &mut Tx<'_>, subject: &[u8]) -> Result<Counter, StorageError> {
    let row: Option<CounterRow> = with_conn!(tx, c => sign_in_counters::table
        .filter(sign_in_counters::subject.eq(subject))
        .select(CounterRow::as_select())
        .first(*c)
        .optional())?;
    Ok(row.map_or_else(Counter::default, |row| Counter {
        failures: Failures {
            count: u32::try_from(row.failures).unwrap_or(0),
            last_at: row.last_failure_at,
            blocked_until: row.blocked_until,
        },
        succeeded_at: row.succeeded_at,
    }))
}

/// Stores `after` for `subject` until `keep_until` (UTC), if its failures still are at `before`.
///
/// [`StorageError::Collision`] when somebody else counted meanwhile: look again.
pub fn save(
    tx: &mut Tx<'_>,
    subject: &[u8],
    before: u32,
    after: &Counter,
    keep_until: DateTime<Utc>,
) -> Result<(), StorageError> {
    let number = |count: u32| i32::try_from(count).unwrap_or(i32::MAX);
    let row = CounterRow {
        subject: subject.to_vec(),
        failures: number(after.failures.count),
        last_failure_at: after.failures.last_at,
        blocked_until: after.failures.blocked_until,
        succeeded_at: after.succeeded_at,
        keep_until,
    };
    let saved = with_conn!(tx, c => {
        let insert = diesel::insert_into(sign_in_counters::table)
            .values(row.values())
            .on_conflict(sign_in_counters::subject)
            .do_update()
            .set(row.values());
        diesel::query_dsl::methods::FilterDsl::filter(
            insert,
            sign_in_counters::failures.eq(number(before)),
        )
        .execute(*c)
    })?;
    if saved == 1 {
        Ok(())
    } else {
        Err(StorageError::Collision)
    }
}

/// Removes what means nothing any more at `now` (UTC), the `limit` oldest of it; answers how many.
pub fn purge(tx: &mut Tx<'_>, now: DateTime<Utc>, limit: i64) -> Result<usize, StorageError> {
    Ok(delete_oldest!(tx, sign_in_counters by subject, keep_until le now, limit)?)
}
