//! Hands messages to the gateway.
//!
//! A short unit of work claims what is due under a lease, decides again whether each message still
//! makes sense, renders it and records the attempt. Then, outside any unit of work, the gateway is
//! called. Another short unit of work records what came of it. A process that dies in between leaves
//! an attempt without an outcome: its lease runs out, the attempt becomes `unknown`, and the message
//! is sent again under the same id, by which the other side can tell a repetition.

mod bound;
mod choose;
mod claim;
mod decide;
mod eligible;
mod filed;
mod load;
mod send;
mod settle;
mod text;
mod tried;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::{AgencyId, MessageStatus, delivery::RetryPolicy};
use storage::{StorageError, Tx, messages};

pub(super) use eligible::usable_phone;
pub(super) use filed::{Filed, load as load_filed};
pub(super) use load::Surroundings;

use crate::{
    job::{Batch, Job, Running, Turn},
    runner::blocking,
};

#[derive(Debug, Default)]
pub(super) struct Deliver {
    retry: Arc<RetryPolicy>,
}

impl Job for Deliver {
    fn name(&self) -> &'static str {
        "deliver"
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
            let sent = send::send(&turn.context, claimed.ready, claimed.lease_until).await;
            let retry = Arc::clone(&self.retry);
            blocking(move || settle::settle(&turn, &sent, &retry)).await?;
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
