//! Receipts: what gateways say became of messages, kept as they came.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::{AgencyId, AttemptId, MessageId, MessageStatus, ReceiptCheck, ReceiptId};

use crate::{
    error::StorageError,
    schema::{receipt_checks, receipts},
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

/// One receipt.
pub fn get(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    id: ReceiptId,
) -> Result<Option<Receipt>, StorageError> {
    Ok(with_conn!(tx, c => receipts::table
        .filter(receipts::agency_id.eq(bind(agency)))
        .filter(receipts::id.eq(bind(id)))
        .select(Receipt::as_select())
        .first(*c)
        .optional())?)
}

/// Notes that a receipt moved its message in the end.
pub fn mark_applied(tx: &mut Tx<'_>, agency: AgencyId, id: ReceiptId) -> Result<(), StorageError> {
    with_conn!(tx, c => diesel::update(receipts::table)
        .filter(receipts::agency_id.eq(bind(agency)))
        .filter(receipts::id.eq(bind(id)))
        .set(receipts::applied.eq(true))
        .execute(*c))?;
    Ok(())
}

/// A receipt, and what its vendor says of it where nobody signed it.
#[derive(Debug, Clone)]
pub struct Reported {
    /// As it came.
    pub receipt: Receipt,
    /// None: it was signed or asked for, or is believed as it came.
    pub check: Option<ReceiptCheck>,
}

/// The receipts of these messages, in the order they came; those that came at one instant, in the
/// order the gateway reported.
pub fn of_messages(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    messages: &[MessageId],
) -> Result<Vec<Reported>, StorageError> {
    let rows: Vec<(Receipt, Option<ReceiptCheck>)> = with_conn!(tx, c => receipts::table
        .left_join(receipt_checks::table.on(receipt_checks::agency_id
            .eq(receipts::agency_id)
            .and(receipt_checks::receipt_id.eq(receipts::id))))
        .filter(receipts::agency_id.eq(bind(agency)))
        .filter(receipts::message_id.eq_any(messages.iter().map(bind).collect::<Vec<_>>()))
        .select((Receipt::as_select(), receipt_checks::state.nullable()))
        .load(*c))?;
    let mut found: Vec<Reported> = rows
        .into_iter()
        .map(|(receipt, check)| Reported { receipt, check })
        .collect();
    // What was posted comes before what its vendor said of it; ids of one millisecond are in no order. A
    // page's messages have a handful: sorted here, the index need not hold the instants.
    found.sort_by_key(|Reported { receipt, check }| {
        let answers = check.is_none();
        (
            receipt.received_at,
            answers,
            receipt.reported_at,
            receipt.id,
        )
    });
    Ok(found)
}
