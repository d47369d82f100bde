//! What vendors say of receipts that nobody signed.

use chrono::{DateTime, Utc};
use diesel::{dsl::min, prelude::*};
use domain::{AgencyId, AttemptId, MessageId, MessageStatus, ReceiptCheck, ReceiptId};

use crate::{
    error::StorageError,
    schema::{receipt_checks, receipts},
    store::Tx,
    types::{bind, record},
    with_conn,
};

record! {
    /// That a vendor is asked, or was, whether a receipt is its own.
    pub struct Check, CheckValues in receipt_checks {
        agency_id: AgencyId,
        /// The receipt.
        receipt_id: ReceiptId,
        /// The message it is about.
        message_id: MessageId,
        /// The attempt it is about.
        attempt_id: AttemptId,
        state: ReceiptCheck,
        /// How often it was asked.
        asked: i32,
        /// When the vendor is asked (again); none: no more.
        next_ask_at: Option<DateTime<Utc>>,
        /// When it was settled.
        answered_at: Option<DateTime<Utc>>,
    }
}

/// Asks for a receipt to be looked into.
pub fn insert(tx: &mut Tx<'_>, check: &Check) -> Result<(), StorageError> {
    with_conn!(tx, c => diesel::insert_into(receipt_checks::table)
        .values(check.values())
        .execute(*c))?;
    Ok(())
}

/// Those whose vendors are to be asked by `now` (UTC), the longest waiting first.
pub fn due(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Check>, StorageError> {
    Ok(with_conn!(tx, c => receipt_checks::table
        .filter(receipt_checks::agency_id.eq(bind(agency)))
        .filter(receipt_checks::next_ask_at.is_not_null())
        .filter(receipt_checks::next_ask_at.le(bind(Some(now))))
        .order((receipt_checks::next_ask_at, receipt_checks::receipt_id))
        .limit(limit)
        .select(Check::as_select())
        .load(*c))?)
}

/// A receipt that its vendor is being asked about.
#[derive(Debug, Clone, Copy)]
pub struct Open {
    /// The message it is about.
    pub message_id: MessageId,
    /// The attempt it is about.
    pub attempt_id: AttemptId,
    /// The state it reports.
    pub posted: MessageStatus,
    /// When the vendor is asked (again) (UTC).
    pub next_ask_at: DateTime<Utc>,
}

/// Those of these messages that are open.
pub fn open_of(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    messages: &[MessageId],
) -> Result<Vec<Open>, StorageError> {
    type Columns = (MessageId, AttemptId, MessageStatus, Option<DateTime<Utc>>);
    // By way of the receipts, which are indexed by message.
    let rows: Vec<Columns> = with_conn!(tx, c => receipts::table
        .inner_join(receipt_checks::table.on(receipt_checks::agency_id
            .eq(receipts::agency_id)
            .and(receipt_checks::receipt_id.eq(receipts::id))))
        .filter(receipts::agency_id.eq(bind(agency)))
        .filter(receipts::message_id.eq_any(messages.iter().map(bind).collect::<Vec<_>>()))
        .filter(receipt_checks::next_ask_at.is_not_null())
        .select((
            receipt_checks::message_id,
            receipt_checks::attempt_id,
            receipts::state,
            receipt_checks::next_ask_at,
        ))
        .load(*c))?;
    let open = rows.into_iter();
    Ok(open
        .filter_map(|(message_id, attempt_id, posted, next)| {
            next.map(|next_ask_at| Open {
                message_id,
                attempt_id,
                posted,
                next_ask_at,
            })
        })
        .collect())
}

/// When a vendor is asked next (UTC).
pub fn next_due(tx: &mut Tx<'_>, agency: AgencyId) -> Result<Option<DateTime<Utc>>, StorageError> {
    Ok(with_conn!(tx, c => receipt_checks::table
        .filter(receipt_checks::agency_id.eq(bind(agency)))
        .filter(receipt_checks::next_ask_at.is_not_null())
        .select(min(receipt_checks::next_ask_at))
        .first(*c))?)
}

/// Asks again at `next` (UTC).
pub fn put_off(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    receipt: ReceiptId,
    next: DateTime<Utc>,
) -> Result<(), StorageError> {
    with_conn!(tx, c => diesel::update(receipt_checks::table)
        .filter(receipt_checks::agency_id.eq(bind(agency)))
        .filter(receipt_checks::receipt_id.eq(bind(receipt)))
        .filter(receipt_checks::state.eq(bind(ReceiptCheck::Asking)))
        .set((
            receipt_checks::asked.eq(receipt_checks::asked + 1),
            receipt_checks::next_ask_at.eq(bind(Some(next))),
        ))
        .execute(*c))?;
    Ok(())
}

/// Settles one that is open; answers whether it was.
pub fn settle(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    receipt: ReceiptId,
    state: ReceiptCheck,
    now: DateTime<Utc>,
) -> Result<bool, StorageError> {
    let settled = with_conn!(tx, c => diesel::update(receipt_checks::table)
        .filter(receipt_checks::agency_id.eq(bind(agency)))
        .filter(receipt_checks::receipt_id.eq(bind(receipt)))
        .filter(receipt_checks::state.eq(bind(ReceiptCheck::Asking)))
        .set((
            receipt_checks::state.eq(bind(state)),
            receipt_checks::next_ask_at.eq(bind(None::<DateTime<Utc>>)),
            receipt_checks::answered_at.eq(bind(Some(now))),
        ))
        .execute(*c))?;
    Ok(settled == 1)
}
