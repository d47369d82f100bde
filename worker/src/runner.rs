//! Runs one job over all agencies, batch by batch, in turns.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
    time::Instant,
};

use chrono::{DateTime, TimeDelta, Utc};
use domain::AgencyId;
use futures_util::{StreamExt as _, stream::FuturesUnordered};
use platform::Shutdown;
use storage::{StorageError, agencies, leases};

use crate::job::{Context, Job, JobError, JobReport, Turn};

/// Batches of one job that may be under way at once, where processes share its work: while one is
/// with the gateway, the next is claimed.
const IN_FLIGHT: usize = 2;
/// How long a job keeps an agency to itself without renewing.
const LEASE: TimeDelta = TimeDelta::minutes(2);

/// Runs `work`, which talks to the database, on a thread that may wait.
pub(crate) async fn blocking<T, E>(
    work: impl FnOnce() -> Result<T, E> + Send + 'static,
) -> Result<T, JobError>
where
    T: Send + 'static,
    E: Send + 'static,
    JobError: From<E>,
{
    Ok(tokio::task::spawn_blocking(work).await??)
}

/// Runs `job` until no agency has more or a stop is wished. Agencies take turns, so that a large
/// one does not keep the others waiting; the failure of one does not stop the others.
pub(crate) async fn run(
    context: &Arc<Context>,
    job: &Arc<dyn Job>,
    with_lease: bool,
    stop: &Shutdown,
) -> Result<JobReport, JobError> {
    let started = Instant::now();
    let (due, next_hint) = match due_agencies(context, job).await {
        Ok(due) => due,
        Err(error) => return Err(failed(job.name(), None, error)),
    };
    let mut queue = VecDeque::from(due);
    let mut leases = Leases {
        context,
        job: job.name(),
        held: HashMap::new(),
    };
    let (mut acted_on, mut batches, mut failure) = (0, 0, None);
    let in_flight = if job.shares_work() { IN_FLIGHT } else { 1 };
    let mut running = FuturesUnordered::new();
    loop {
        while running.len() < in_flight
            && !stop.is_requested()
            && let Some(agency) = queue.pop_front()
        {
            let now = context.parts.clock.now();
            if with_lease && !job.shares_work() && !leases.take(agency, now).await? {
                continue;
            }
            let turn = Turn {
                context: Arc::clone(context),
                agency,
                now,
            };
            running.push(async move { (agency, job.batch(turn).await) });
        }
        match running.next().await {
            None => break,
            Some((agency, Ok(batch))) => {
                acted_on += batch.acted_on;
                batches += 1;
                context.goes_on(job.name());
                if batch.more {
                    // One that fills its batches is given every place that is free.
                    let free = in_flight.saturating_sub(running.len() + queue.len());
                    queue.extend(std::iter::repeat_n(agency, free.max(1)));
                }
            }
            Some((agency, Err(error))) => {
                failure = failure.or(Some(failed(job.name(), Some(agency), error)));
            }
        }
    }
    drop(running);
    leases.release_all().await?;
    let report = JobReport {
        job: job.name(),
        acted_on,
        batches,
        took: started.elapsed(),
        next_hint,
    };
    count(&report);
    failure.map_or(Ok(report), Err)
}

/// The agencies for which the job has work, and when it has some next.
async fn due_agencies(
    context: &Arc<Context>,
    job: &Arc<dyn Job>,
) -> Result<(Vec<AgencyId>, Option<DateTime<Utc>>), JobError> {
    let (context, job) = (Arc::clone(context), Arc::clone(job));
    blocking(move || {
        let now = context.parts.clock.now();
        context.parts.store.read(|tx| {
            let mut due = Vec::new();
            let mut next: Option<DateTime<Utc>> = None;
            for agency in agencies::list_ids(tx)? {
                tx.enter(agency)?;
                next = next.into_iter().chain(job.next_due(tx, agency, now)?).min();
                if job.is_due(tx, agency, now)? {
                    due.push(agency);
                }
            }
            Ok::<_, StorageError>((due, next))
        })
    })
    .await
}

/// The leases of one run: agency and fencing token.
struct Leases<'a> {
    context: &'a Arc<Context>,
    job: &'static str,
    held: HashMap<AgencyId, i64>,
}

impl Leases<'_> {
    /// Takes or renews the lease on an agency; answers whether it is ours.
    async fn take(&mut self, agency: AgencyId, now: DateTime<Utc>) -> Result<bool, JobError> {
        let (context, job) = (Arc::clone(self.context), self.job);
        let fence = blocking(move || {
            context.parts.store.write_in(agency, |tx| {
                leases::take(tx, agency, job, context.holder, now, now + LEASE)
            })
        })
        .await?;
        match fence {
            Some(fence) => self.held.insert(agency, fence),
            None => self.held.remove(&agency),
        };
        Ok(fence.is_some())
    }

    /// Gives back what is still ours, so that another process need not wait.
    async fn release_all(self) -> Result<(), JobError> {
        if self.held.is_empty() {
            return Ok(());
        }
        let (context, job, held) = (Arc::clone(self.context), self.job, self.held);
        blocking(move || {
            let now = context.parts.clock.now();
            context.parts.store.write(|tx| {
                for (agency, fence) in &held {
                    tx.enter(*agency)?;
                    leases::release(tx, *agency, job, context.holder, *fence, now)?;
                }
                Ok::<_, StorageError>(())
            })
        })
        .await
    }
}

/// Logs a failure once, where it happened. Errors carry no values of rows.
fn failed(job: &'static str, agency: Option<AgencyId>, error: JobError) -> JobError {
    let agency = agency.map(tracing::field::display);
    tracing::error!(job, agency, error = %error, "job failed");
    metrics::counter!("worker_job_failures_total", "job" => job).increment(1);
    error
}

fn count(report: &JobReport) {
    let job = report.job;
    metrics::counter!("worker_job_runs_total", "job" => job).increment(1);
    metrics::histogram!("worker_job_seconds", "job" => job).record(report.took);
    let rows = u64::try_from(report.acted_on).unwrap_or(u64::MAX);
    metrics::counter!("worker_job_rows_total", "job" => job).increment(rows);
    if report.acted_on > 0 {
        tracing::info!(
            job,
            acted_on = report.acted_on,
            batches = report.batches,
            took_ms = u64::try_from(report.took.as_millis()).unwrap_or(u64::MAX),
            "job ran"
        );
    }
}
