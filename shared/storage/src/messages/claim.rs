//! Taking messages to send. A claim is a lease: when it runs out, another worker may take it.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::{AgencyId, MessageId, MessageStatus};

use super::Message;
use crate::{
    error::StorageError,
    schema::messages,
    store::{Conn, Tx},
    types::bind,
    with_conn,
};

/// Messages in `status` on which the worker is to act by now, the longest due first, locked
/// against other workers until the unit of work ends (PostgreSQL skips rows others hold; SQLite
/// has one writer).
pub fn lock_due(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    status: MessageStatus,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Message>, StorageError> {
    let query = messages::table
        .filter(messages::agency_id.eq(bind(agency)))
        .filter(messages::status.eq(bind(status)))
        .filter(messages::next_action_at.is_not_null())
        .filter(messages::next_action_at.le(bind(Some(now))))
        .order((messages::next_action_at, messages::id))
        .limit(limit);
    Ok(match tx.parts().0 {
        Conn::Sqlite(c) => query.select(Message::as_select()).load(*c),
        Conn::Postgres(c) => query
            .select(Message::as_select())
            .for_update()
            .skip_locked()
            .load(*c),
    }?)
}

/// Whether any message in `status` needs the worker by now. One index look-up.
pub fn due_in(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    status: MessageStatus,
    now: DateTime<Utc>,
) -> Result<bool, StorageError> {
    let first: Option<MessageId> = with_conn!(tx, c => messages::table
        .filter(messages::agency_id.eq(bind(agency)))
        .filter(messages::status.eq(bind(status)))
        .filter(messages::next_action_at.is_not_null())
        .filter(messages::next_action_at.le(bind(Some(now))))
        .select(messages::id)
        .limit(1)
        .first(*c)
        .optional())?;
    Ok(first.is_some())
}

/// Leases these messages until `lease_until`: one more attempt, one fence higher.
pub fn mark_claimed(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    ids: &[MessageId],
    lease_until: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    with_conn!(tx, c => diesel::update(messages::table
            .filter(messages::agency_id.eq(bind(agency)))
            .filter(messages::id.eq_any(ids.iter().map(bind).collect::<Vec<_>>())))
        .set((
            messages::status.eq(bind(MessageStatus::Claimed)),
            messages::next_action_at.eq(bind(Some(lease_until))),
            messages::fence.eq(messages::fence + 1),
            messages::attempt_count.eq(messages::attempt_count + 1),
            messages::version.eq(messages::version + 1),
            messages::updated_at.eq(bind(now)),
        ))
        .execute(*c))?;
    Ok(())
}

/// The earliest instant at which a message needs the worker.
pub fn next_due(tx: &mut Tx<'_>, agency: AgencyId) -> Result<Option<DateTime<Utc>>, StorageError> {
    let mut earliest: Option<DateTime<Utc>> = None;
    for status in [
        MessageStatus::Scheduled,
        MessageStatus::Claimed,
        MessageStatus::Accepted,
        MessageStatus::Unknown,
    ] {
        let next: Option<Option<DateTime<Utc>>> = with_conn!(tx, c => messages::table
            .filter(messages::agency_id.eq(bind(agency)))
            .filter(messages::status.eq(bind(status)))
            .filter(messages::next_action_at.is_not_null())
            .order(messages::next_action_at)
            .select(messages::next_action_at)
            .first(*c)
            .optional())?;
        earliest = earliest.into_iter().chain(next.flatten()).min();
    }
    Ok(earliest)
}
