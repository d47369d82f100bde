//! What clients see and end of their own sign-ins.

use casework::Work;
use chrono::{DateTime, Utc};
use domain::ClientSessionId;
use storage::client_sessions;

use crate::{
    auth::ClientCaller,
    failure::Failure,
    views::client_sessions::{MySessionList, MySessionView},
};

/// The caller's sessions that go on at `now` in the time of sign-ins, the newest first.
pub fn list(
    work: &mut Work<'_, '_>,
    caller: ClientCaller,
    now: DateTime<Utc>,
) -> Result<MySessionList, Failure> {
    let mut open = client_sessions::of_client(work.tx, work.agency, caller.client)?;
    open.retain(|session| session.goes_on(now));
    open.sort_by_key(|session| std::cmp::Reverse((session.created_at, session.id)));
    let items = open.into_iter().map(|session| MySessionView {
        id: session.id,
        current: session.id == caller.session,
        created_at: session.created_at,
        last_used_at: session.last_used_at,
        idle_ends_at: session.idle_ends_at,
        expires_at: session.expires_at,
    });
    Ok(MySessionList {
        items: items.collect(),
    })
}

/// Ends one of the caller's sessions at `now` in the time of sign-ins.
///
/// # Errors
/// `not_found` for a session of somebody else, and for one that has ended.
pub fn end_own(
    work: &mut Work<'_, '_>,
    caller: ClientCaller,
    id: ClientSessionId,
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    client_sessions::get(work.tx, work.agency, id)?
        .filter(|session| session.client_id == caller.client && session.goes_on(now))
        .ok_or_else(|| Failure::not_found("session"))?;
    client_sessions::revoke(work.tx, work.agency, id, now, "ended_by_owner")?;
    Ok(())
}
