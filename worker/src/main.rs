//! `tongxing-worker`: time and delivery, in a process of their own.

use std::{
    error::Error,
    io::{self, Write as _},
    path::PathBuf,
    process::ExitCode,
};

use casework::PackCache;
use clap::{Parser, Subcommand};
use platform::{Clock, Config, Monitor, Randomness, Shutdown, monitor::Watched, telemetry};
use storage::Store;
use worker::{
    Settings, Worker, WorkerParts, open, status,
    try_account::{Trial, try_account},
};

/// How `status` and `try-account` end when somebody has to look into it; 1 says that it could not be told.
const ALARM: u8 = 2;

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
        /// `open_windows`, `mark_missed`, `remind`, `escalate`, `digest`, `apply_posts`, `deliver`, `receipts` or
        /// `purge`.
        job: String,
    },
    /// Says how sending stands and when jobs ran; ends with 2 when somebody has to look into it.
    Status,
    /// Sends one text to you by one account of the settings; ends with 2 when it was refused or failed.
    TryAccount(Trial),
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(code) => code,
        Err(error) => {
            complain(error.as_ref());
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<ExitCode, Box<dyn Error>> {
    let config = Config::load(arguments.config.as_deref(), std::env::vars())?;
    config.validate()?;
    if config.sandbox.manual_clock {
        return Err("sandbox.manual_clock is true: that clock lives in `tongxing serve`".into());
    }
    telemetry::init(&config.telemetry)?;
    let store = || open::migrated_store(&config);
    match arguments.command {
        Command::Run => run_by_schedule(&worker(&config, store()?)?, &config).await?,
        Command::Once { job } => run_once(&worker(&config, store()?)?, &job).await?,
        Command::Status => return tell_status(&config, store()?).await,
        Command::TryAccount(trial) => return tell_trial(&config, &trial).await,
    }
    Ok(ExitCode::SUCCESS)
}

fn worker(config: &Config, store: Store) -> Result<Worker, Box<dyn Error>> {
    let randomness = Randomness::from_os()?;
    Ok(Worker::new(WorkerParts {
        store,
        clock: Clock::System,
        sign_in_clock: Clock::System,
        randomness: randomness.clone(),
        providers: open::providers(config, &randomness)?.providers,
        settings: Settings::of(config),
        packs: PackCache::default(),
    }))
}

async fn run_by_schedule(worker: &Worker, config: &Config) -> Result<(), Box<dyn Error>> {
    let monitoring = config.worker.monitor;
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
    Ok(())
}

async fn run_once(worker: &Worker, job: &str) -> Result<(), Box<dyn Error>> {
    let report = worker.run_job_once(job).await;
    worker.note_runs().await?;
    let report = report?;
    tracing::info!(
        job,
        acted_on = report.acted_on,
        batches = report.batches,
        "done"
    );
    Ok(())
}

async fn tell_status(config: &Config, store: Store) -> Result<ExitCode, Box<dyn Error>> {
    let limits = Settings::of(config).limits;
    let now = Clock::System.now();
    let status = tokio::task::spawn_blocking(move || status::read(&store, now, &limits)).await??;
    write!(io::stdout().lock(), "{status}")?;
    Ok(code(status.alarms().is_empty()))
}

async fn tell_trial(config: &Config, trial: &Trial) -> Result<ExitCode, Box<dyn Error>> {
    let randomness = Randomness::from_os()?;
    let accounts = open::providers(config, &randomness)?.providers;
    let verdict = try_account(&accounts, &Clock::System, randomness.seed(), trial).await?;
    write!(io::stdout().lock(), "{verdict}")?;
    Ok(code(verdict.is_good()))
}

fn code(is_good: bool) -> ExitCode {
    if is_good {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(ALARM)
    }
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
