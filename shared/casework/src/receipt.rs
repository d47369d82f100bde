//! What a gateway reports about a message.

mod call;
mod check;

use chrono::{DateTime, Utc};
use domain::{
    AttemptId, Channel, HopCause, MessageId, MessageStatus, NoProof,
    delivery::{self, ReceiptEffect, ReceiptOutcome, says_bad_number},
    miss, provider_choice,
};
use storage::{
    attempts::{self, Try},
    clients,
    messages::{self, Message, Settled},
    receipts,
};

pub use self::check::{Heard, settle};
use crate::{
    notice::{self, Arrived},
    notify,
    work::{Work, WorkError},
};

/// One delivery receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The gateway it came from.
    pub gateway: String,
    /// What it says; none settles nothing and is only kept.
    pub outcome: Option<ReceiptOutcome>,
    /// The message, if named. One of message and attempt must be.
    pub message_id: Option<MessageId>,
    /// The attempt, if named.
    pub attempt_id: Option<AttemptId>,
    /// The carrier's or gateway's code.
    pub code: Option<String>,
    /// When it says it happened (UTC); when it came, if it does not say.
    pub happened_at: Option<DateTime<Utc>>,
    /// Whether nobody signed it and its vendor is to be asked. It must name the attempt then.
    pub to_confirm: bool,
}

/// What a receipt did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// The message took this state.
    Moved(MessageStatus),
    /// It was kept and changed nothing.
    Kept,
    /// It is known already.
    Repeated,
}

/// Keeps a receipt as it came, once, and applies it by rank: `delivered` wins over everything, and
/// a failure never moves a message that is being sent again, nor one that has gone on to another
/// account. A delivery proves notice where its text did ([`notice::arrived`]), also one that comes
/// after another; where it did not, a person tells the client. After a failure the next account or rung
/// of the ladder has its turn. Where there is none a person calls: after one for good at once, after one
/// for now while notice is unproven and a call still helps, or after too many of them in a row. One that
/// nobody signed changes nothing before its vendor was asked ([`settle`]). The caller's operation is what
/// the audit trail shows.
///
/// # Errors
/// `not_found` when the agency has no such message, or the attempt belongs to another one.
pub fn apply(work: &mut Work<'_, '_>, receipt: &Receipt) -> Result<Applied, WorkError> {
    let message = find(work, receipt)?;
    if let (true, Some(_), Some(attempt)) =
        (receipt.to_confirm, receipt.outcome, receipt.attempt_id)
    {
        return check::open(work, receipt, &message, attempt);
    }
    let tries = tries(work, receipt, &message)?;
    let moves = moves_to(effect(receipt, &message, &tries));
    let kept = row(work, receipt, &message, moves.is_some());
    if !receipts::insert_once(work.tx, &kept)? {
        return Ok(Applied::Repeated);
    }
    act(work, receipt, &message, &tries, true)
}

/// What a receipt that was kept changes. One that is not borne out proves nothing, and says nothing of the
/// number.
fn act(
    work: &mut Work<'_, '_>,
    receipt: &Receipt,
    message: &Message,
    tries: &[Try],
    borne_out: bool,
) -> Result<Applied, WorkError> {
    let effect = effect(receipt, message, tries);
    if effect == ReceiptEffect::Conflict {
        tracing::warn!(message = %message.id, "an account calls undelivered what was delivered");
        metrics::counter!("casework_receipt_conflicts_total", "gateway" => receipt.gateway.clone())
            .increment(1);
    }
    let unproven = unproven_by(work, receipt, message, tries, borne_out)?;
    let Some(status) = moves_to(effect) else {
        return Ok(Applied::Kept);
    };
    let last = last_try(receipt, tries);
    let bad_number = borne_out && note_bad_number(work, receipt, message, &last)?;
    let goes_on = !last.is_last
        && !bad_number
        && !delivery::is_final(message.status)
        && work.now < message.not_after;
    let next = hop_to(status).filter(|_| goes_on);
    let cause = match (unproven, next) {
        (Some(_), _) => Some(HopCause::NoticeUnproven),
        (None, Some(_)) => None,
        (None, None) => call::hop(work, message, status)?,
    };
    let to = if let Some(next) = next {
        Settled {
            status: MessageStatus::Scheduled,
            next_action_at: Some(work.now),
            reason: receipt.code.clone(),
            hop: Some((message.channel, next)),
            is_final: false,
            is_held_up: false,
        }
    } else {
        Settled {
            status,
            next_action_at: None,
            reason: match unproven {
                Some(why) => Some(why.as_str().to_owned()),
                None => receipt.code.clone(),
            },
            hop: cause.map(|cause| (Channel::CallTask, cause)),
            is_final: true,
            is_held_up: false,
        }
    };
    let held = (message.status, message.fence);
    let ids = [message.id];
    if messages::settle(work.tx, work.agency, &ids, held.0, held.1, &to, work.now)? == 0 {
        return Err(WorkError::conflict());
    }
    if let Some(cause) = cause {
        notify::call_task(work, message, cause)?;
    }
    Ok(Applied::Moved(to.status))
}

/// Asks nothing where the receipt settles nothing.
fn tries(
    work: &mut Work<'_, '_>,
    receipt: &Receipt,
    message: &Message,
) -> Result<Vec<Try>, WorkError> {
    match receipt.outcome {
        Some(_) => Ok(attempts::tries(work.tx, work.agency, &[message.id])?),
        None => Ok(Vec::new()),
    }
}

