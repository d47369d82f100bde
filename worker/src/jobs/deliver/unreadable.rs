//! A message of which something stored cannot be read keeps no other waiting.

use casework::{
    Work, WorkError,
    notify::{self, is_followed_up},
};
use chrono::TimeDelta;
use domain::{HopCause, MessageStatus, delivery::CANNOT_BE_READ};
use storage::messages::{Message, Settled};

use super::{decide::expired, load::Surroundings};
use crate::jobs::{
    groups::{call, call_cause, held_up, to},
    receipts::goes_again,
    steps::{lies_in_the_data, note_left},
};

/// When it is looked at again.
const LOOK_AGAIN: TimeDelta = TimeDelta::minutes(10);

/// Loads what these messages are about; the other answer are those of which something stored cannot be read.
/// They are named in the log, and keep no other waiting.
pub(in crate::jobs) fn readable(
    work: &mut Work<'_, '_>,
    job: &'static str,
    messages: Vec<Message>,
    load: impl Fn(&mut Work<'_, '_>, &[Message]) -> Result<Surroundings, WorkError>,
) -> Result<(Vec<Message>, Surroundings, Vec<Message>), WorkError> {
    match load(work, &messages) {
        Err(error) if lies_in_the_data(&error) => {}
        loaded => return Ok((messages, loaded?, Vec::new())),
    }
    // What lies in none of them is nobody's fault.
    load(work, &[])?;
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for message in messages {
        match load(work, std::slice::from_ref(&message)) {
            Err(error) if lies_in_the_data(&error) => {
                note_left(job, work.agency, Some(&message.id), &error);
                bad.push(message);
            }
            loaded => {
                loaded?;
                good.push(message);
            }
        }
    }
    let loaded = load(work, &good)?;
    Ok((good, loaded, bad))
}

/// What becomes of one of which something cannot be read: it stays as it is, watched as others that are held
/// up, until somebody has mended that or its time is over; then a person phones, as about any other.
pub(in crate::jobs) fn set_aside(
    work: &mut Work<'_, '_>,
    message: &Message,
) -> Result<Settled, WorkError> {
    let (now, reason) = (work.now, Some(CANNOT_BE_READ));
    if now < message.not_after {
        // One that goes out again keeps why.
        let again = goes_again(message).filter(|_| message.status == MessageStatus::Scheduled);
        let at = message.not_after.min(now + LOOK_AGAIN);
        return Ok(held_up(message.status, at, again.or(reason)));
    }
    let over = match message.status {
        MessageStatus::Accepted | MessageStatus::Unknown if is_followed_up(message.kind) => {
            call(MessageStatus::NoReceipt, reason, HopCause::NoReceipt)
        }
        MessageStatus::Accepted | MessageStatus::Unknown => to(MessageStatus::NoReceipt, reason),
        _ => expired(message, CANNOT_BE_READ),
    };
    if let Some(cause) = call_cause(&over) {
        notify::call_task(work, message, cause)?;
    }
    Ok(over)
}
