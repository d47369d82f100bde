//! Sign-ins of staff members.

mod ended;
mod purge;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::{AgencyId, SessionId, StaffId};

pub use self::{ended::revoked_since, purge::purge};
use crate::{
    error::StorageError,
    schema::sessions,
    store::Tx,
    types::{bind, record},
    with_conn,
};

record! {
    /// One sign-in. Ends when it expires or is revoked, whichever comes first.
    pub struct Session, SessionValues in sessions {
        agency_id: AgencyId,
        id: SessionId,
        staff_id: StaffId,
        created_at: DateTime<Utc>,
        last_used_at: DateTime<Utc>,
        expires_at: DateTime<Utc>,
        revoked_at: Option<DateTime<Utc>>,
        /// A word, for the audit; no personal data.
        revoked_reason: Option<String>,
    }
}

/// Stores a new session.
pub fn insert(tx: &mut Tx<'_>, session: &Session) -> Result<(), StorageError> {
    with_conn!(tx, c => diesel::insert_into(sessions::table)
        .values(session.values())
        .execute(*c))?;
    Ok(())
}

/// One session, whether it is still good or not.
pub fn get(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    id: SessionId,
) -> Result<Option<Session>, StorageError> {
    Ok(with_conn!(tx, c => sessions::table
        .filter(sessions::agency_id.eq(bind(agency)))
        .filter(sessions::id.eq(bind(id)))
        .select(Session::as_select())
        .first(*c)
        .optional())?)
}

/// Notes that a session was used at `at` (UTC).
pub fn touch(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    id: SessionId,
    at: DateTime<Utc>,
) -> Result<(), StorageError> {
    with_conn!(tx, c => diesel::update(sessions::table)
        .filter(sessions::agency_id.eq(bind(agency)))
        .filter(sessions::id.eq(bind(id)))
        .set(sessions::last_used_at.eq(bind(at)))
        .execute(*c))?;
    Ok(())
}

/// Ends a session at `at` (UTC); answers whether it was still unrevoked. The first reason stays.
pub fn revoke(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    id: SessionId,
    at: DateTime<Utc>,
    reason: &str,
) -> Result<bool, StorageError> {
    let revoked = with_conn!(tx, c => diesel::update(sessions::table)
        .filter(sessions::agency_id.eq(bind(agency)))
        .filter(sessions::id.eq(bind(id)))
        .filter(sessions::revoked_at.is_null())
        .set((
            sessions::revoked_at.eq(bind(Some(at))),
            sessions::revoked_reason.eq(Some(reason)),
        ))
        .execute(*c))?;
    Ok(revoked == 1)
}

/// Ends every unrevoked session of a staff member at `at` (UTC); answers how many there were.
pub fn revoke_all_of(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    staff: StaffId,
    at: DateTime<Utc>,
    reason: &str,
) -> Result<usize, StorageError> {
    Ok(with_conn!(tx, c => diesel::update(sessions::table)
        .filter(sessions::agency_id.eq(bind(agency)))
        .filter(sessions::staff_id.eq(bind(staff)))
        .filter(sessions::revoked_at.is_null())
        .set((
            sessions::revoked_at.eq(bind(Some(at))),
            sessions::revoked_reason.eq(Some(reason)),
        ))
        .execute(*c))?)
}

/// The sessions of a staff member that go on at `now` (UTC).
pub fn live_of(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    staff: StaffId,
    now: DateTime<Utc>,
) -> Result<Vec<SessionId>, StorageError> {
    Ok(with_conn!(tx, c => sessions::table
        .filter(sessions::agency_id.eq(bind(agency)))
        .filter(sessions::staff_id.eq(bind(staff)))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(bind(now)))
        .order(sessions::id)
        .select(sessions::id)
        .load(*c))?)
}

/// The sessions of a staff member that go on at `now` (UTC) and got tokens after `used_since`; the
/// newest first, at most `limit`.
pub fn open_of(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    staff: StaffId,
    now: DateTime<Utc>,
    used_since: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Session>, StorageError> {
    Ok(with_conn!(tx, c => sessions::table
        .filter(sessions::agency_id.eq(bind(agency)))
        .filter(sessions::staff_id.eq(bind(staff)))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(bind(now)))
        .filter(sessions::last_used_at.gt(bind(used_since)))
        .order(sessions::id.desc())
        .limit(limit)
        .select(Session::as_select())
        .load(*c))?)
}

/// The newest session of a staff member but `current`, whether it still goes on or not: ids sort by the
/// time they were made.
pub fn newest_but(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    staff: StaffId,
    current: SessionId,
) -> Result<Option<Session>, StorageError> {
    Ok(with_conn!(tx, c => sessions::table
        .filter(sessions::agency_id.eq(bind(agency)))
        .filter(sessions::staff_id.eq(bind(staff)))
        .filter(sessions::id.ne(bind(current)))
        .order(sessions::id.desc())
        .select(Session::as_select())
        .first(*c)
        .optional())?)
}
