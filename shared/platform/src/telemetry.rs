//! Logs to stderr, and the metrics recorder.

use std::{
    fmt, io,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::{EnvFilter, filter::ParseError};

use crate::{
    Shutdown,
    config::{LogFormat, TelemetryConfig},
};

/// Upper bounds, in seconds, of the buckets that histograms named `…_seconds` are counted in.
const SECONDS: &[f64] = &[
    0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
];

/// Why telemetry could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// `telemetry.filter` is not a list of directives.
    #[error("telemetry.filter is not valid")]
    Filter(#[from] ParseError),
    /// Logging was set up before in this process.
    #[error("logging cannot be set up")]
    Subscriber(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The metrics recorder could not be installed.
    #[error("the metrics recorder cannot be installed")]
    Recorder(#[from] BuildError),
}

/// Sends log lines to stderr from here on, so that stdout stays free for a command's answer.
/// Times in the lines are UTC.
///
/// # Errors
/// An invalid filter, or logging set up before in this process.
pub fn init(config: &TelemetryConfig) -> Result<(), TelemetryError> {
    let filter = EnvFilter::try_new(&config.filter)?;
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr);
    match config.format {
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
        LogFormat::Text => lines.with_ansi(false).try_init(),
    }
    .map_err(TelemetryError::Subscriber)
}

/// The process's metrics, in the text format Prometheus reads.
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

/// The recorder is per process by the nature of the `metrics` crate; so is its handle.
static INSTALLED: Mutex<Option<Metrics>> = Mutex::new(None);

impl Metrics {
    /// Installs the recorder, or answers the one this process has already.
    ///
    /// # Errors
    /// When another recorder was installed by someone else.
    pub fn install() -> Result<Self, TelemetryError> {
        let mut installed = INSTALLED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(metrics) = &*installed {
            return Ok(metrics.clone());
        }
        let handle = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS)?
            .install_recorder()?;
        Ok(installed.insert(Self(handle)).clone())
    }

    /// Everything counted so far, as text.
    pub fn render(&self) -> String {
        self.0.render()
    }

    /// Folds samples into their buckets every few seconds until a stop is wished: without it
    /// memory grows when nobody scrapes. Run it as a task of its own.
    pub async fn keep_up(self, shutdown: Shutdown) {
        let mut pace = tokio::time::interval(Duration::from_secs(5));
        loop {
            tokio::select! {
                _ = pace.tick() => self.0.run_upkeep(),
                () = shutdown.requested() => return,
            }
        }
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn metrics_are_installed_once_and_rendered() {
        let metrics = Metrics::install().unwrap();
        let again = Metrics::install().unwrap();
        metrics::counter!("platform_test_total").increment(3);
        metrics::histogram!("platform_test_seconds").record(0.004);
        let shutdown = Shutdown::manual();
        let upkeep = tokio::spawn(metrics.clone().keep_up(shutdown.clone()));
        shutdown.trigger();
        upkeep.await.unwrap();
        let text = again.render();
        assert!(text.contains("platform_test_total 3"), "{text}");
        assert!(
            text.contains("platform_test_seconds_bucket{le=\"0.005\"} 1"),
            "{text}"
        );
    }

    #[test]
    fn a_bad_filter_is_refused() {
        let config = TelemetryConfig {
            format: LogFormat::Json,
            filter: "info,=,==".to_owned(),
        };
        assert!(matches!(init(&config), Err(TelemetryError::Filter(_))));
    }
}
