//! Deletes what its time has run out for, by the rules of retention, and reports it.

use casework::{WorkError, retention};
use chrono::{DateTime, Utc};
use domain::{AgencyId, retention::RetentionRules};
use storage::{StorageError, Tx, sign_in_budgets, sign_in_codes, sign_in_counters};

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
                let rules = RetentionRules::shipped()
                    .map_err(|error| WorkError::corrupt(error.to_string()))?;
                // Signing in lives in real time: moving the sandbox's clock ends no session.
                let sign_in_now = turn.context.parts.sign_in_clock.now();
                turn.context.write(turn.agency, turn.now, |work| {
                    let by_rule = retention::purge(work, &rules, sign_in_now, limit)?;
                    sign_in_codes::wipe_expired(work.tx, sign_in_now)?;
                    let forgotten = [
                        sign_in_codes::purge(work.tx, sign_in_now, limit)?,
                        sign_in_budgets::purge(work.tx, sign_in_now, limit)?,
                        sign_in_counters::purge(work.tx, sign_in_now, limit)?,
                    ];
                    // Whichever of them filled its batch has more: strangers can make such rows
                    // faster than one batch a day deletes them.
                    Ok(forgotten.into_iter().fold(by_rule, usize::max))
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
