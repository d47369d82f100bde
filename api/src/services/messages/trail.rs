//! What was stored beside messages.

use casework::Work;
use domain::MessageId;
use storage::{
    attempts,
    messages::{Message, resends},
    receipts, replies,
};

use crate::{failure::Failure, views::messages::Trail};

/// Attempts, outcomes, receipts, replies and repetitions of these messages; `with_text` shows the texts.
pub fn trail(
    work: &mut Work<'_, '_>,
    messages: &[Message],
    with_text: bool,
) -> Result<Trail, Failure> {
    let all: Vec<MessageId> = messages.iter().map(|message| message.id).collect();
    if all.is_empty() {
        return Ok(Trail::default());
    }
    let resends = resends::of_messages(work.tx, work.agency, &all)?;
    // What was never handed over has no more of a trail.
    let ids: Vec<MessageId> = messages
        .iter()
        .filter(|message| message.attempt_count > 0)
        .map(|message| message.id)
        .collect();
    if ids.is_empty() {
        return Ok(Trail {
            resends,
            with_text,
            ..Trail::default()
        });
    }
    Ok(Trail {
        resends,
        attempts: attempts::of_messages(work.tx, work.agency, &ids)?,
        outcomes: attempts::outcomes_of_messages(work.tx, work.agency, &ids)?,
        receipts: receipts::of_messages(work.tx, work.agency, &ids)?,
        replies: replies::of_messages(work.tx, work.agency, &ids)?,
        with_text,
    })
}
