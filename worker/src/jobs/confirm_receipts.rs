//! Asks vendors about deliveries that somebody posted in their name and nobody signed: before they say the
//! same, it proves nothing.

use std::collections::HashMap;

use casework::{
    WorkError, receipt,
    record::{self, AuditOutcome},
};
use chrono::{DateTime, Utc};
use domain::{
    AgencyId, MessageId, ReceiptCheck,
    delivery::{self, ReceiptOutcome},
};
use gateways::Found;
use storage::{
    StorageError, Tx,
    messages::{self, Message},
    receipt_checks::{self, Check},
};

use super::{
    ask::{Question, ask},
    deliver::Surroundings,
    steps::{lies_in_the_data, note_left},
};
use crate::{
    job::{Batch, Job, Running, Turn},
    runner::blocking,
};

const NAME: &str = "confirm_receipts";

#[derive(Debug)]
pub(super) struct ConfirmReceipts;

impl Job for ConfirmReceipts {
    fn name(&self) -> &'static str {
        NAME
    }

    fn batch(&self, turn: Turn) -> Running<'_> {
        Box::pin(async move {
            let limit = turn.context.parts.settings.job_batch;
            let taking = turn.clone();
            let (due, questions) = blocking(move || take(&taking, limit)).await?;
            let acted_on = due.len();
            if !due.is_empty() {
                let answered = ask(&turn.context, NAME, questions).await;
                blocking(move || settle(&turn, &due, &answered)).await?;
            }
            Ok(Batch {
                acted_on,
                more: i64::try_from(acted_on).is_ok_and(|count| count >= limit),
            })
        })
    }

    /// One row, by index.
    fn next_due(
        &self,
        tx: &mut Tx<'_>,
        agency: AgencyId,
        _now: DateTime<Utc>,
    ) -> Result<Option<DateTime<Utc>>, StorageError> {
        receipt_checks::next_due(tx, agency)
    }
}

/// What is due, and what of it can be asked.
fn take(turn: &Turn, limit: i64) -> Result<(Vec<Check>, Vec<Question<Check>>), WorkError> {
    let providers = &turn.context.parts.providers;
    turn.context.write(turn.agency, turn.now, |work| {
        let due = receipt_checks::due(work.tx, work.agency, work.now, limit)?;
        let ids: Vec<MessageId> = due.iter().map(|check| check.message_id).collect();
        let messages = messages::get_many(work.tx, work.agency, &ids)?;
        let loaded = Surroundings::followed(work, &messages)?;
        let messages: HashMap<MessageId, Message> =
            messages.into_iter().map(|it| (it.id, it)).collect();
        let question = |check: &Check| {
            let mut tries = loaded.tries.get(&check.message_id)?.iter();
            let made = tries.find(|made| made.attempt_id == check.attempt_id)?;
            let message = messages.get(&check.message_id)?;
            let provider = providers.named(&made.gateway)?;
            Question::new(check.clone(), message, made, provider, &loaded, work.now)
        };
        let questions = due.iter().filter_map(question).collect();
        Ok((due, questions))
    })
}

/// Each in a unit of work of its own: one that nobody can work on is left as it is, and named in the log
/// until somebody mends it.
fn settle(turn: &Turn, due: &[Check], answered: &[Question<Check>]) -> Result<(), WorkError> {
    let now = turn.context.parts.clock.now();
    let mut failure = None;
    for check in due {
        let mut answers = answered.iter();
        let answer = answers.find(|one| one.about.receipt_id == check.receipt_id);
        let verdict = verdict(check, answer.and_then(|one| one.found.as_ref()), now);
        match write(turn, check, verdict, now) {
            Err(error) if lies_in_the_data(&error) => {
                note_left(NAME, turn.agency, Some(&check.receipt_id), &error);
                failure = failure.or(Some(error));
            }
            written => written?,
        }
    }
    failure.map_or(Ok(()), Err)
}

/// What an answer means: the end of the matter, or when the vendor is asked again (UTC).
fn verdict(
    check: &Check,
    found: Option<&Found>,
    now: DateTime<Utc>,
) -> Result<ReceiptCheck, DateTime<Utc>> {
    match found {
        Some(Found::Settled { outcome, .. }) if *outcome == ReceiptOutcome::Delivered => {
            Ok(ReceiptCheck::Confirmed)
        }
        Some(Found::Settled { .. }) => Ok(ReceiptCheck::Contradicted),
        // A query that lags says neither.
        Some(Found::Taken { .. } | Found::Absent | Found::CannotTell) | None => {
            delivery::next_ask(check.received_at, now).map_or(Ok(ReceiptCheck::Unanswered), Err)
        }
    }
}

fn write(
    turn: &Turn,
    check: &Check,
    verdict: Result<ReceiptCheck, DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<(), WorkError> {
    let (receipt, message) = (check.receipt_id, check.message_id);
    let settled = turn.context.write(turn.agency, now, |work| {
        let state = match verdict {
            Ok(state) => state,
            Err(next) => {
                receipt_checks::put_off(work.tx, work.agency, receipt, next)?;
                return Ok(None);
            }
        };
        if !receipt::settle(work, check, state)? {
            return Ok(None);
        }
        let (id, done) = (Some(message.to_string()), AuditOutcome::Done);
        record::audit(work, NAME, "message", id, done, None)?;
        Ok(Some(state))
    })?;
    if let Some(state) = settled {
        metrics::counter!("worker_receipt_checks_total", "state" => state.as_str()).increment(1);
        if state == ReceiptCheck::Contradicted {
            tracing::error!(%message, %receipt, "a vendor denies a receipt that was posted in its name");
        }
    }
    Ok(())
}
