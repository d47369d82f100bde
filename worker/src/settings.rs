//! What a worker needs of the process's settings.

use std::time::Duration;

use platform::{
    Config,
    config::{GatewayKind, ScheduleConfig},
};

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
    /// When jobs wake.
    pub schedule: ScheduleConfig,
}

impl Settings {
    /// The settings of a process.
    pub fn of(config: &Config) -> Self {
        let worker = &config.worker;
        Self {
            claim_batch: i64::from(worker.claim_batch),
            job_batch: i64::from(worker.job_batch),
            claim_lease: Duration::from_secs(worker.claim_lease_seconds),
            send_timeout: match config.gateway.kind {
                GatewayKind::Webhook => config.gateway.webhook.timeout(),
                GatewayKind::Recording => Duration::from_secs(1),
            },
            concurrency: worker.concurrency.max(1),
            neutral_to_unverified: worker.neutral_to_unverified,
            schedule: worker.schedule.clone(),
        }
    }
}
