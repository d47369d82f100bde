//! Messages that people had sent again: which one each repeats, and why.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::{AgencyId, MessageId, StaffId};

use crate::{
    error::StorageError,
    schema::message_resends,
    sealed::Place,
    store::Tx,
    types::{bind, record},
    with_conn,
};

const REASON: &str = "message_resends.reason";

record! {
    struct Row, RowValues in message_resends {
        agency_id: AgencyId,
        id: MessageId,
        original_id: MessageId,
        reason_sealed: Vec<u8>,
        requested_by: StaffId,
        requested_at: DateTime<Utc>,
    }
}

/// A message that repeats another.
#[derive(Clone)]
#[expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]
pub struct Resend {
    /// The tenant.
    pub agency_id: AgencyId,
    /// The repetition.
    pub id: MessageId,
    /// What it repeats.
    pub original_id: MessageId,
    /// Why, in free words; kept sealed.
    pub reason: String,
    /// Who asked for it.
    pub requested_by: StaffId,
    /// When (UTC).
    pub requested_at: DateTime<Utc>,
}

/// Stores that a message repeats another.
///
/// # Errors
/// [`StorageError::Duplicate`] when the other has been repeated already.
pub fn insert(tx: &mut Tx<'_>, resend: &Resend) -> Result<(), StorageError> {
    let place = Place::new(REASON, resend.id);
    let row = Row {
        agency_id: resend.agency_id,
        id: resend.id,
        original_id: resend.original_id,
        reason_sealed: tx.sealer().seal(place, &resend.reason)?,
        requested_by: resend.requested_by,
        requested_at: resend.requested_at,
    };
    with_conn!(tx, c => diesel::insert_into(message_resends::table)
        .values(row.values())
        .execute(*c))?;
    Ok(())
}

/// What these messages repeat and what repeats them.
pub fn of_messages(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    messages: &[MessageId],
) -> Result<Vec<Resend>, StorageError> {
    let wanted = || messages.iter().map(bind).collect::<Vec<_>>();
    // Two searches: an `or` over two indexes would walk the table.
    let mut rows: Vec<Row> = with_conn!(tx, c => message_resends::table
        .filter(message_resends::agency_id.eq(bind(agency)))
        .filter(message_resends::id.eq_any(wanted()))
        .select(Row::as_select())
        .load(*c))?;
    rows.extend::<Vec<Row>>(with_conn!(tx, c => message_resends::table
        .filter(message_resends::agency_id.eq(bind(agency)))
        .filter(message_resends::original_id.eq_any(wanted()))
        .select(Row::as_select())
        .load(*c))?);
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let known = |other: &Resend| other.id == row.id;
        if found.iter().any(known) {
            continue;
        }
        let place = Place::new(REASON, row.id);
        found.push(Resend {
            reason: tx.sealer().open(place, &row.reason_sealed)?,
            agency_id: row.agency_id,
            id: row.id,
            original_id: row.original_id,
            requested_by: row.requested_by,
            requested_at: row.requested_at,
        });
    }
    Ok(found)
}
