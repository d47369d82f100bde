//! What was stored beside messages.

use casework::Work;
use domain::MessageId;
use storage::{attempts, messages::Message, receipts};

use crate::{failure::Failure, views::messages::Trail};

/// Attempts, outcomes and receipts of these messages; `with_text` shows the texts.
pub fn trail(
    work: &mut Work<'_, '_>,
    messages: &[Message],
    with_text: bool,
) -> Result<Trail, Failure> {
    // What was never handed over has no trail.
    let ids: Vec<MessageId> = messages
        .iter()
        .filter(|message| message.attempt_count > 0)
        .map(|message| message.id)
        .collect();
    if ids.is_empty() {
        return Ok(Trail::default());
    }
    Ok(Trail {
        attempts: attempts::of_messages(work.tx, work.agency, &ids)?,
        outcomes: attempts::outcomes_of_messages(work.tx, work.agency, &ids)?,
        receipts: receipts::of_messages(work.tx, work.agency, &ids)?,
        with_text,
    })
}
