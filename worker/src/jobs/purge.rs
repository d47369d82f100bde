//! Deletes what its time has run out for: answers kept for repeated requests, and refresh tokens.

use chrono::{DateTime, Utc};
use domain::AgencyId;
use platform::Clock;
use storage::{StorageError, Tx, idempotency, refresh_tokens};

use crate::{
    job::{Batch, Job, Running, Turn},
    runner::blocking,
};

#[derive(Debug)]
pub(super) struct Purge;

impl Job for Purge {
    fn name(&self) -> &'static str {
        "purge"
    }

    fn batch(&self, turn: Turn) -> Running<'_> {
        Box::pin(async move {
            let limit = turn.context.parts.settings.job_batch;
            let acted_on = blocking(move || {
                // Signing in lives in real time: moving the sandbox's clock ends no session.
                let real = Clock::System.now().min(turn.now);
                turn.context.parts.store.write(|tx| {
                    let answers = idempotency::purge_expired(tx, turn.agency, real, limit)?;
                    let tokens = refresh_tokens::purge(tx, turn.agency, real, limit)?;
                    Ok::<_, StorageError>(answers.max(tokens))
                })
            })
            .await?;
            let more = i64::try_from(acted_on).is_ok_and(|acted_on| acted_on >= limit);
            Ok(Batch { acted_on, more })
        })
    }

    /// Nothing waits for it: it runs by its schedule and is no reason to stop a clock.
    fn next_due(
        &self,
        _tx: &mut Tx<'_>,
        _agency: AgencyId,
        _now: DateTime<Utc>,
    ) -> Result<Option<DateTime<Utc>>, StorageError> {
        Ok(None)
    }

    fn is_due(
        &self,
        _tx: &mut Tx<'_>,
        _agency: AgencyId,
        _now: DateTime<Utc>,
    ) -> Result<bool, StorageError> {
        Ok(true)
    }
}
