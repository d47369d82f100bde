//! Writing what came of messages.

use chrono::{DateTime, Utc};
use diesel::{dsl::case_when, prelude::*, sql_types::Bool};
use domain::{AgencyId, AppointmentId, Channel, HopCause, MessageId, MessageStatus};

use crate::{
    error::StorageError, prepared::execute_prepared, schema::messages, store::Tx, types::bind,
    with_conn,
};

/// The state a group of messages goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// The new state.
    pub status: MessageStatus,
    /// When the worker acts on it next.
    pub next_action_at: Option<DateTime<Utc>>,
    /// Why, where the state alone does not say.
    pub reason: Option<String>,
    /// Set when it moves to another channel.
    pub hop: Option<(Channel, HopCause)>,
    /// Whether nothing follows any more.
    pub is_final: bool,
    /// Whether its providers hold it up: they rest, or failed. How long it has been held up counts from
    /// the first time in a row.
    pub is_held_up: bool,
}

/// Moves the messages that are still in the state `from` under this `fence`; answers how many were.
pub fn settle(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    ids: &[MessageId],
    from: MessageStatus,
    fence: i64,
    to: &Settled,
    now: DateTime<Utc>,
) -> Result<usize, StorageError> {
    let mut changed = 0;
    for batch in ids.chunks(1000) {
        let target = messages::table
            .filter(messages::agency_id.eq(bind(agency)))
            .filter(messages::id.eq_any(batch.iter().map(bind).collect::<Vec<_>>()))
            .filter(messages::status.eq(bind(from)))
            .filter(messages::fence.eq(fence));
        let values = (
            messages::status.eq(bind(to.status)),
            messages::next_action_at.eq(bind(to.next_action_at)),
            messages::status_reason.eq(bind(to.reason.clone())),
            messages::final_at.eq(bind(to.is_final.then_some(now))),
            messages::held_since.eq(case_when(
                to.is_held_up.into_sql::<Bool>(),
                case_when(messages::held_since.is_not_null(), messages::held_since)
                    .otherwise(bind(Some(now))),
            )),
            messages::version.eq(messages::version + 1),
            messages::updated_at.eq(bind(now)),
        );
        changed += match to.hop {
            None => with_conn!(tx, c => diesel::update(target).set(values).execute(*c))?,
            Some((channel, cause)) => with_conn!(tx, c => diesel::update(target)
                .set((
                    values,
                    messages::channel.eq(bind(channel)),
                    messages::hop_cause.eq(bind(Some(cause))),
                ))
                .execute(*c))?,
        };
    }
    Ok(changed)
}

/// Puts messages off until `until`, where `from` and `fence` still hold, and records the move with
/// its reason; answers how many.
pub fn postpone(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    ids: &[MessageId],
    (from, fence): (MessageStatus, i64),
    until: DateTime<Utc>,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<usize, StorageError> {
    Ok(with_conn!(tx, c => diesel::update(messages::table
            .filter(messages::agency_id.eq(bind(agency)))
            .filter(messages::id.eq_any(ids.iter().map(bind).collect::<Vec<_>>()))
            .filter(messages::status.eq(bind(from)))
            .filter(messages::fence.eq(fence)))
        .set((
            messages::status.eq(bind(MessageStatus::Scheduled)),
            messages::next_action_at.eq(bind(Some(until))),
            // Of several moves the first tells when it should have gone.
            messages::shifted_from.eq(case_when(
                messages::shifted_from.is_not_null(),
                messages::shifted_from,
            )
            .otherwise(messages::planned_for.nullable())),
            messages::shift_reason.eq(Some(reason)),
            messages::held_since.eq(bind(None::<DateTime<Utc>>)),
            messages::version.eq(messages::version + 1),
            messages::updated_at.eq(bind(now)),
        ))
        .execute(*c))?)
}

/// Cancels what is still only planned for these appointments; answers how many.
pub fn cancel_scheduled(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    appointments: &[AppointmentId],
    reason: &str,
    now: DateTime<Utc>,
) -> Result<usize, StorageError> {
    let planned = messages::table
        .filter(messages::agency_id.eq(bind(agency)))
        .filter(messages::status.eq(bind(MessageStatus::Scheduled)));
    let values = (
        messages::status.eq(bind(MessageStatus::Cancelled)),
        messages::next_action_at.eq(bind(None::<DateTime<Utc>>)),
        messages::status_reason.eq(Some(reason)),
        messages::final_at.eq(bind(Some(now))),
        messages::version.eq(messages::version + 1),
        messages::updated_at.eq(bind(now)),
    );
    Ok(match appointments {
        [one] => with_conn!(tx, c => execute_prepared!(*c, messages, diesel::update(
            planned.filter(messages::appointment_id.eq(bind(Some(*one)))))
            .set(values))),
        many => with_conn!(tx, c => diesel::update(planned.filter(
            messages::appointment_id.eq_any(many.iter().map(|id| bind(Some(*id))).collect::<Vec<_>>())))
            .set(values)
            .execute(*c)),
    }?)
}
