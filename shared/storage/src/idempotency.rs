//! Answers kept for requests that may be sent again under the same key.

use std::fmt;

use chrono::{DateTime, Utc};
use diesel::{prelude::*, upsert::excluded};
use domain::{AgencyId, StaffId};

use crate::{
    error::StorageError,
    prepared::execute_prepared,
    schema::idempotency_keys,
    sealed::Place,
    store::Tx,
    types::{bind, record},
    with_conn,
};

const BODY: &str = "idempotency_keys.body";

/// What was answered to the first request under a key.
#[derive(Clone, PartialEq, Eq)]
pub struct Stored {
    /// The operation that was asked for.
    pub operation: String,
    /// Of the request's body: the same key with another body is refused.
    pub fingerprint: Vec<u8>,
    /// HTTP status of the answer.
    pub status: i32,
    /// The answer's body; kept sealed, for it may name people.
    pub body: String,
}

impl fmt::Debug for Stored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stored")
            .field("operation", &self.operation)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

record! {
    struct KeyRow, KeyValues in idempotency_keys {
        agency_id: AgencyId,
        principal_id: StaffId,
        key: String,
        operation: String,
        fingerprint: Vec<u8>,
        status: i32,
        body_sealed: Vec<u8>,
        created_at: DateTime<Utc>,
        expires_at: DateTime<Utc>,
    }
}

/// What is kept under a principal's key, unless it expired by `now` (UTC).
pub fn find(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    principal: StaffId,
    key: &str,
    now: DateTime<Utc>,
) -> Result<Option<Stored>, StorageError> {
    let sealer = tx.sealer();
    with_conn!(tx, c => idempotency_keys::table
        .filter(idempotency_keys::agency_id.eq(bind(agency)))
        .filter(idempotency_keys::principal_id.eq(bind(principal)))
        .filter(idempotency_keys::key.eq(key))
        .filter(idempotency_keys::expires_at.gt(bind(now)))
        .select(KeyRow::as_select())
        .first(*c)
        .optional())?
    .map(|row| {
        let body = sealer.open(Place::new(BODY, row.principal_id), &row.body_sealed)?;
        Ok(Stored {
            operation: row.operation,
            fingerprint: row.fingerprint,
            status: row.status,
            body,
        })
    })
    .transpose()
}

/// Keeps an answer from `now` until `expires_at` (UTC), in the unit of work that had the effect.
///
/// [`StorageError::Duplicate`] when another request got there first; one that expired gives way.
pub fn insert(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    principal: StaffId,
    key: &str,
    answer: &Stored,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> Result<(), StorageError> {
    let row = KeyRow {
        agency_id: agency,
        principal_id: principal,
        key: key.to_owned(),
        operation: answer.operation.clone(),
        fingerprint: answer.fingerprint.clone(),
        status: answer.status,
        body_sealed: tx
            .sealer()
            .seal(Place::new(BODY, principal), &answer.body)?,
        created_at: now,
        expires_at,
    };
    let kept = with_conn!(tx, c => {
        let put = diesel::insert_into(idempotency_keys::table)
            .values(row.values())
            .on_conflict((
                idempotency_keys::agency_id,
                idempotency_keys::principal_id,
                idempotency_keys::key,
            ))
            .do_update()
            .set((
                idempotency_keys::operation.eq(excluded(idempotency_keys::operation)),
                idempotency_keys::fingerprint.eq(excluded(idempotency_keys::fingerprint)),
                idempotency_keys::status.eq(excluded(idempotency_keys::status)),
                idempotency_keys::body_sealed.eq(excluded(idempotency_keys::body_sealed)),
                idempotency_keys::created_at.eq(excluded(idempotency_keys::created_at)),
                idempotency_keys::expires_at.eq(excluded(idempotency_keys::expires_at)),
            ));
        execute_prepared!(*c, idempotency_keys, diesel::query_dsl::methods::FilterDsl::filter(
            put,
            idempotency_keys::expires_at.le(bind(now)),
        ))
    })?;
    if kept == 1 {
        Ok(())
    } else {
        Err(StorageError::Duplicate("idempotency_keys".to_owned()))
    }
}

/// Removes about `limit` answers that expired by `now` (UTC); answers how many.
pub fn purge_expired(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<usize, StorageError> {
    Ok(with_conn!(tx, c => {
        let kept = diesel::alias!(idempotency_keys as kept);
        let expired = kept
            .filter(kept.field(idempotency_keys::agency_id).eq(bind(agency)))
            .filter(kept.field(idempotency_keys::expires_at).le(bind(now)))
            .order(kept.field(idempotency_keys::expires_at))
            .limit(limit)
            .select(kept.field(idempotency_keys::key));
        // Two principals may use one key: a few more than `limit` may go, all of them expired.
        diesel::delete(idempotency_keys::table)
            .filter(idempotency_keys::agency_id.eq(bind(agency)))
            .filter(idempotency_keys::expires_at.le(bind(now)))
            .filter(idempotency_keys::key.eq_any(expired))
            .execute(*c)
    })?)
}
