//! Refresh tokens of sessions. Each is good once; its use makes the next generation.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::{AgencyId, RefreshTokenId, SessionId};

use crate::{
    error::StorageError,
    oldest::delete_expired,
    schema::refresh_tokens,
    store::Tx,
    types::{bind, record},
    with_conn,
};

record! {
    /// One refresh token. The secret itself is never stored.
    pub struct RefreshToken, RefreshTokenValues in refresh_tokens {
        agency_id: AgencyId,
        id: RefreshTokenId,
        session_id: SessionId,
        secret_hash: Vec<u8>,
        /// 0 for the one given at sign-in, one more at each rotation.
        generation: i32,
        issued_at: DateTime<Utc>,
        expires_at: DateTime<Utc>,
        used_at: Option<DateTime<Utc>>,
        /// When its predecessor was sent once more: then this one got lost, and is good no more.
        voided_at: Option<DateTime<Utc>>,
    }
}

/// Stores a new token.
pub fn insert(tx: &mut Tx<'_>, token: &RefreshToken) -> Result<(), StorageError> {
    with_conn!(tx, c => diesel::insert_into(refresh_tokens::table)
        .values(token.values())
        .execute(*c))?;
    Ok(())
}

/// One token, used or not.
pub fn get(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    id: RefreshTokenId,
) -> Result<Option<RefreshToken>, StorageError> {
    Ok(with_conn!(tx, c => refresh_tokens::table
        .filter(refresh_tokens::agency_id.eq(bind(agency)))
        .filter(refresh_tokens::id.eq(bind(id)))
        .select(RefreshToken::as_select())
        .first(*c)
        .optional())?)
}

/// Uses a token up at `at` (UTC); answers whether it was unused and not void. Of two at once, one
/// wins.
pub fn mark_used(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    id: RefreshTokenId,
    at: DateTime<Utc>,
) -> Result<bool, StorageError> {
    let used = with_conn!(tx, c => diesel::update(refresh_tokens::table)
        .filter(refresh_tokens::agency_id.eq(bind(agency)))
        .filter(refresh_tokens::id.eq(bind(id)))
        .filter(refresh_tokens::used_at.is_null())
        .filter(refresh_tokens::voided_at.is_null())
        .set(refresh_tokens::used_at.eq(bind(Some(at))))
        .execute(*c))?;
    Ok(used == 1)
}

/// Makes a token void at `at` (UTC); answers whether it was unused and not void before. Of two at
/// once, one wins.
pub fn mark_void(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    id: RefreshTokenId,
    at: DateTime<Utc>,
) -> Result<bool, StorageError> {
    let voided = with_conn!(tx, c => diesel::update(refresh_tokens::table)
        .filter(refresh_tokens::agency_id.eq(bind(agency)))
        .filter(refresh_tokens::id.eq(bind(id)))
        .filter(refresh_tokens::used_at.is_null())
        .filter(refresh_tokens::voided_at.is_null())
        .set(refresh_tokens::voided_at.eq(bind(Some(at))))
        .execute(*c))?;
    Ok(voided == 1)
}

/// The token of the highest generation of a session.
pub fn newest(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    session: SessionId,
) -> Result<Option<RefreshToken>, StorageError> {
    Ok(with_conn!(tx, c => refresh_tokens::table
        .filter(refresh_tokens::agency_id.eq(bind(agency)))
        .filter(refresh_tokens::session_id.eq(bind(session)))
        .order(refresh_tokens::generation.desc())
        .select(RefreshToken::as_select())
        .first(*c)
        .optional())?)
}

/// Whether a token later than `generation` of the session was used: then an earlier one that
/// turns up again is no retry of a lost answer but a copy in other hands.
pub fn successors_used(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    session: SessionId,
    generation: i32,
) -> Result<bool, StorageError> {
    let found: Option<RefreshTokenId> = with_conn!(tx, c => refresh_tokens::table
        .filter(refresh_tokens::agency_id.eq(bind(agency)))
        .filter(refresh_tokens::session_id.eq(bind(session)))
        .filter(refresh_tokens::generation.gt(generation))
        .filter(refresh_tokens::used_at.is_not_null())
        .select(refresh_tokens::id)
        .first(*c)
        .optional())?;
    Ok(found.is_some())
}

/// Removes tokens that expired before `before` (UTC) from among the `limit` oldest; answers how
/// many.
pub fn purge(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    before: DateTime<Utc>,
    limit: i64,
) -> Result<usize, StorageError> {
    Ok(delete_expired!(tx, refresh_tokens of agency, before, limit)?)
}
