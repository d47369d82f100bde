//! Hands messages to the gateway.
//!
//! A short unit of work claims what is due under a lease, decides again whether each message still
//! makes sense, renders it and records the attempt. Then, outside any unit of work, the gateway is
//! called. Another short unit of work records what came of it. A process that
//! dies in between leaves an attempt without an outcome: its lease runs out, the attempt becomes
//! `unknown`, and the message is sent again under the same id where the other side knows a repetition by
//! it. Any other account is asked first what it knows.

mod bound;
mod choose;
mod claim;
mod decide;
mod eligible;
mod filed;
mod load;
mod recent;
mod send;
mod settle;
mod text;
mod tried;
mod unreadable;

use std::{
    mem,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use chrono::{DateTime, Utc};
use domain::{AgencyId, MessageStatus, delivery::RetryPolicy};
use storage::{StorageError, Tx, messages};
use tokio::sync::mpsc;

use send::Sent;

pub(super) use eligible::{e164, texted};
pub(super) use filed::{Filed, load as load_filed};
pub(super) use load::Surroundings;
pub(super) use unreadable::{readable, set_aside};

use crate::{
    job::{Batch, Job, JobError, Running, Turn},
    runner::blocking,
};

const NAME: &str = "deliver";

/// Results that are taken over at a time.
const RECORDED_AT_ONCE: usize = 500;

#[derive(Debug, Default)]
pub(super) struct Deliver {
    retry: Arc<RetryPolicy>,
}

impl Deliver {
    /// Records what came of messages. Where an account would not know a message again, at once and while
    /// others are on their way: what a process that dies has not recorded may go out twice. The rest
    /// waits for the end of the batch, or for one of those.
    async fn settle(
        &self,
        turn: &Turn,
        mut results: mpsc::UnboundedReceiver<Sent>,
        is_lost: &Arc<AtomicBool>,
    ) -> Result<(), JobError> {
        let mut failure = None;
        let mut gathered = Vec::new();
        loop {
            let came = results.recv_many(&mut gathered, RECORDED_AT_ONCE).await;
            if came > 0 {
                turn.context.goes_on(NAME);
            }
            if came > 0 && !gathered.iter().any(Sent::is_urgent) {
                continue;
            }
            if gathered.is_empty() {
                return failure.map_or(Ok(()), Err);
            }
            let (turn, retry) = (turn.clone(), Arc::clone(&self.retry));
            let sent = mem::take(&mut gathered);
            let is_lost = Arc::clone(is_lost);
            let settled = blocking(move || {
                let settled = settle::settle(&turn, &sent, &retry);
                // Before their places are free again.
                is_lost.fetch_or(settled.is_err(), Ordering::Relaxed);
                settled
            })
            .await;
            // Nobody will have recorded these; the others are not to share their fate.
            failure = failure.or(settled.err());
        }
    }
}

impl Job for Deliver {
    fn name(&self) -> &'static str {
        NAME
    }

    fn batch(&self, turn: Turn) -> Running<'_> {
        Box::pin(async move {
            let (claiming, retry) = (turn.clone(), Arc::clone(&self.retry));
            let claimed = blocking(move || claim::claim(&claiming, &retry)).await?;
            let limit = turn.context.parts.settings.claim_batch;
            let batch = Batch {
                acted_on: claimed.taken,
                more: i64::try_from(claimed.taken).is_ok_and(|taken| taken >= limit),
            };
            if claimed.ready.is_empty() {
                return Ok(batch);
            }
            let (context, until) = (&turn.context, claimed.lease_until);
            let (came, results) = mpsc::unbounded_channel();
            let is_lost = Arc::default();
            let sending = send::send(context, claimed.ready, until, came, &is_lost);
            let settling = self.settle(&turn, results, &is_lost);
            let ((), settled) = tokio::join!(sending, settling);
            settled?;
            Ok(batch)
        })
    }

    /// Also covers what the receipts job waits for.
    fn next_due(
        &self,
        tx: &mut Tx<'_>,
        agency: AgencyId,
        _now: DateTime<Utc>,
    ) -> Result<Option<DateTime<Utc>>, StorageError> {
        messages::next_due(tx, agency)
    }

    fn is_due(
        &self,
        tx: &mut Tx<'_>,
        agency: AgencyId,
        now: DateTime<Utc>,
    ) -> Result<bool, StorageError> {
        Ok(messages::due_in(tx, agency, MessageStatus::Scheduled, now)?
            || messages::due_in(tx, agency, MessageStatus::Claimed, now)?)
    }

    /// Messages are claimed row by row: several processes deliver for one agency.
    fn shares_work(&self) -> bool {
        true
    }
}
