//! Sends clients' one-time codes: a queue of its own, so that no batch of reminders delays a sign-in.
//!
//! A code is taken out of the queue and wiped before it is handed over: it goes out once or not at
//! all, and who got none asks again. Nothing of it stands among the messages.

use std::time::Duration;

use casework::{
    Work, WorkError,
    record::{self, AuditOutcome},
    rules,
};
use chrono::{DateTime, Utc};
use domain::{AgencyId, MessageKind, sign_in_code, wording::WordList};
use futures_util::{StreamExt as _, stream};
use gateways::{Failure, Outgoing, SendError};
use storage::{Scope, StorageError, Tx, clients, sign_in_codes};

use crate::{
    job::{Batch, Context, Job, Running, Turn},
    runner::blocking,
};

/// Codes taken at a time: they are few, and each is waited for by a person.
const BATCH: i64 = 50;
/// Calls of the gateway for one code, where it is sure that none before took it.
const TRIES: u32 = 2;

#[derive(Debug)]
pub(super) struct Codes;

impl Job for Codes {
    fn name(&self) -> &'static str {
        "codes"
    }

    fn batch(&self, turn: Turn) -> Running<'_> {
        Box::pin(async move {
            let taking = turn.clone();
            let (taken, ready) = blocking(move || take(&taking)).await?;
            let context = &turn.context;
            let sending = ready.into_iter().map(|outgoing| send(context, outgoing));
            stream::iter(sending)
                .buffer_unordered(context.parts.settings.concurrency)
                .collect::<()>()
                .await;
            Ok(Batch {
                acted_on: taken,
                more: i64::try_from(taken).is_ok_and(|taken| taken >= BATCH),
            })
        })
    }

    /// A code that waits is due at once.
    fn next_due(
        &self,
        tx: &mut Tx<'_>,
        agency: AgencyId,
        now: DateTime<Utc>,
    ) -> Result<Option<DateTime<Utc>>, StorageError> {
        Ok(sign_in_codes::any_waiting(tx, agency)?.then_some(now))
    }

    /// Codes are taken row by row.
    fn shares_work(&self) -> bool {
        true
    }
}

/// Takes waiting codes; answers how many, and the texts of those that are still good.
fn take(turn: &Turn) -> Result<(usize, Vec<Outgoing>), WorkError> {
    let now = turn.context.parts.sign_in_clock.now();
    turn.context.write(turn.agency, turn.now, |work| {
        let waiting = sign_in_codes::waiting(work.tx, work.agency, BATCH)?;
        let mut ready = Vec::with_capacity(waiting.len());
        let mut taken = 0;
        for code in waiting {
            if !sign_in_codes::take(work.tx, &code)? {
                continue;
            }
            taken += 1;
            if code.expires_at > now {
                ready.extend(outgoing(work, &code)?);
            }
        }
        Ok((taken, ready))
    })
}

/// The text with its number, and the entry in the client's agency's trail that it was sent.
fn outgoing(
    work: &mut Work<'_, '_>,
    code: &sign_in_codes::Waiting,
) -> Result<Option<Outgoing>, WorkError> {
    let client = clients::get(work.tx, work.agency, Scope::default(), code.client)?;
    let Some((client, phone)) = client.and_then(|client| Some((client.clone(), client.phone?)))
    else {
        return Ok(None);
    };
    let office = rules::office(work, client.office_id)?;
    let signature = &office.message_signature;
    let text = match sign_in_code::text(&code.code, signature, WordList::shipped()) {
        Ok(text) => text,
        // One office's signature is no reason to send nobody's codes.
        Err(refusal) => {
            tracing::error!(office = %office.id, code = %refusal.code, "a sign-in code was not sent");
            metrics::counter!("worker_sign_in_codes_total", "outcome" => "failed").increment(1);
            return Ok(None);
        }
    };
    let id = Some(client.id.to_string());
    record::audit(
        work,
        "send_client_code",
        "client",
        id,
        AuditOutcome::Done,
        None,
    )?;
    Ok(Some(Outgoing {
        attempt_id: work.ids.next(),
        message_id: work.ids.next(),
        recipient: format!("+86{phone}"),
        text,
        kind: MessageKind::SignInCode,
        template: None,
        sent_at: work.now,
    }))
}

async fn send(context: &Context, outgoing: Outgoing) {
    /// How much longer than its own time-out a gateway is given to come back.
    const SLACK: Duration = Duration::from_secs(2);
    let longest = context.parts.settings.send_timeout + SLACK;
    let mut outcome = "sent";
    for _ in 0..TRIES {
        let sending = context.parts.gateway.send(&outgoing);
        let result = match tokio::time::timeout(longest, sending).await {
            Ok(result) => result,
            Err(_elapsed) => Err(SendError::new(Failure::Unknown, "timeout")),
        };
        match result {
            Ok(_accepted) => {
                outcome = "sent";
                break;
            }
            Err(error) => {
                tracing::warn!(class = %error.class, code = %error.code, "a sign-in code was not handed over");
                outcome = "failed";
                if error.class != Failure::Transient {
                    break;
                }
            }
        }
    }
    metrics::counter!("worker_sign_in_codes_total", "outcome" => outcome).increment(1);
}
