//! A job made of use cases that each answer how many rows they acted on.

use casework::{Work, WorkError};
use chrono::{DateTime, Utc};
use domain::{AgencyId, Channel};
use storage::{StorageError, Tx};

use crate::{
    job::{Batch, Job, Running, Turn},
    runner::blocking,
};

/// A use case over a batch of at most so many rows, for messages that leave by this channel;
/// answers how many rows it acted on.
pub(crate) type Step = fn(&mut Work<'_, '_>, Channel, i64) -> Result<usize, WorkError>;

/// When the data needs a job next.
pub(crate) type NextDue = fn(&mut Tx<'_>, AgencyId) -> Result<Option<DateTime<Utc>>, StorageError>;

/// A job made of use cases.
#[derive(Debug)]
pub(crate) struct Steps {
    pub name: &'static str,
    /// Each in its own unit of work, in this order.
    pub each: &'static [Step],
    /// It is needed at the earliest of these.
    pub next_due: &'static [NextDue],
}

impl Job for Steps {
    fn name(&self) -> &'static str {
        self.name
    }

    fn batch(&self, turn: Turn) -> Running<'_> {
        Box::pin(async move {
            let mut whole = Batch::default();
            for &step in self.each {
                let turn = turn.clone();
                let limit = turn.context.parts.settings.job_batch;
                let acted_on = blocking(move || {
                    let channel = turn.context.parts.gateway.channel();
                    turn.context
                        .write(turn.agency, turn.now, |work| step(work, channel, limit))
                })
                .await?;
                whole.acted_on += acted_on;
                whole.more |= i64::try_from(acted_on).is_ok_and(|acted_on| acted_on >= limit);
            }
            Ok(whole)
        })
    }

    fn next_due(
        &self,
        tx: &mut Tx<'_>,
        agency: AgencyId,
        _now: DateTime<Utc>,
    ) -> Result<Option<DateTime<Utc>>, StorageError> {
        let mut earliest: Option<DateTime<Utc>> = None;
        for next_due in self.next_due {
            earliest = earliest.into_iter().chain(next_due(tx, agency)?).min();
        }
        Ok(earliest)
    }
}