fn effect(receipt: &Receipt, message: &Message, tries: &[Try]) -> ReceiptEffect {
    match receipt.outcome {
        Some(outcome) if !last_try(receipt, tries).is_other => {
            delivery::after_receipt(message.status, outcome)
        }
        _ => ReceiptEffect::Ignored,
    }
}

const fn moves_to(effect: ReceiptEffect) -> Option<MessageStatus> {
    match effect {
        ReceiptEffect::Moves(status) => Some(status),
        ReceiptEffect::Ignored | ReceiptEffect::Conflict => None,
    }
}

/// What a failure asks of the message's tries.
struct LastTry {
    /// The one the receipt is about, as far as it says.
    about: Option<Try>,
    is_last: bool,
    /// Whether the receipt is about a try by another account.
    is_other: bool,
}

fn last_try(receipt: &Receipt, tries: &[Try]) -> LastTry {
    let last = tries.last();
    let named = tries
        .iter()
        .find(|made| Some(made.attempt_id) == receipt.attempt_id);
    LastTry {
        is_last: last.is_none_or(|last| last.is_last),
        is_other: match (named, last) {
            // A delivery counts whichever try it is of.
            (Some(named), Some(last)) if receipt.outcome != Some(ReceiptOutcome::Delivered) => {
                named.gateway != last.gateway
            }
            _ => false,
        },
        about: named.or(last).cloned(),
    }
}

/// What a delivery shows of the appointment: notes it, and answers why nothing, if notice is still to
/// be shown.
fn unproven_by(
    work: &mut Work<'_, '_>,
    receipt: &Receipt,
    message: &Message,
    tries: &[Try],
    borne_out: bool,
) -> Result<Option<NoProof>, WorkError> {
    let (Some(ReceiptOutcome::Delivered), Some(appointment)) =
        (receipt.outcome, message.appointment_id)
    else {
        return Ok(None);
    };
    if !miss::proves_notice(message.kind) {
        return Ok(None);
    }
    let at = notice::arrived_by(receipt.happened_at.unwrap_or(work.now), work.now);
    let mut by = notice::deliveries(tries.iter(), receipt.attempt_id, at);
    if !borne_out {
        for delivery in &mut by {
            delivery.no_proof.get_or_insert(NoProof::NotConfirmed);
        }
    }
    let unproven = notice::arrived(work, &[Arrived { appointment, by }])?;
    Ok(unproven.get(&appointment).copied())
}

/// Whether the number does not exist, so that no other account reaches it either. That is noted of the
/// client, unless they have another number by now: then that one is tried.
fn note_bad_number(
    work: &mut Work<'_, '_>,
    receipt: &Receipt,
    message: &Message,
    last: &LastTry,
) -> Result<bool, WorkError> {
    let says_so = receipt.outcome == Some(ReceiptOutcome::UndeliveredPermanent)
        && receipt.code.as_deref().is_some_and(says_bad_number);
    let by_text = |made: &&Try| provider_choice::is_text(made.channel);
    let Some(made) = last.about.as_ref().filter(by_text).filter(|_| says_so) else {
        return Ok(false);
    };
    let Some(client) = message.client_id else {
        return Ok(true);
    };
    match &made.phone_index {
        Some(number) => Ok(clients::mark_invalid(
            work.tx,
            work.agency,
            client,
            number,
            work.now,
        )?),
        None => Ok(false),
    }
}

/// Why a message in this state goes on to the next account.
const fn hop_to(status: MessageStatus) -> Option<HopCause> {
    match status {
        MessageStatus::UndeliveredPermanent => Some(HopCause::PermanentFailure),
        MessageStatus::UndeliveredTemporary => Some(HopCause::TemporaryFailure),
        _ => None,
    }
}

fn find(work: &mut Work<'_, '_>, receipt: &Receipt) -> Result<Message, WorkError> {
    let of_attempt = match receipt.attempt_id {
        Some(attempt) => attempts::message_of(work.tx, work.agency, attempt)?,
        None => None,
    };
    let id = match (receipt.message_id, receipt.attempt_id, of_attempt) {
        (Some(named), Some(_), Some(found)) if named == found => named,
        (Some(named), None, _) => named,
        (None, Some(_), Some(found)) => found,
        _ => return Err(WorkError::not_found("message")),
    };
    messages::get(work.tx, work.agency, id)?.ok_or_else(|| WorkError::not_found("message"))
}

fn row(
    work: &mut Work<'_, '_>,
    receipt: &Receipt,
    message: &Message,
    applied: bool,
) -> receipts::Receipt {
    let state = receipt
        .outcome
        .map_or(MessageStatus::Accepted, ReceiptOutcome::status);
    let about = receipt
        .attempt_id
        .map_or(message.id.uuid(), AttemptId::uuid);
    let code = receipt.code.as_deref().unwrap_or_default();
    let happened = receipt
        .happened_at
        .map(|at| at.timestamp_micros().to_string());
    // What a vendor says when it is asked is another receipt than what was posted, in the same words.
    let posted = if receipt.to_confirm { ":posted" } else { "" };
    receipts::Receipt {
        agency_id: work.agency,
        id: work.ids.next(),
        message_id: message.id,
        attempt_id: receipt.attempt_id,
        gateway: receipt.gateway.clone(),
        dedupe_key: format!(
            "{}{posted}:{about}:{state}:{code}:{}",
            receipt.gateway,
            happened.unwrap_or_default()
        ),
        state,
        code: receipt.code.clone(),
        reported_at: receipt.happened_at.unwrap_or(work.now),
        received_at: work.now,
        applied,
    }
}
