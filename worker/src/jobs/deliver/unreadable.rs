//! A message of which something stored cannot be read keeps no other waiting.

use casework::{Work, WorkError};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{MessageStatus, delivery::CANNOT_BE_READ};
use storage::messages::Message;

use super::load::Surroundings;
use crate::jobs::{
    groups::{Groups, held_up},
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

/// One of which something cannot be read stays as it is, watched as others that are held up, until somebody
/// has mended that. One that goes out again keeps why.
pub(in crate::jobs) fn set_aside(groups: &mut Groups, bad: &[Message], now: DateTime<Utc>) {
    for message in bad {
        let again = goes_again(message).filter(|_| message.status == MessageStatus::Scheduled);
        let over = Some(message.not_after).filter(|over| now < *over);
        let at = over.map_or(now + LOOK_AGAIN, |over| over.min(now + LOOK_AGAIN));
        let waits = held_up(message.status, at, again.or(Some(CANNOT_BE_READ)));
        groups.add(message, message.status, message.fence, waits);
    }
}
