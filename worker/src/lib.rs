//! Time and delivery: the jobs that open windows, remind, notice misses and deliver.
//!
//! A job takes no input. It asks what is due at the present instant, does it in bounded batches, and
//! leaves a database in which asking again finds nothing. When it runs, how often and in how many
//! processes changes nothing but how soon things happen.

mod heartbeat;
pub mod job;
pub mod jobs;
pub mod open;
mod providers;
mod runner;
mod scheduler;
mod settings;
pub mod status;
pub mod try_account;

use std::{sync::Arc, time::Instant};

use casework::PackCache;
use chrono::{DateTime, Utc};
use domain::IdMint;
use platform::{Clock, Pulse, Randomness, Shutdown};
use storage::{AnyId, Store};
use tokio::sync::Semaphore;

pub use job::{JobError, JobReport};
pub use providers::{Provider, Providers};
pub use scheduler::ScheduleError;
pub use settings::Settings;

use heartbeat::Runs;
use job::{Context, Job};

/// What a worker is made of.
#[derive(Debug, Clone)]
pub struct WorkerParts {
    /// The migrated database.
    pub store: Store,
    /// Where `now` comes from.
    pub clock: Clock,
    /// The time that sign-ins live in: moving the sandbox's clock ends none.
    pub sign_in_clock: Clock,
    /// Seeds of ids, and the jitter of retries.
    pub randomness: Randomness,
    /// The accounts messages leave by.
    pub providers: Providers,
    /// Batch sizes, leases and schedule.
    pub settings: Settings,
    /// Parsed rule packs, shared with the API where both run in one process.
    pub packs: PackCache,
}

/// The worker. Cheap to clone; clones share the locks that keep a job from overlapping itself.
#[derive(Debug, Clone)]
pub struct Worker {
    context: Arc<Context>,
    jobs: Arc<[Slot]>,
}

/// A job, and the lock that keeps its runs in this process apart.
#[derive(Debug)]
struct Slot {
    job: Arc<dyn Job>,
    running: tokio::sync::Mutex<()>,
}

impl Worker {
    /// A worker that does nothing until it is run.
    pub fn new(parts: WorkerParts) -> Self {
        let holder: AnyId = IdMint::new(parts.clock.now(), parts.randomness.seed()).next();
        let slots = jobs::all(&parts.settings).into_iter().map(|job| Slot {
            job,
            running: tokio::sync::Mutex::new(()),
        });
        Self {
            context: Arc::new(Context {
                sending: Arc::new(Semaphore::new(
                    parts.settings.concurrency.min(Semaphore::MAX_PERMITS),
                )),
                in_turn: Arc::new(Semaphore::new(1)),
                parts,
                holder,
                runs: Runs::default(),
                pulse: Pulse::starting(Instant::now()),
            }),
            jobs: slots.collect(),
        }
    }

    /// Beats as jobs go on; one that hangs is silent, whatever the others do.
    pub fn pulse(&self) -> Pulse {
        self.context.pulse.clone()
    }

    /// Every job's name, in the order of a tick.
    pub fn job_names(&self) -> impl Iterator<Item = &'static str> {
        self.jobs.iter().map(|slot| slot.job.name())
    }

    /// Runs one job once, over all agencies, until it finds nothing due.
    ///
    /// # Errors
    /// [`JobError::UnknownJob`]; else the first failure, after every agency had its turn.
    pub async fn run_job_once(&self, name: &str) -> Result<JobReport, JobError> {
        let slot = self
            .jobs
            .iter()
            .find(|slot| slot.job.name() == name)
            .ok_or_else(|| JobError::UnknownJob(name.to_owned()))?;
        let _running = slot.running.lock().await;
        self.run_slot(slot, &Shutdown::manual()).await
    }

    /// Writes down when the jobs of this process ran, for [`status::read`]. A worker that runs by
    /// schedule does so once a minute.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn note_runs(&self) -> Result<(), JobError> {
        heartbeat::note_runs(&self.context).await
    }

    /// Runs a job whose lock is held, and keeps signs of its life.
    async fn run_slot(&self, slot: &Slot, stop: &Shutdown) -> Result<JobReport, JobError> {
        let (context, name) = (&self.context, slot.job.name());
        context.pulse.begin(name, Instant::now());
        let ran = runner::run(context, &slot.job, true, stop).await;
        context.pulse.end(name, Instant::now());
        let now = context.parts.clock.now();
        context.runs.note(name, ran.is_err(), now);
        ran
    }

    /// Runs every job again and again until none has anything to do at the clock's present instant;
    /// answers the runs that did something. For the sandbox and tests: no leases are taken, for with
    /// a clock that stands still a lease would never run out.
    ///
    /// # Errors
    /// The first failure of a job, after the other jobs of that round had their turn;
    /// [`JobError::NeverIdle`] when jobs keep finding work.
    pub async fn run_until_idle(&self) -> Result<Vec<JobReport>, JobError> {
        /// More rounds than any chain of jobs is long.
        const ROUNDS: usize = 1000;
        let stop = Shutdown::manual();
        let mut reports = Vec::new();
        for _ in 0..ROUNDS {
            let mut acted_on = 0;
            let mut failure = None;
            for slot in self.jobs.iter() {
                let _running = slot.running.lock().await;
                match runner::run(&self.context, &slot.job, false, &stop).await {
                    Ok(report) if report.acted_on > 0 => {
                        acted_on += report.acted_on;
                        reports.push(report);
                    }
                    Ok(_) => {}
                    Err(error) => failure = failure.or(Some(error)),
                }
            }
            if let Some(error) = failure {
                return Err(error);
            }
            if acted_on == 0 {
                return Ok(reports);
            }
        }
        Err(JobError::NeverIdle)
    }

    /// Wakes jobs by their schedule until a stop is wished, then lets the batches under way end.
    ///
    /// # Errors
    /// [`ScheduleError`] when the schedule cannot be read, and nothing runs; or when a job died, and the
    /// others have let their batches end.
    pub async fn run_until_stopped(&self, stop: Shutdown) -> Result<(), ScheduleError> {
        scheduler::run(self, stop).await
    }

    /// The next instant at which a job has work, over all agencies; none = never. It lies in the
    /// past while work is waiting.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn next_due(&self) -> Result<Option<DateTime<Utc>>, JobError> {
        let jobs = Arc::clone(&self.jobs);
        let context = Arc::clone(&self.context);
        let now = context.parts.clock.now();
        runner::blocking(move || {
            context.parts.store.read(|tx| {
                let mut earliest: Option<DateTime<Utc>> = None;
                for agency in storage::agencies::list_ids(tx)? {
                    tx.enter(agency)?;
                    for slot in jobs.iter() {
                        let next = slot.job.next_due(tx, agency, now)?;
                        earliest = earliest.into_iter().chain(next).min();
                    }
                }
                Ok::<_, JobError>(earliest)
            })
        })
        .await
    }

    /// One wake-up of the job at `index`; skipped while an earlier one still runs.
    async fn tick(&self, index: usize, stop: &Shutdown) {
        let Some(slot) = self.jobs.get(index) else {
            return;
        };
        let Ok(_running) = slot.running.try_lock() else {
            return;
        };
        // A failure was logged where it happened; the next tick tries again.
        let _logged = self.run_slot(slot, stop).await;
    }
}
