//! Receipts that nobody signed: what their vendors say when they are asked.

use chrono::{DateTime, Utc};
use domain::{
    AttemptId, MessageStatus, ReceiptCheck,
    delivery::{self, CheckStep, ReceiptOutcome},
};
use storage::{
    attempts,
    messages::{self, Message, Settled},
    receipt_checks::{self, Check},
    receipts,
};

use super::{Applied, Receipt, act, apply, find, row, tries};
use crate::work::{Work, WorkError};

/// What was heard of a vendor about a receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// What became of the message.
    Settled {
        /// That.
        outcome: ReceiptOutcome,
        /// The carrier's code.
        code: Option<String>,
        /// When it happened (UTC), if it says.
        happened_at: Option<DateTime<Utc>>,
    },
    /// It could not tell, or not yet.
    Nothing,
    /// It cannot be asked about this: its account is gone, or the number the message went to.
    Unasked,
}

/// Keeps a receipt that nobody signed, once, and has its vendor asked.
pub(super) fn open(
    work: &mut Work<'_, '_>,
    receipt: &Receipt,
    message: &Message,
    attempt: AttemptId,
) -> Result<Applied, WorkError> {
    let kept = row(work, receipt, message, false);
    if !receipts::insert_once(work.tx, &kept)? {
        return Ok(Applied::Repeated);
    }
    let check = Check {
        agency_id: work.agency,
        receipt_id: kept.id,
        message_id: message.id,
        attempt_id: attempt,
        state: ReceiptCheck::Asking,
        asked: 0,
        next_ask_at: Some(work.now),
        answered_at: None,
    };
    receipt_checks::insert(work.tx, &check)?;
    if message.status == MessageStatus::Unknown {
        note_taken(work, message, attempt)?;
    }
    Ok(Applied::Kept)
}

/// Of a message of unknown fate a receipt says at least that it was taken: whoever posted it, nothing is
/// sent once more before the receipt is waited for as any other.
fn note_taken(
    work: &mut Work<'_, '_>,
    message: &Message,
    attempt: AttemptId,
) -> Result<(), WorkError> {
    let tries = attempts::tries(work.tx, work.agency, &[message.id])?;
    if tries.last().is_none_or(|last| last.attempt_id != attempt) {
        return Ok(());
    }
    let to = Settled {
        status: MessageStatus::Accepted,
        next_action_at: Some(work.now),
        reason: None,
        hop: None,
        is_final: false,
        is_held_up: false,
    };
    let ids = [message.id];
    let held = (message.status, message.fence);
    messages::settle(work.tx, work.agency, &ids, held.0, held.1, &to, work.now)?;
    Ok(())
}

/// Acts on what was heard: what the vendor says is applied as a receipt of its own. Where it says nothing
/// for hours the posted one moves the message, so that it is not sent once more, but it proves nothing: a
/// person tells the client. Answers how it ended; none: the vendor is asked again, or somebody else ended
/// it.
///
/// # Errors
/// When the database fails.
pub fn settle(
    work: &mut Work<'_, '_>,
    check: &Check,
    heard: &Heard,
) -> Result<Option<ReceiptCheck>, WorkError> {
    let (agency, id, now) = (work.agency, check.receipt_id, work.now);
    let kept =
        receipts::get(work.tx, agency, id)?.ok_or_else(|| WorkError::not_found("receipt"))?;
    let mut outcomes = ReceiptOutcome::ALL.iter().copied();
    let posted = outcomes.find(|outcome| outcome.status() == kept.state);
    let posted = posted.ok_or_else(|| WorkError::not_found("receipt"))?;
    let says = match heard {
        Heard::Settled { outcome, .. } => Some(*outcome),
        Heard::Nothing | Heard::Unasked => None,
    };
    let state = match delivery::judge(posted, says, check.asked, now) {
        _ if *heard == Heard::Unasked => ReceiptCheck::Unanswered,
        CheckStep::Settled(state) => state,
        CheckStep::AskAgain(next) => {
            receipt_checks::put_off(work.tx, agency, id, next)?;
            return Ok(None);
        }
    };
    if !receipt_checks::settle(work.tx, agency, id, state, now)? {
        return Ok(None);
    }
    let mut receipt = Receipt {
        gateway: kept.gateway,
        outcome: Some(posted),
        message_id: Some(kept.message_id),
        attempt_id: Some(check.attempt_id),
        code: kept.code,
        happened_at: Some(kept.reported_at),
        to_confirm: false,
    };
    if let Heard::Settled {
        outcome,
        code,
        happened_at,
    } = heard
    {
        (receipt.outcome, receipt.code) = (Some(*outcome), code.clone());
        receipt.happened_at = *happened_at;
        apply(work, &receipt)?;
    } else {
        let message = find(work, &receipt)?;
        let tries = tries(work, &receipt, &message)?;
        if let Applied::Moved(_) = act(work, &receipt, &message, &tries, false)? {
            receipts::mark_applied(work.tx, agency, id)?;
        }
    }
    Ok(Some(state))
}
