//! The sections. What a key means stands in `defaults.toml`.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde::Deserialize;

use super::{list::list, network::Network};

/// Whether people depend on this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Profile {
    Production,
    Sandbox,
}

/// `[server]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerConfig {
    pub bind: SocketAddr,
    pub metrics_bind: Option<SocketAddr>,
    pub workers: usize,
    pub head_limit_bytes: usize,
    pub body_limit_bytes: usize,
    pub header_timeout_seconds: u64,
    pub body_timeout_seconds: u64,
    pub request_timeout_seconds: u64,
    pub keep_alive_seconds: u64,
    pub max_connections: usize,
    pub max_pending: usize,
    pub drain_seconds: u64,
    #[serde(deserialize_with = "list")]
    pub trusted_proxies: Vec<Network>,
    #[serde(deserialize_with = "list")]
    pub cors_origins: Vec<String>,
    pub requests_per_minute: u32,
    pub address_requests_per_minute: u32,
    pub sign_ins_per_minute: u32,
    pub tls: TlsConfig,
}

/// `[server.tls]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsConfig {
    pub cert_file: Option<PathBuf>,
    pub key_file: Option<PathBuf>,
    pub reload_seconds: u64,
}

/// `[database]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseConfig {
    pub url: Option<SecretString>,
    pub url_file: Option<PathBuf>,
    pub pool_size: u32,
    pub statement_cache: bool,
    pub row_security: bool,
    pub busy_timeout_ms: u64,
    pub synchronous: Synchronous,
}

/// How hard SQLite tries to have a commit on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Synchronous {
    Full,
    Normal,
    Off,
}

impl Synchronous {
    /// The word of `PRAGMA synchronous`.
    pub const fn pragma(self) -> &'static str {
        match self {
            Self::Full => "FULL",
            Self::Normal => "NORMAL",
            Self::Off => "OFF",
        }
    }
}

/// `[auth]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthConfig {
    pub keys_dir: Option<PathBuf>,
    pub issuer: String,
    pub access_token_seconds: u32,
    pub session_idle_minutes: u32,
    pub session_absolute_hours: u32,
    pub require_second_factor: Option<bool>,
    pub password_profile: PasswordProfile,
    pub hash_threads: usize,
    pub argon2: Argon2Config,
}

impl AuthConfig {
    /// Whether every staff member has to have a second factor. [`super::Config::load`] has decided it
    /// where the settings do not.
    pub fn requires_second_factor(&self) -> bool {
        self.require_second_factor.unwrap_or(true)
    }
}

/// Which rules new passwords follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PasswordProfile {
    Standard,
    Level3,
}

/// `[auth.argon2]`
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Argon2Config {
    pub memory_kib: u32,
    pub iterations: u32,
    pub parallelism: u32,
}

/// `[sealing]`; the files are read by [`super::keys`].
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealingConfig {
    pub keys_file: Option<PathBuf>,
    pub index_key_file: Option<PathBuf>,
}

/// `[worker]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkerConfig {
    pub in_process: bool,
    pub claim_batch: u32,
    pub job_batch: u32,
    /// Longer than any account may take for one message, and 240 at most ([`super::Config::validate`]).
    pub claim_lease_seconds: u64,
    pub concurrency: usize,
    pub neutral_to_unverified: bool,
    pub emergency_minutes: u32,
    pub monitor: MonitorConfig,
    pub schedule: ScheduleConfig,
}

/// `[worker.monitor]`
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MonitorConfig {
    pub bind: Option<SocketAddr>,
    pub stale_after_seconds: u64,
    pub overdue_after_minutes: u64,
}

impl MonitorConfig {
    /// The longest time without a sign of life before the worker counts as stuck.
    pub const fn stale_after(&self) -> Duration {
        Duration::from_secs(self.stale_after_seconds)
    }

    /// How late a message may be before somebody is told.
    pub const fn overdue_after(&self) -> Duration {
        Duration::from_mins(self.overdue_after_minutes)
    }
}

/// `[worker.schedule]`: cron expressions of six fields, in UTC.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScheduleConfig {
    pub codes: String,
    pub open_windows: String,
    pub remind: String,
    pub mark_missed: String,
    pub escalate: String,
    pub apply_posts: String,
    pub confirm_receipts: String,
    pub emergencies: String,
    pub deliver: String,
    pub receipts: String,
    pub digest: String,
    pub purge: String,
}

impl ScheduleConfig {
    /// Every job's name with its expression, in the order of a tick.
    pub fn entries(&self) -> [(&'static str, &str); 12] {
        [
            ("codes", &self.codes),
            ("open_windows", &self.open_windows),
            ("remind", &self.remind),
            ("mark_missed", &self.mark_missed),
            ("escalate", &self.escalate),
            ("apply_posts", &self.apply_posts),
            ("confirm_receipts", &self.confirm_receipts),
            ("emergencies", &self.emergencies),
            ("deliver", &self.deliver),
            ("receipts", &self.receipts),
            ("digest", &self.digest),
            ("purge", &self.purge),
        ]
    }
}

/// `[gateway]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GatewayConfig {
    pub kind: GatewayKind,
    pub recording: RecordingConfig,
    pub webhook: WebhookConfig,
}

/// Which gateway messages leave by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GatewayKind {
    Recording,
    Webhook,
}

/// `[gateway.recording]`
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordingConfig {
    pub keep: usize,
}

/// `[gateway.webhook]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookConfig {
    pub url: Option<SecretString>,
    pub secret: Option<SecretString>,
    pub secret_file: Option<PathBuf>,
    pub timeout_seconds: u64,
    pub connect_timeout_seconds: u64,
    pub receipt_secret: Option<SecretString>,
    pub receipt_secret_file: Option<PathBuf>,
    pub allow_private_addresses: bool,
}

impl WebhookConfig {
    /// The secret that receipts are checked with: their own, or else that of the messages.
    pub fn receipts_secret(&self) -> Option<&SecretString> {
        self.receipt_secret.as_ref().or(self.secret.as_ref())
    }

    /// Longest time one message may take.
    pub const fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_seconds)
    }
}

/// `[sandbox]`
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SandboxConfig {
    pub manual_clock: bool,
    pub starts_at: Option<DateTime<Utc>>,
}

/// `[telemetry]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TelemetryConfig {
    pub format: LogFormat,
    pub filter: String,
}

/// Shape of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    Json,
    Text,
}
