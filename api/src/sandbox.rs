//! A sandbox: a clock that stands still until it is moved, and messages that go nowhere.
//!
//! Moving the clock stops at every instant at which a job has work and runs the jobs there, so months
//! pass as they would have passed, in seconds. This library does not know the worker: the program
//! that runs both hands its jobs over as [`Jobs`].

mod duration;
mod walk;

use std::{fmt, sync::Arc};

use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use gateways::RecordingGateway;
use platform::ManualClock;

pub use duration::Duration;
pub use walk::{Cannot, Walk};

/// What one job did in one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobRun {
    /// The job's name.
    pub job: &'static str,
    /// Rows it acted on.
    pub acted_on: usize,
}

/// A job did not finish; it has logged why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the jobs did not finish: {0}")]
pub struct JobsFailed(pub String);

type Asked<T> = BoxFuture<'static, Result<T, JobsFailed>>;

/// The jobs, as far as a sandbox needs them.
pub struct Jobs {
    /// Runs every job until none has anything to do at the clock's present instant.
    pub run_until_idle: Box<dyn Fn() -> Asked<Vec<JobRun>> + Send + Sync>,
    /// The next instant at which a job has work (UTC).
    pub next_due: Box<dyn Fn() -> Asked<Option<DateTime<Utc>>> + Send + Sync>,
}

impl fmt::Debug for Jobs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Jobs(..)")
    }
}

/// What makes a process a sandbox.
#[derive(Debug)]
pub struct Sandbox {
    clock: Arc<ManualClock>,
    outbox: RecordingGateway,
    jobs: Jobs,
    /// Held while the clock moves: two at once would overtake each other.
    moving: tokio::sync::Mutex<()>,
}

impl Sandbox {
    /// A sandbox on `clock`, whose messages end in `outbox`.
    pub fn new(clock: Arc<ManualClock>, outbox: RecordingGateway, jobs: Jobs) -> Self {
        Self {
            clock,
            outbox,
            jobs,
            moving: tokio::sync::Mutex::new(()),
        }
    }

    /// Where the clock stands (UTC).
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// The messages that would have gone out, and are kept.
    pub fn outbox(&self) -> &RecordingGateway {
        &self.outbox
    }
}
