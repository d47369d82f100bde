//! Tells others of calls for help that nobody took in time.

use casework::{WorkError, emergencies};
use chrono::{DateTime, TimeDelta, Utc};
use domain::AgencyId;
use storage::{StorageError, Tx, tasks};

use crate::{
    job::{Batch, Job, Running, Turn},
    jobs::steps::{lies_in_the_data, note_left},
    runner::blocking,
};

const NAME: &str = "emergencies";

#[derive(Debug)]
pub(super) struct Emergencies {
    /// How long whoever was told has to take a call.
    pub waits: TimeDelta,
}

impl Job for Emergencies {
    fn name(&self) -> &'static str {
        NAME
    }

    fn batch(&self, turn: Turn) -> Running<'_> {
        let waits = self.waits;
        Box::pin(async move {
            let limit = turn.context.parts.settings.job_batch;
            let acted_on = blocking(move || tell(&turn, waits, limit)).await?;
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

/// Each call in a unit of work of its own: one that nobody can work on is left as it is, and named in the
/// log until somebody mends it, and the others are told all the same.
fn tell(turn: &Turn, waits: TimeDelta, limit: i64) -> Result<usize, WorkError> {
    let (context, agency) = (&turn.context, turn.agency);
    let due = context.parts.store.read_in(agency, |tx| {
        tasks::told_by(tx, agency, turn.now - waits, limit)
    })?;
    let mut failure = None;
    for id in &due {
        let told = context.write(agency, turn.now, |work| {
            emergencies::tell_next(work, *id, waits)
        });
        match told {
            Err(error) if lies_in_the_data(&error) => {
                note_left(NAME, agency, Some(id), &error);
                failure = failure.or(Some(error));
            }
            told => told?,
        }
    }
    failure.map_or(Ok(due.len()), Err)
}
