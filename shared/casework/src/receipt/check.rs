//! Receipts that nobody signed: what their vendors say when they are asked.
//!
//! Aliyun and Tencent Cloud sign nothing, so whoever learns the path they post to could say that a text
//! arrived. That ends the message's way, and proves nothing before the vendor said the same.

use domain::{MessageStatus, ReceiptCheck, miss};
use storage::{
    Scope, appointments,
    attempts::{self, Try},
    messages::{self, Message},
    receipt_checks::{self, Check},
    receipts,
};

use super::Receipt;
use crate::{
    notice::{self, Arrived},
    notify,
    work::{Work, WorkError},
};

/// Has the vendor asked about a delivery that would prove notice by a receipt that nobody signed. Answers
/// where that stands; none: it need not be.
pub(super) fn open(
    work: &mut Work<'_, '_>,
    receipt: &Receipt,
    message: &Message,
    tries: &[Try],
    kept: &receipts::Receipt,
) -> Result<Option<ReceiptCheck>, WorkError> {
    let would_prove = receipt.to_confirm
        && kept.state == MessageStatus::Delivered
        && miss::proves_notice(message.kind);
    let mut named = tries.iter();
    let named = named.find(|made| Some(made.attempt_id) == receipt.attempt_id);
    let Some(made) = named.filter(|made| would_prove && made.no_proof.is_none()) else {
        return Ok(None);
    };
    let check = Check {
        agency_id: work.agency,
        receipt_id: kept.id,
        message_id: message.id,
        attempt_id: made.attempt_id,
        received_at: work.now,
        state: ReceiptCheck::Asking,
        next_ask_at: Some(work.now),
        answered_at: None,
    };
    receipt_checks::insert(work.tx, &check)?;
    Ok(Some(check.state))
}

/// Settles what a vendor was asked about a receipt, and notes what that shows of the appointment. Where
/// notice stays unproven a person tells the client. Answers whether it was open.
///
/// # Errors
/// When the database fails.
pub fn settle(
    work: &mut Work<'_, '_>,
    check: &Check,
    state: ReceiptCheck,
) -> Result<bool, WorkError> {
    let (agency, now) = (work.agency, work.now);
    if !receipt_checks::settle(work.tx, agency, check.receipt_id, state, now)? {
        return Ok(false);
    }
    let message = messages::get(work.tx, agency, check.message_id)?;
    let Some(id) = message.and_then(|message| message.appointment_id) else {
        return Ok(true);
    };
    let tries = attempts::tries(work.tx, agency, &[check.message_id])?;
    let all = receipts::of_messages(work.tx, agency, &[check.message_id])?;
    let mut all = all.iter().map(|it| &it.receipt);
    let Some(receipt) = all.find(|receipt| receipt.id == check.receipt_id) else {
        return Ok(true);
    };
    let at = notice::arrived_by(receipt.reported_at, receipt.received_at);
    let arrived = Arrived {
        appointment: id,
        by: notice::deliveries(tries.iter(), Some(check.attempt_id), at, Some(state)),
    };
    if notice::arrived(work, &[arrived])?.contains_key(&id)
        && let Some(item) = appointments::get(work.tx, agency, Scope::default(), id)?
    {
        notify::tell_date_task(work, &item, Some(check.message_id))?;
    }
    Ok(true)
}
