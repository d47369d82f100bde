//! Wakes jobs by cron expressions. The only file that knows the cron crate.
//!
//! The crate neither keeps runs apart, nor makes up for missed ticks, nor waits for running jobs at
//! its end. So it does nothing but ring a bell per job: each job has one task of ours that runs when
//! its bell rang, and those tasks are awaited.

use std::sync::Arc;

use chrono::Utc;
use platform::Shutdown;
use tokio::{sync::Notify, task::JoinSet};
use tokio_cron_scheduler::{Job as CronJob, JobScheduler, JobSchedulerError};

use crate::{Worker, heartbeat};

/// Why jobs could not be scheduled.
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
}

/// Runs every job at once and then by its schedule, until a stop is wished; then waits for the
/// batches under way.
pub(crate) async fn run(worker: &Worker, stop: Shutdown) -> Result<(), ScheduleError> {
    let mut cron = JobScheduler::new().await?;
    let mut tasks = JoinSet::new();
    let entries = worker.context.parts.settings.schedule.entries();
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
        tasks.spawn(serve(worker.clone(), index, bell, stop.clone()));
    }
    cron.start().await?;
    tracing::info!(jobs = tasks.len(), "worker started");
    tasks.spawn(heartbeat::keep(Arc::clone(&worker.context), stop.clone()));
    stop.requested().await;
    cron.shutdown().await?;
    while let Some(ended) = tasks.join_next().await {
        if let Err(error) = ended {
            tracing::error!(%error, "a job's task ended badly");
        }
    }
    tracing::info!("worker stopped");
    Ok(())
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
