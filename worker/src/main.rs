//! `tongxing-worker`: time and delivery, in a process of their own.

use std::{error::Error, path::PathBuf, process::ExitCode};

use casework::PackCache;
use clap::{Parser, Subcommand};
use platform::{Clock, Config, Monitor, Randomness, Shutdown, monitor::Watched, telemetry};
use worker::{Settings, Worker, WorkerParts, open};

/// Reminds, notices what was missed, and delivers.
#[derive(Debug, Parser)]
#[command(name = "tongxing-worker", version)]
struct Arguments {
    /// Settings file; see the documented defaults for every key.
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs every job by its schedule until SIGTERM.
    Run,
    /// Runs one job until it finds nothing due, and ends.
    Once {
        /// `open_windows`, `mark_missed`, `remind`, `escalate`, `digest`, `deliver`, `receipts` or
        /// `purge`.
        job: String,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(error.as_ref());
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Box<dyn Error>> {
    let config = Config::load(arguments.config.as_deref(), std::env::vars())?;
    config.validate()?;
    if config.sandbox.manual_clock {
        return Err("sandbox.manual_clock is true: that clock lives in `tongxing serve`".into());
    }
    telemetry::init(&config.telemetry)?;
    let store = open::migrated_store(&config)?;
    let worker = Worker::new(WorkerParts {
        store,
        clock: Clock::System,
        sign_in_clock: Clock::System,
        randomness: Randomness::from_os()?,
        gateway: open::gateway(&config)?.gateway,
        settings: Settings::of(&config),
        packs: PackCache::default(),
    });
    let monitoring = config.worker.monitor;
    match arguments.command {
        Command::Run => {
            let stop = Shutdown::on_signals()?;
            let watched = Watched {
                pulse: worker.pulse(),
                stale_after: monitoring.stale_after(),
            };
            let monitor = monitoring
                .bind
                .map(|bind| Monitor::start(bind, stop.clone(), Some(watched)))
                .transpose()?;
            worker.run_until_stopped(stop).await?;
            if let Some(monitor) = monitor {
                monitor.stop().await?;
            }
        }
        Command::Once { job } => {
            let report = worker.run_job_once(&job).await?;
            tracing::info!(
                job,
                acted_on = report.acted_on,
                batches = report.batches,
                "done"
            );
        }
    }
    Ok(())
}

/// Says what is wrong, with its causes, to whoever started the process.
#[expect(
    clippy::print_stderr,
    reason = "the process ends here; logging may not be set up"
)]
fn complain(error: &dyn Error) {
    eprintln!("tongxing-worker: {error}");
    let mut cause = error.source();
    while let Some(error) = cause {
        eprintln!("  caused by: {error}");
        cause = error.source();
    }
}
