//! Tells others of calls for help that nobody took in time.

use casework::emergencies;
use chrono::{DateTime, TimeDelta, Utc};
use domain::AgencyId;
use storage::{StorageError, Tx, tasks};

use crate::{
    job::{Batch, Job, Running, Turn},
    runner::blocking,
};

#[derive(Debug)]
pub(super) struct Emergencies {
    /// How long whoever was told has to take a call.
    pub waits: TimeDelta,
}

impl Job for Emergencies {
    fn name(&self) -> &'static str {
        "emergencies"
    }

    fn batch(&self, turn: Turn) -> Running<'_> {
        let waits = self.waits;
        Box::pin(async move {
            let limit = turn.context.parts.settings.job_batch;
            let acted_on = blocking(move || {
                turn.context.write(turn.agency, turn.now, |work| {
                    emergencies::tell_next(work, waits, limit)
                })
            })
            .await?;
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
        let told = tasks::first_told(tx, agency)?;
        Ok(told.map(|told| told + self.waits))
    }
}
