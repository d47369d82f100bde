//! What a job is.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    time::{Duration, Instant},
};

use casework::{Actor, Request, Work, WorkError};
use chrono::{DateTime, Utc};
use domain::{AgencyId, IdMint};
use platform::Pulse;
use storage::{AnyId, Retryable, StorageError, Tx};
use tokio::sync::Semaphore;

use crate::{WorkerParts, heartbeat::Runs};

/// What one process's jobs share.
#[derive(Debug)]
pub struct Context {
    /// The worker's parts.
    pub parts: WorkerParts,
    /// This process, as holder of leases.
    pub holder: AnyId,
    /// A permit for each message that may be at the gateway at the same time, whatever batch it is of.
    pub sending: Arc<Semaphore>,
    /// The only permit for messages that go one at a time ([`crate::Provider::one_at_a_time`]).
    pub in_turn: Arc<Semaphore>,
    /// When its jobs ran last.
    pub runs: Runs,
    /// What goes on in this process.
    pub pulse: Pulse,
}

impl Context {
    /// A sign of life of a job that is at work: a batch has ended, or another side has answered.
    pub fn goes_on(&self, job: &'static str) {
        self.pulse.beat(job, Instant::now());
        self.runs.note(job, false, self.parts.clock.now());
    }

    /// One unit of work of the system at `now`. May be run again after a collision.
    ///
    /// # Errors
    /// What `unit` answers, or the database's failure.
    pub fn write<T>(
        &self,
        agency: AgencyId,
        now: DateTime<Utc>,
        mut unit: impl FnMut(&mut Work<'_, '_>) -> Result<T, WorkError>,
    ) -> Result<T, WorkError> {
        self.parts.store.write_in(agency, |tx| {
            unit(&mut Work {
                tx,
                packs: &self.parts.packs,
                agency,
                now,
                actor: Actor::system(),
                ids: IdMint::new(now, self.parts.randomness.seed()),
                request: Request::none(),
            })
        })
    }
}

/// One agency's turn of a job.
#[derive(Debug, Clone)]
pub struct Turn {
    /// What the process shares.
    pub context: Arc<Context>,
    /// Whose data.
    pub agency: AgencyId,
    /// The instant of the batch, UTC.
    pub now: DateTime<Utc>,
}

/// What a batch did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Batch {
    /// Rows acted on.
    pub acted_on: usize,
    /// Whether another batch is likely to find more.
    pub more: bool,
}

/// A batch under way.
pub type Running<'a> = Pin<Box<dyn Future<Output = Result<Batch, JobError>> + Send + 'a>>;

/// Something that has to happen when its time has come.
pub trait Job: fmt::Debug + Send + Sync {
    /// Its stable name, as in the settings.
    fn name(&self) -> &'static str;

    /// Does one bounded batch of what is due for one agency.
    fn batch(&self, turn: Turn) -> Running<'_>;

    /// When it has work for the agency next (UTC); at or before `now` while work is waiting; none =
    /// never, as far as the data tells.
    ///
    /// # Errors
    /// When the database cannot be read.
    fn next_due(
        &self,
        tx: &mut Tx<'_>,
        agency: AgencyId,
        now: DateTime<Utc>,
    ) -> Result<Option<DateTime<Utc>>, StorageError>;

    /// Whether it has work for the agency at `now`. Cheap: an idle tick asks this and ends.
    ///
    /// # Errors
    /// When the database cannot be read.
    fn is_due(
        &self,
        tx: &mut Tx<'_>,
        agency: AgencyId,
        now: DateTime<Utc>,
    ) -> Result<bool, StorageError> {
        Ok(self
            .next_due(tx, agency, now)?
            .is_some_and(|next| next <= now))
    }

    /// Whether several processes share one agency's work row by row. Otherwise one at a time has
    /// the agency's lease, which only saves double work: doing it twice changes nothing.
    fn shares_work(&self) -> bool {
        false
    }
}

/// What a run of a job did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobReport {
    /// Which job.
    pub job: &'static str,
    /// Rows acted on, over all agencies.
    pub acted_on: usize,
    /// Batches it took.
    pub batches: usize,
    /// Time it took, on the machine's own clock.
    pub took: Duration,
    /// When it has work next, as far as was seen before the run.
    pub next_hint: Option<DateTime<Utc>>,
}

/// Why a job did not finish.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// The unit of work did not happen.
    #[error(transparent)]
    Work(#[from] WorkError),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// A thread of the job panicked.
    #[error("a job's thread ended before its work")]
    Panicked(#[from] tokio::task::JoinError),
    /// No job has this name.
    #[error("there is no job {0:?}")]
    UnknownJob(String),
    /// Jobs keep finding work at one and the same instant.
    #[error("jobs keep finding work at one instant")]
    NeverIdle,
}

impl Retryable for JobError {
    fn is_retryable(&self) -> bool {
        match self {
            Self::Work(error) => error.is_retryable(),
            Self::Storage(error) => error.is_retryable(),
            _ => false,
        }
    }
}
