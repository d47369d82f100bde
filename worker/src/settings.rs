//! What a worker needs of the process's settings.

use std::time::Duration;

use chrono::TimeDelta;

use platform::{Config, config::WorkerConfig};

use crate::{heartbeat::BEAT, status::Limits};

/// Batch sizes, leases and schedule.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Messages claimed at a time.
    pub claim_batch: i64,
    /// Rows a job handles in one transaction.
    pub job_batch: i64,
    /// How long a claimed message is held. Longer than `send_timeout`.
    pub claim_lease: Duration,
    /// Longest time one message may take to be handed over.
    pub send_timeout: Duration,
    /// Messages being handed over at the same time.
    pub concurrency: usize,
    /// Whether a number nobody has verified gets only the neutral text (shared ones always do).
    pub neutral_to_unverified: bool,
    /// How long whoever was told of a call for help has to take it, before others are told.
    pub emergency_waits: TimeDelta,
    /// When jobs wake, and what is too long, for whoever watches.
    pub limits: Limits,
}

impl Settings {
    /// The settings of a process.
    pub fn of(config: &Config) -> Self {
        let worker = &config.worker;
        Self {
            claim_batch: i64::from(worker.claim_batch),
            job_batch: i64::from(worker.job_batch),
            claim_lease: Duration::from_secs(worker.claim_lease_seconds),
            send_timeout: config.longest_send(),
            concurrency: worker.concurrency.max(1),
            neutral_to_unverified: worker.neutral_to_unverified,
            emergency_waits: TimeDelta::minutes(i64::from(worker.emergency_minutes)),
            limits: limits(worker),
        }
    }
}

/// The heart beats once a minute, so that what is known of jobs may be that much older.
fn limits(worker: &WorkerConfig) -> Limits {
    let monitor = &worker.monitor;
    let time = |time| TimeDelta::from_std(time).unwrap_or(TimeDelta::MAX);
    Limits {
        overdue: time(monitor.overdue_after()),
        stale: time(monitor.stale_after().saturating_add(BEAT)),
        schedule: worker.schedule.clone(),
    }
}
