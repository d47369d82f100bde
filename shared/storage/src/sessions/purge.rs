//! Forgetting sign-ins that ended long ago.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::{AgencyId, SessionId};

use crate::{
    error::StorageError,
    schema::{refresh_tokens, sessions},
    store::Tx,
    types::bind,
    with_conn,
};

/// Removes up to `limit` sessions that expired or were revoked before `before` (UTC), the oldest
/// first, with what is left of their refresh tokens; answers how many sessions.
pub fn purge(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    before: DateTime<Utc>,
    limit: i64,
) -> Result<usize, StorageError> {
    let ended: Vec<SessionId> = with_conn!(tx, c => sessions::table
        .filter(sessions::agency_id.eq(bind(agency)))
        .filter(sessions::expires_at.lt(bind(before)).or(sessions::revoked_at.lt(bind(Some(before)))))
        .order(sessions::id)
        .limit(limit)
        .select(sessions::id)
        .load(*c))?;
    if ended.is_empty() {
        return Ok(0);
    }
    with_conn!(tx, c => diesel::delete(refresh_tokens::table)
        .filter(refresh_tokens::agency_id.eq(bind(agency)))
        .filter(refresh_tokens::session_id.eq_any(ended.iter().map(bind).collect::<Vec<_>>()))
        .execute(*c))?;
    Ok(with_conn!(tx, c => diesel::delete(sessions::table)
        .filter(sessions::agency_id.eq(bind(agency)))
        .filter(sessions::id.eq_any(ended.iter().map(bind).collect::<Vec<_>>()))
        .execute(*c))?)
}
