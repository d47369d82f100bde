//! Receipts: what gateways say became of messages, kept as they came.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::{AgencyId, AttemptId, MessageId, MessageStatus, ReceiptId};

use crate::{
    error::StorageError,
    schema::receipts,
    store::Tx,
    types::{bind, record},
    with_conn,
};

record! {
    /// One delivery receipt.
    pub struct Receipt, ReceiptValues in receipts {
        agency_id: AgencyId,
        id: ReceiptId,
        message_id: MessageId,
        attempt_id: Option<AttemptId>,
        gateway: String,
        /// One receipt per key, however often the gateway repeats it.
        dedupe_key: String,
        /// The state it reports.
        state: MessageStatus,
        code: Option<String>,
        reported_at: DateTime<Utc>,
        received_at: DateTime<Utc>,
        /// Whether it moved the message (a later or lower-ranking one does not).
        applied: bool,
    }
}

/// Stores a receipt unless it is there already; answers whether it was stored.
pub fn insert_once(tx: &mut Tx<'_>, receipt: &Receipt) -> Result<bool, StorageError> {
    let stored = with_conn!(tx, c => diesel::insert_into(receipts::table)
        .values(receipt.values())
        .on_conflict((receipts::agency_id, receipts::dedupe_key))
        .do_nothing()
        .execute(*c))?;
    Ok(stored == 1)
}

/// The receipts of these messages, in the order they came; those that came at one instant, in the
/// order the gateway reported.
pub fn of_messages(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    messages: &[MessageId],
) -> Result<Vec<Receipt>, StorageError> {
    let mut found: Vec<Receipt> = with_conn!(tx, c => receipts::table
        .filter(receipts::agency_id.eq(bind(agency)))
        .filter(receipts::message_id.eq_any(messages.iter().map(bind).collect::<Vec<_>>()))
        .select(Receipt::as_select())
        .load(*c))?;
    // Ids of one millisecond are in no order. A page's messages have a handful: sorted here, the
    // index need not hold the instants.
    found.sort_by_key(|receipt| (receipt.received_at, receipt.reported_at, receipt.id));
    Ok(found)
}
