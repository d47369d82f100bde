//! Sign-ins of clients.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::{AgencyId, ClientId, ClientSessionId, WechatBindingId};

use crate::{
    error::StorageError,
    oldest::delete_expired,
    schema::client_sessions,
    store::Tx,
    types::{bind, record},
    with_conn,
};

record! {
    /// One sign-in of a client. Ends when it expires, was idle too long, or is revoked.
    pub struct ClientSession, ClientSessionValues in client_sessions {
        agency_id: AgencyId,
        id: ClientSessionId,
        client_id: ClientId,
        /// Of the refresh token that is good now, from 0.
        generation: i32,
        /// Of the token used last, while it may be sent once more: its answer may have been lost.
        retry_generation: Option<i32>,
        created_at: DateTime<Utc>,
        last_used_at: DateTime<Utc>,
        idle_ends_at: DateTime<Utc>,
        expires_at: DateTime<Utc>,
        revoked_at: Option<DateTime<Utc>>,
        /// A word; no personal data.
        revoked_reason: Option<String>,
        /// The WeChat account that opened it; it ends with its binding.
        wechat_binding_id: Option<WechatBindingId>,
    }
}

impl ClientSession {
    /// Whether it goes on at `now`, in the time of sign-ins (UTC).
    pub fn goes_on(&self, now: DateTime<Utc>) -> bool {
        self.revoked_at.is_none() && self.idle_ends_at > now && self.expires_at > now
    }
}

/// Stores a new session.
pub fn insert(tx: &mut Tx<'_>, session: &ClientSession) -> Result<(), StorageError> {
    with_conn!(tx, c => diesel::insert_into(client_sessions::table)
        .values(session.values())
        .execute(*c))?;
    Ok(())
}

/// One session, whether it still goes on or not.
pub fn get(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    id: ClientSessionId,
) -> Result<Option<ClientSession>, StorageError> {
    Ok(with_conn!(tx, c => client_sessions::table
        .filter(client_sessions::agency_id.eq(bind(agency)))
        .filter(client_sessions::id.eq(bind(id)))
        .select(ClientSession::as_select())
        .first(*c)
        .optional())?)
}

/// The sessions of a client that are still on file, oldest first.
pub fn of_client(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    client: ClientId,
) -> Result<Vec<ClientSession>, StorageError> {
    Ok(with_conn!(tx, c => client_sessions::table
        .filter(client_sessions::agency_id.eq(bind(agency)))
        .filter(client_sessions::client_id.eq(bind(client)))
        .order(client_sessions::id)
        .select(ClientSession::as_select())
        .load(*c))?)
}

/// Replaces a session if its refresh token is still that of `generation`; answers whether it was.
pub fn save(
    tx: &mut Tx<'_>,
    session: &ClientSession,
    generation: i32,
) -> Result<bool, StorageError> {
    let changed = with_conn!(tx, c => diesel::update(client_sessions::table
            .filter(client_sessions::agency_id.eq(bind(session.agency_id)))
            .filter(client_sessions::id.eq(bind(session.id)))
            .filter(client_sessions::revoked_at.is_null())
            .filter(client_sessions::generation.eq(generation)))
        .set(session.values())
        .execute(*c))?;
    Ok(changed == 1)
}

/// Ends a session at `at` (UTC); the first reason stays.
pub fn revoke(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    id: ClientSessionId,
    at: DateTime<Utc>,
    reason: &str,
) -> Result<(), StorageError> {
    with_conn!(tx, c => diesel::update(client_sessions::table)
        .filter(client_sessions::agency_id.eq(bind(agency)))
        .filter(client_sessions::id.eq(bind(id)))
        .filter(client_sessions::revoked_at.is_null())
        .set((
            client_sessions::revoked_at.eq(bind(Some(at))),
            client_sessions::revoked_reason.eq(Some(reason)),
        ))
        .execute(*c))?;
    Ok(())
}

/// Ends every session of a client at `at` (UTC); those that ended before keep their reason.
pub fn revoke_all_of(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    client: ClientId,
    at: DateTime<Utc>,
    reason: &str,
) -> Result<(), StorageError> {
    with_conn!(tx, c => diesel::update(client_sessions::table)
        .filter(client_sessions::agency_id.eq(bind(agency)))
        .filter(client_sessions::client_id.eq(bind(client)))
        .filter(client_sessions::revoked_at.is_null())
        .set((
            client_sessions::revoked_at.eq(bind(Some(at))),
            client_sessions::revoked_reason.eq(Some(reason)),
        ))
        .execute(*c))?;
    Ok(())
}

/// Ends the sessions of a client that a WeChat account opened, at `at` (UTC).
pub fn revoke_opened_by(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    client: ClientId,
    binding: WechatBindingId,
    at: DateTime<Utc>,
    reason: &str,
) -> Result<(), StorageError> {
    with_conn!(tx, c => diesel::update(client_sessions::table)
        .filter(client_sessions::agency_id.eq(bind(agency)))
        .filter(client_sessions::client_id.eq(bind(client)))
        .filter(client_sessions::wechat_binding_id.eq(bind(Some(binding))))
        .filter(client_sessions::revoked_at.is_null())
        .set((
            client_sessions::revoked_at.eq(bind(Some(at))),
            client_sessions::revoked_reason.eq(Some(reason)),
        ))
        .execute(*c))?;
    Ok(())
}

/// Removes sessions that expired before `before` (UTC) from among the `limit` oldest; answers how
/// many.
pub fn purge(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    before: DateTime<Utc>,
    limit: i64,
) -> Result<usize, StorageError> {
    Ok(delete_expired!(tx, client_sessions of agency, before, limit)?)
}
