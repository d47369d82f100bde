//! What ended of late.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::{AgencyId, SessionId};

use crate::{error::StorageError, schema::sessions, store::Tx, types::bind, with_conn};

/// The sessions that were ended after `since` (UTC), before their time.
pub fn revoked_since(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    since: DateTime<Utc>,
) -> Result<Vec<SessionId>, StorageError> {
    Ok(with_conn!(tx, c => sessions::table
        .filter(sessions::agency_id.eq(bind(agency)))
        .filter(sessions::revoked_at.gt(bind(Some(since))))
        .select(sessions::id)
        .load(*c))?)
}
