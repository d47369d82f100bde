//! Taking messages to send. A claim is a lease: when it runs out, another worker may take it.
//!
//! While an office's sending is paused, nothing of it is taken to be sent; what has left is followed up
//! as ever. What is over is taken too, to be closed unsent: a pause brings no message past its time.

use chrono::{DateTime, Utc};
use diesel::{dsl::count_star, prelude::*, sql_types::Bool};
use domain::{AgencyId, Channel, MessageId, MessageStatus, OfficeId};

use super::Message;
use crate::{
    error::StorageError,
    schema::messages,
    sending_pauses::{self as pauses, paused_offices},
    store::{Conn, Tx},
    types::bind,
    with_conn,
};

/// Whether acting on a message in this state hands it to a gateway.
const fn is_sent_from(status: MessageStatus) -> bool {
    matches!(status, MessageStatus::Scheduled | MessageStatus::Claimed)
}

/// Messages in `status` on which the worker is to act by now and that no pause holds back.
macro_rules! due {
    ($agency:expr, $status:expr, $now:expr) => {{
        let follows_up = !is_sent_from($status);
        messages::table
            .filter(messages::agency_id.eq(bind($agency)))
            .filter(messages::status.eq(bind($status)))
            .filter(messages::next_action_at.is_not_null())
            .filter(messages::next_action_at.le(bind(Some($now))))
            .filter(
                messages::office_id
                    .ne_all(paused_offices!($agency))
                    .or(messages::not_after.le(bind($now)))
                    .or(follows_up.into_sql::<Bool>()),
            )
    }};
}

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
    let query = due!(agency, status, now)
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
    let first: Option<MessageId> = with_conn!(tx, c => due!(agency, status, now)
        .select(messages::id)
        .limit(1)
        .first(*c)
        .optional())?;
    Ok(first.is_some())
}

/// How many messages in `status` the worker was to act on by then, and no pause holds back.
pub fn due_count(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    status: MessageStatus,
    by: DateTime<Utc>,
) -> Result<i64, StorageError> {
    Ok(with_conn!(tx, c => due!(agency, status, by)
        .select(count_star())
        .first(*c))?)
}

/// Leases these messages until `lease_until`, to go by `channel`: one more attempt, one fence higher.
pub fn mark_claimed(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    ids: &[MessageId],
    channel: Channel,
    lease_until: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    with_conn!(tx, c => diesel::update(messages::table
            .filter(messages::agency_id.eq(bind(agency)))
            .filter(messages::id.eq_any(ids.iter().map(bind).collect::<Vec<_>>())))
        .set((
            messages::channel.eq(bind(channel)),
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
    let paused = pauses::offices(tx, agency)?;
    let mut earliest: Option<DateTime<Utc>> = None;
    for status in [
        MessageStatus::Scheduled,
        MessageStatus::Claimed,
        MessageStatus::Accepted,
        MessageStatus::Unknown,
    ] {
        let held: &[OfficeId] = if is_sent_from(status) { &paused } else { &[] };
        let next = next_in(tx, agency, status, held)?;
        let over = if held.is_empty() {
            None
        } else {
            held_until(tx, agency, status, held)?
        };
        earliest = earliest.into_iter().chain(next).chain(over).min();
    }
    Ok(earliest)
}

/// The earliest instant at which a message in `status` of any office but these needs the worker.
fn next_in(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    status: MessageStatus,
    but: &[OfficeId],
) -> Result<Option<DateTime<Utc>>, StorageError> {
    let next: Option<Option<DateTime<Utc>>> = with_conn!(tx, c => {
        let mut query = messages::table
            .filter(messages::agency_id.eq(bind(agency)))
            .filter(messages::status.eq(bind(status)))
            .filter(messages::next_action_at.is_not_null())
            .order(messages::next_action_at)
            .select(messages::next_action_at)
            .limit(1)
            .into_boxed();
        if !but.is_empty() {
            query = query.filter(messages::office_id.ne_all(but.iter().map(bind).collect::<Vec<_>>()));
        }
        query.first(*c).optional()
    })?;
    Ok(next.flatten())
}

/// When the first message in `status` of these offices is over, and so needs the worker for all that
/// they are paused.
fn held_until(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    status: MessageStatus,
    of: &[OfficeId],
) -> Result<Option<DateTime<Utc>>, StorageError> {
    let over: Option<(DateTime<Utc>, Option<DateTime<Utc>>)> = with_conn!(tx, c => messages::table
        .filter(messages::agency_id.eq(bind(agency)))
        .filter(messages::status.eq(bind(status)))
        .filter(messages::next_action_at.is_not_null())
        .filter(messages::office_id.eq_any(of.iter().map(bind).collect::<Vec<_>>()))
        .order(messages::not_after)
        .select((messages::not_after, messages::next_action_at))
        .first(*c)
        .optional())?;
    // One that was put off beyond its time is looked at then.
    Ok(over.and_then(|(over, next)| Some(over.max(next?))))
}
