//! Wakes jobs by cron expressions. The only file that knows the cron crates.
//!
//! The crate neither keeps runs apart, nor makes up for missed ticks, nor waits for running jobs at
//! its end. So it does nothing but ring a bell per job: each job has one task of ours that runs when
//! its bell rang, and those tasks are awaited.

use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, Utc};
use croner::parser::{CronParser, Seconds};
use platform::Shutdown;
use tokio::{
    sync::Notify,
    task::{Id, JoinError, JoinSet},
};
use tokio_cron_scheduler::{Job as CronJob, JobScheduler, JobSchedulerError};

use crate::{Worker, heartbeat};

/// Why jobs could not be scheduled, or could not go on.
#[derive(Debug, thiserror::Error)]
pub enum ScheduleError {
    /// An expression is no cron expression of six fields.
    #[error("worker.schedule.{job} is not a cron expression of six fields")]
    Expression {
        /// Which job's.
        job: &'static str,
        /// What the cron crate said.
        source: JobSchedulerError,
    },
    /// The cron crate could not start.
    #[error("the scheduler did not start")]
    Start(#[from] JobSchedulerError),
    /// A job's task is gone, and with it the job: whoever started the process starts it again.
    #[error("the task of {job} ended before its time")]
    Died {
        /// Which job's.
        job: &'static str,
    },
}

/// Runs every job at once and then by its schedule, until a stop is wished or one dies; then waits for
/// the batches under way.
pub(crate) async fn run(worker: &Worker, stop: Shutdown) -> Result<(), ScheduleError> {
    let mut cron = JobScheduler::new().await?;
    let mut tasks = Tasks::default();
    let entries = worker.context.parts.settings.limits.schedule.entries();
    for (index, job) in worker.job_names().enumerate() {
        let bell = Arc::new(Notify::new());
        if let Some((name, expression)) = entries.iter().find(|(name, _)| *name == job) {
            cron.add(
                ring(expression, &bell)
                    .map_err(|source| ScheduleError::Expression { job: name, source })?,
            )
            .await?;
        }
        // A run at start: nobody knows what was missed while the process was down.
        bell.notify_one();
        tasks.spawn(job, serve(worker.clone(), index, bell, stop.clone()));
    }
    cron.start().await?;
    tracing::info!(jobs = tasks.names.len(), "worker started");
    let context = Arc::clone(&worker.context);
    tasks.spawn("heartbeat", heartbeat::keep(context, stop.clone()));
    let died = tokio::select! {
        biased;
        () = stop.requested() => None,
        died = tasks.next() => died,
    };
    // Half a worker would look like a whole one: the others end too, and the process with an error.
    stop.trigger();
    cron.shutdown().await?;
    let mut died = died;
    while !tasks.running.is_empty() {
        died = died.or(tasks.next().await);
    }
    tracing::info!("worker stopped");
    died.map_or(Ok(()), |job| Err(ScheduleError::Died { job }))
}

/// The tasks of jobs, by name.
#[derive(Default)]
struct Tasks {
    running: JoinSet<()>,
    names: HashMap<Id, &'static str>,
}

impl Tasks {
    fn spawn(&mut self, name: &'static str, task: impl Future<Output = ()> + Send + 'static) {
        let id = self.running.spawn(task).id();
        self.names.insert(id, name);
    }

    /// Waits for the next task that ends; answers its name if it ended badly, and logs it then.
    async fn next(&mut self) -> Option<&'static str> {
        let ended = self.running.join_next_with_id().await?;
        let error = ended.err()?;
        let job = self.name_of(&error);
        tracing::error!(job, %error, "the task of a job ended badly; the worker stops");
        Some(job)
    }

    fn name_of(&self, error: &JoinError) -> &'static str {
        self.names.get(&error.id()).copied().unwrap_or("a job")
    }
}

/// When a schedule last woke its job, at `by` (UTC) or before; none where it is no cron expression, or
/// never did.
pub(crate) fn last_wake_up(expression: &str, by: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let parser = CronParser::builder().seconds(Seconds::Required).build();
    let cron = parser.parse(expression).ok()?;
    cron.find_previous_occurrence(&by, true).ok()
}

fn ring(expression: &str, bell: &Arc<Notify>) -> Result<CronJob, JobSchedulerError> {
    let bell = Arc::clone(bell);
    CronJob::new_async_tz(expression, Utc, move |_, _| {
        let bell = Arc::clone(&bell);
        Box::pin(async move { bell.notify_one() })
    })
}

/// Runs one job whenever its bell rang. Rings during a run are one ring after it.
async fn serve(worker: Worker, index: usize, bell: Arc<Notify>, stop: Shutdown) {
    loop {
        tokio::select! {
            biased;
            () = stop.requested() => return,
            () = bell.notified() => worker.tick(index, &stop).await,
        }
    }
}
