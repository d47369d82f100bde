//! A job made of use cases that each answer how many rows they acted on.

mod apart;

use casework::{Work, WorkError};
use chrono::{DateTime, Utc};
use domain::{AgencyId, Channel};
use storage::{StorageError, Tx};

pub(super) use self::apart::{Apart, lies_in_the_data, note_left};
use crate::{
    job::{Batch, Job, JobError, Running, Turn},
    runner::blocking,
};

/// A use case over a batch of at most so many rows, for messages that leave by this channel;
/// answers how many rows it acted on.
type Act = fn(&mut Work<'_, '_>, Channel, i64) -> Result<usize, WorkError>;

/// When the data needs a job next.
pub(crate) type NextDue = fn(&mut Tx<'_>, AgencyId) -> Result<Option<DateTime<Utc>>, StorageError>;

/// One use case of a job.
#[derive(Debug)]
pub(crate) struct Step {
    /// In one unit of work.
    pub batch: Act,
    /// How its rows are worked on apart, when one of them makes the batch fail.
    pub apart: Option<Apart>,
}

impl Step {
    /// One whose batch is done whole or not at all.
    pub(super) const fn batch(batch: Act) -> Self {
        Self { batch, apart: None }
    }

    fn run(&self, job: &'static str, turn: &Turn) -> Result<usize, WorkError> {
        let limit = turn.context.parts.settings.job_batch;
        let channel = turn.context.parts.providers.channel();
        let done = turn.context.write(turn.agency, turn.now, |work| {
            (self.batch)(work, channel, limit)
        });
        match (done, &self.apart) {
            (Err(error), Some(apart)) if apart::lies_in_the_data(&error) => {
                apart.run(job, turn, limit)
            }
            (done, _) => done,
        }
    }
}

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

    /// A step that fails over what is stored does not keep those after it from their turn.
    fn batch(&self, turn: Turn) -> Running<'_> {
        Box::pin(async move {
            let (mut whole, mut failure) = (Batch::default(), None);
            for step in self.each {
                let (job, turn) = (self.name, turn.clone());
                let limit = turn.context.parts.settings.job_batch;
                match blocking(move || step.run(job, &turn)).await {
                    Ok(acted_on) => {
                        whole.acted_on += acted_on;
                        whole.more |= i64::try_from(acted_on).is_ok_and(|count| count >= limit);
                    }
                    Err(JobError::Work(error)) if apart::lies_in_the_data(&error) => {
                        failure = failure.or(Some(error));
                    }
                    Err(error) => return Err(error),
                }
            }
            failure.map_or(Ok(whole), |error| Err(error.into()))
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
