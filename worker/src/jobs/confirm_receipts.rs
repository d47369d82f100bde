//! Asks vendors about receipts that were posted in their name and that nobody signed. What they say then is
//! what counts.

use std::collections::HashMap;

use casework::{
    Work, WorkError,
    receipt::{self, Heard},
    record::{self, AuditOutcome},
};
use chrono::{DateTime, Utc};
use domain::{AgencyId, MessageId, ReceiptCheck};
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
    Providers,
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
            let Taken {
                due,
                questions,
                left,
            } = blocking(move || take(&taking, limit)).await?;
            let acted_on = due.len();
            let answered = ask(&turn.context, NAME, questions).await;
            blocking(move || {
                let heard = due.into_iter().map(|check| heard(check, &answered));
                settle(&turn, &heard.collect::<Vec<_>>())
            })
            .await?;
            let batch = Batch {
                acted_on,
                more: i64::try_from(acted_on).is_ok_and(|count| count >= limit),
            };
            left.map_or(Ok(batch), |error| Err(error.into()))
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

struct Taken {
    due: Vec<Check>,
    /// What of it can be asked.
    questions: Vec<Question<Check>>,
    /// Why something that is due cannot be worked on: the run counts as failed until somebody mends it.
    left: Option<WorkError>,
}

/// What is due. A row that cannot be read is named in the log, and keeps no other waiting.
fn take(turn: &Turn, limit: i64) -> Result<Taken, WorkError> {
    let (context, agency) = (&turn.context, turn.agency);
    let providers = &context.parts.providers;
    let due = context.parts.store.read_in(agency, |tx| {
        receipt_checks::due(tx, agency, turn.now, limit)
    })?;
    let load =
        |some: &[Check]| context.write(agency, turn.now, |work| questions(work, some, providers));
    match load(&due) {
        Err(error) if lies_in_the_data(&error) => {}
        loaded => {
            return Ok(Taken {
                questions: loaded?,
                due,
                left: None,
            });
        }
    }
    let mut taken = Taken {
        due: Vec::new(),
        questions: Vec::new(),
        left: None,
    };
    for check in due {
        match load(std::slice::from_ref(&check)) {
            Err(error) if lies_in_the_data(&error) => {
                note_left(NAME, agency, Some(&check.receipt_id), &error);
                taken.left = taken.left.or(Some(error));
            }
            loaded => {
                taken.questions.extend(loaded?);
                taken.due.push(check);
            }
        }
    }
    Ok(taken)
}

fn questions(
    work: &mut Work<'_, '_>,
    due: &[Check],
    providers: &Providers,
) -> Result<Vec<Question<Check>>, WorkError> {
    let ids: Vec<MessageId> = due.iter().map(|check| check.message_id).collect();
    let messages = messages::get_many(work.tx, work.agency, &ids)?;
    let loaded = Surroundings::asked(work, &messages)?;
    let messages: HashMap<MessageId, Message> =
        messages.into_iter().map(|it| (it.id, it)).collect();
    let question = |check: &Check| {
        let mut tries = loaded.tries.get(&check.message_id)?.iter();
        let made = tries.find(|made| made.attempt_id == check.attempt_id)?;
        let message = messages.get(&check.message_id)?;
        let provider = providers.named(&made.gateway)?;
        Question::new(check.clone(), message, made, provider, &loaded, work.now)
    };
    Ok(due.iter().filter_map(question).collect())
}

fn heard(check: Check, answered: &[Question<Check>]) -> (Check, Heard) {
    let mut answered = answered.iter();
    let answer = answered.find(|one| one.about.receipt_id == check.receipt_id);
    let heard = match answer.map(|one| &one.found) {
        None => Heard::Unasked,
        Some(Some(Found::Settled {
            outcome,
            code,
            happened_at,
            ..
        })) => Heard::Settled {
            outcome: *outcome,
            code: code.clone(),
            happened_at: *happened_at,
        },
        // A query that lags proves nothing.
        Some(_) => Heard::Nothing,
    };
    (check, heard)
}

/// All of them in one unit of work; where that fails, each by itself: the failure is answered after the
/// others had their turn.
fn settle(turn: &Turn, heard: &[(Check, Heard)]) -> Result<(), WorkError> {
    if heard.is_empty() {
        return Ok(());
    }
    let now = turn.context.parts.clock.now();
    let done = turn.context.write(turn.agency, now, |work| {
        heard.iter().map(|one| settle_one(work, one)).collect()
    });
    let states: Vec<Option<ReceiptCheck>> = match (done, heard) {
        (Ok(states), _) => states,
        (Err(error), [(check, _)]) if lies_in_the_data(&error) => {
            note_left(NAME, turn.agency, Some(&check.receipt_id), &error);
            return Err(error);
        }
        (Err(error), several) if several.len() > 1 && lies_in_the_data(&error) => {
            let mut failure = None;
            for one in several.chunks(1) {
                match settle(turn, one) {
                    Err(error) if lies_in_the_data(&error) => failure = failure.or(Some(error)),
                    settled => settled?,
                }
            }
            return failure.map_or(Ok(()), Err);
        }
        (Err(error), _) => return Err(error),
    };
    for ((check, _), state) in heard.iter().zip(states) {
        let Some(state) = state else { continue };
        metrics::counter!("worker_receipt_checks_total", "state" => state.as_str()).increment(1);
        if state == ReceiptCheck::Contradicted {
            let (message, receipt) = (check.message_id, check.receipt_id);
            tracing::warn!(%message, %receipt, "a vendor denies what was posted in its name");
        }
    }
    Ok(())
}

fn settle_one(
    work: &mut Work<'_, '_>,
    (check, heard): &(Check, Heard),
) -> Result<Option<ReceiptCheck>, WorkError> {
    let state = receipt::settle(work, check, heard)?;
    if state.is_some() {
        let id = Some(check.message_id.to_string());
        record::audit(work, NAME, "message", id, AuditOutcome::Done, None)?;
    }
    Ok(state)
}
