//! A message of which something stored cannot be read keeps no other waiting.

use casework::{Work, WorkError, notify};
use chrono::TimeDelta;
use domain::{MessageStatus, delivery::CANNOT_BE_READ};
use storage::messages::{Message, Settled};

use super::{decide::expired, load::Surroundings};
use crate::jobs::{
    groups::{call_cause, held_up},
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
/// up, until somebody has mended that; where it was to be sent, until its time is over.
pub(in crate::jobs) fn set_aside(
    work: &mut Work<'_, '_>,
    message: &Message,
) -> Result<Settled, WorkError> {
    let now = work.now;
    let to_be_sent = matches!(
        message.status,
        MessageStatus::Scheduled | MessageStatus::Claimed
    );
    if to_be_sent
        && now >= message.not_after
        && let Some(over) = over(work, message)?
    {
        return Ok(over);
    }
    // One that goes out again keeps why.
    let again = goes_again(message).filter(|_| message.status == MessageStatus::Scheduled);
    let left = Some(message.not_after).filter(|over| now < *over);
    let at = left.map_or(now + LOOK_AGAIN, |over| over.min(now + LOOK_AGAIN));
    Ok(held_up(message.status, at, again.or(Some(CANNOT_BE_READ))))
}

/// The end of its time, with a person to phone as for any other; none where not even the case says who has
/// to.
fn over(work: &mut Work<'_, '_>, message: &Message) -> Result<Option<Settled>, WorkError> {
    let over = expired(message, CANNOT_BE_READ);
    let Some(cause) = call_cause(&over) else {
        return Ok(Some(over));
    };
    match notify::call_task(work, message, cause) {
        Err(error) if lies_in_the_data(&error) => Ok(None),
        asked => asked.map(|_is_new| Some(over)),
    }
}
