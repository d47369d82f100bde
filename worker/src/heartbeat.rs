//! Signs of life for whoever watches the worker: when jobs ran goes into the database, and how sending
//! stands into the metrics, once a minute.

use std::{
    collections::{BTreeMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{AgencyId, MessageStatus};
use platform::Shutdown;
use storage::{
    StorageError,
    job_runs::{self, JobRun},
};

use crate::{
    job::{Context, JobError},
    runner::blocking,
    status::{self, Sending, Status, since},
};

/// The time between two signs of life.
pub(crate) const BEAT: Duration = Duration::from_mins(1);

/// When the jobs of this process ran last.
#[derive(Debug, Default)]
pub struct Runs(Mutex<BTreeMap<&'static str, JobRun>>);

impl Runs {
    /// Notes a run, or a batch of it, that came to its end at `at` (UTC).
    pub(crate) fn note(&self, job: &'static str, failed: bool, at: DateTime<Utc>) {
        let mut runs = self.runs();
        let run = runs.entry(job).or_insert_with(|| JobRun {
            job: job.to_owned(),
            ran_at: None,
            failed_at: None,
        });
        run.ran_at = Some(at);
        if failed {
            run.failed_at = Some(at);
        }
    }

    fn all(&self) -> Vec<JobRun> {
        self.runs().values().cloned().collect()
    }

    fn runs(&self) -> MutexGuard<'_, BTreeMap<&'static str, JobRun>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Beats at once and then until a stop is wished, and once at the end. A database that does not answer is
/// the jobs' alarm; here the next beat comes.
pub(crate) async fn keep(context: Arc<Context>, stop: Shutdown) {
    let mut shown = Shown::default();
    let mut stopped = false;
    loop {
        if let Err(error) = beat(&context, &mut shown).await {
            tracing::warn!(%error, "no sign of life could be left");
        }
        if stopped {
            return;
        }
        stopped = tokio::time::timeout(BEAT, stop.requested()).await.is_ok();
    }
}

/// Gateways of agencies that a figure was shown of before: what is no more becomes zero.
#[derive(Debug, Default)]
struct Shown {
    awaited: HashSet<(AgencyId, String)>,
    held_up: HashSet<(AgencyId, String)>,
}

/// One sign of life.
async fn beat(context: &Arc<Context>, shown: &mut Shown) -> Result<(), JobError> {
    note_runs(context).await?;
    let looking = Arc::clone(context);
    let status = blocking(move || {
        let parts = &looking.parts;
        status::read(&parts.store, parts.clock.now(), &parts.settings.limits)
    })
    .await?;
    context.parts.providers.show();
    show(&status, shown);
    for alarm in status.alarms() {
        tracing::error!(alarm, "the worker needs to be looked after");
    }
    Ok(())
}

/// Writes down when the jobs of this process ran.
pub(crate) async fn note_runs(context: &Arc<Context>) -> Result<(), JobError> {
    let context = Arc::clone(context);
    blocking(move || {
        let runs = context.runs.all();
        context.parts.store.write(|tx| {
            for run in &runs {
                job_runs::note(tx, run)?;
            }
            Ok::<_, StorageError>(())
        })
    })
    .await
}

/// Puts the figures into the metrics.
fn show(status: &Status, shown: &mut Shown) {
    let now = status.at;
    let (mut awaited, mut held_up) = (HashSet::new(), HashSet::new());
    for sending in &status.agencies {
        let agency = sending.agency;
        show_sending(sending, now);
        for it in &sending.awaited {
            lag(agency, &it.gateway, since(it.oldest, now));
            awaited.insert((agency, it.gateway.clone()));
        }
        for it in &sending.held_up {
            let gateway = it.gateway.clone().unwrap_or_default();
            held(agency, &gateway, it.count);
            held_up.insert((agency, gateway));
        }
    }
    for (agency, gateway) in shown.awaited.difference(&awaited) {
        lag(*agency, gateway, TimeDelta::zero());
    }
    for (agency, gateway) in shown.held_up.difference(&held_up) {
        held(*agency, gateway, 0);
    }
    shown.awaited.extend(awaited);
    shown.held_up.extend(held_up);
    for run in &status.jobs {
        metrics::gauge!("worker_job_age_seconds", "job" => run.job.clone())
            .set(seconds(since(run.ran_at, now)));
    }
}

fn show_sending(sending: &Sending, now: DateTime<Utc>) {
    let agency = sending.agency.to_string();
    for &status in MessageStatus::ALL {
        let overdue = sending.overdue.iter().find(|it| it.0 == status);
        let overdue = overdue.map_or(0, |it| it.1);
        if domain::delivery::is_final(status) {
            continue;
        }
        metrics::gauge!("worker_messages_waiting", "agency" => agency.clone(), "status" => status.as_str())
            .set(number(sending.count(status)));
        metrics::gauge!("worker_messages_overdue", "agency" => agency.clone(), "status" => status.as_str())
            .set(number(overdue));
    }
    metrics::gauge!("worker_oldest_due_seconds", "agency" => agency.clone())
        .set(seconds(sending.queue_age(now)));
    let paused = sending.paused_offices.len() + sending.paused_gateways.len();
    metrics::gauge!("worker_sending_pauses", "agency" => agency)
        .set(number(i64::try_from(paused).unwrap_or(i64::MAX)));
}

fn lag(agency: AgencyId, gateway: &str, lag: TimeDelta) {
    let (agency, gateway) = (agency.to_string(), gateway.to_owned());
    metrics::gauge!("worker_receipt_lag_seconds", "agency" => agency, "gateway" => gateway)
        .set(seconds(lag));
}

/// Without a gateway where none was tried yet.
fn held(agency: AgencyId, gateway: &str, count: i64) {
    let (agency, gateway) = (agency.to_string(), gateway.to_owned());
    metrics::gauge!("worker_messages_held_up", "agency" => agency, "gateway" => gateway)
        .set(number(count));
}

fn seconds(time: TimeDelta) -> f64 {
    time.to_std().unwrap_or_default().as_secs_f64()
}

/// A gauge takes a floating-point number; beyond four thousand million it is shown as that.
fn number(count: i64) -> f64 {
    f64::from(u32::try_from(count.max(0)).unwrap_or(u32::MAX))
}
