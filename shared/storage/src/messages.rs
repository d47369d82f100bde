//! Messages: outgoing texts, from plan to final state.

mod claim;
pub mod figures;
mod finish;
mod list;
pub mod resends;
mod to_staff;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::{
    AgencyId, AppointmentId, CaseId, Channel, ClientId, HopCause, MessageId, MessageKind,
    MessageStatus, OfficeId, StaffId,
};

pub use self::{
    claim::{due_count, due_in, lock_due, mark_claimed, next_due},
    finish::{Settled, cancel_scheduled, postpone, settle},
    list::{Filter, get_seen, list, of_appointments},
    to_staff::{get_to_staff, list_to_staff},
};
use crate::{
    error::StorageError,
    schema::messages,
    store::Tx,
    types::{bind, record},
    with_conn,
};

record! {
    /// One outgoing text to one recipient.
    pub struct Message, MessageValues in messages {
        agency_id: AgencyId,
        id: MessageId,
        office_id: OfficeId,
        client_id: Option<ClientId>,
        staff_id: Option<StaffId>,
        case_id: Option<CaseId>,
        appointment_id: Option<AppointmentId>,
        /// One message per key, however often it is planned.
        dedupe_key: String,
        kind: MessageKind,
        /// Step of the ladder.
        step: String,
        channel: Channel,
        status: MessageStatus,
        planned_for: DateTime<Utc>,
        /// From this instant on it is not sent any more.
        not_after: DateTime<Utc>,
        /// When it would have been sent but for quiet hours.
        shifted_from: Option<DateTime<Utc>>,
        shift_reason: Option<String>,
        hop_cause: Option<HopCause>,
        /// When the worker acts on it next: sends it, takes back an expired claim, gives up waiting
        /// for a receipt; none = never.
        next_action_at: Option<DateTime<Utc>>,
        attempt_count: i32,
        /// Goes up with every claim; an outcome under an older fence changes nothing.
        fence: i64,
        /// Why it is in its state, where the state alone does not say.
        status_reason: Option<String>,
        final_at: Option<DateTime<Utc>>,
        version: i64,
        created_at: DateTime<Utc>,
        updated_at: DateTime<Utc>,
    }
}

/// Stores the messages whose key is not there yet; answers how many were stored.
pub fn insert_once(tx: &mut Tx<'_>, messages: &[Message]) -> Result<usize, StorageError> {
    let mut stored = 0;
    for batch in messages.chunks(200) {
        let values: Vec<_> = batch.iter().map(Message::values).collect();
        stored += with_conn!(tx, c => diesel::insert_into(messages::table)
            .values(values)
            .on_conflict((messages::agency_id, messages::dedupe_key))
            .do_nothing()
            .execute(*c))?;
    }
    Ok(stored)
}

/// One message. Whether the caller may see it follows from its case.
pub fn get(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    id: MessageId,
) -> Result<Option<Message>, StorageError> {
    Ok(with_conn!(tx, c => messages::table
        .filter(messages::agency_id.eq(bind(agency)))
        .filter(messages::id.eq(bind(id)))
        .select(Message::as_select())
        .first(*c)
        .optional())?)
}

/// These messages, in no order.
pub fn get_many(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    ids: &[MessageId],
) -> Result<Vec<Message>, StorageError> {
    Ok(with_conn!(tx, c => messages::table
        .filter(messages::agency_id.eq(bind(agency)))
        .filter(messages::id.eq_any(ids.iter().map(bind).collect::<Vec<_>>()))
        .select(Message::as_select())
        .load(*c))?)
}
