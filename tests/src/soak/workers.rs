//! The workers: processes of their own that are killed and started again.

use std::{
    error::Error,
    fs::{self, OpenOptions},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use casework::PackCache;
use clap::Args;
use platform::{Clock, Config, Randomness, Shutdown, telemetry};
use worker::{Settings, Worker, WorkerParts, open};

use super::{Plan, time, vendors::Vendors};
use crate::{TestApp, program};

/// Workers at the same time.
const WORKERS: usize = 2;

/// What a worker differs in from one that runs by its defaults. Its pool of places at the vendors is
/// small: what is on its way when it is killed is what may go out twice.
const SETTINGS: &str = r#"
[worker]
claim_lease_seconds = 6
claim_batch = 64
concurrency = 4

[worker.schedule]
deliver = "* * * * * *"
receipts = "* * * * * *"
apply_posts = "* * * * * *"
confirm_receipts = "* * * * * *"

[gateway.webhook]
timeout_seconds = 2
connect_timeout_seconds = 2

[telemetry]
filter = "warn"

"#;

/// The processes.
pub(super) struct Workers {
    running: Vec<Child>,
    kills: usize,
    program: PathBuf,
    environment: Vec<(&'static str, String)>,
    settings: PathBuf,
    time: PathBuf,
    log: PathBuf,
}

impl Workers {
    pub fn start(
        app: &TestApp,
        vendors: &Vendors,
        plan: &Plan,
        folder: &Path,
        time: &Path,
    ) -> Self {
        let settings = folder.join("worker.toml");
        fs::write(&settings, format!("{SETTINGS}{}", vendors.settings())).unwrap();
        let mut workers = Self {
            running: Vec::new(),
            kills: 0,
            program: plan.program.clone(),
            environment: program::settings(app, "tongxing_worker", folder),
            settings,
            time: time.to_owned(),
            log: folder.join("log"),
        };
        workers.running = (0..WORKERS).map(|_| workers.spawn()).collect();
        workers
    }

    fn spawn(&self) -> Child {
        let log = OpenOptions::new().create(true).append(true).open(&self.log);
        let environment = self.environment.iter();
        Command::new(&self.program)
            .arg("work")
            .arg("--config")
            .arg(&self.settings)
            .arg("--time")
            .arg(&self.time)
            .envs(environment.map(|(key, value)| (format!("TONGXING__{key}"), value)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log.unwrap())
            .spawn()
            .unwrap()
    }

    /// How many were killed.
    pub const fn kills(&self) -> usize {
        self.kills
    }

    /// SIGKILL to one of them, and another in its place. `unit`: a number in `[0, 1)`.
    pub fn kill_one(&mut self, unit: f64) {
        let place = usize::from(unit < 0.5);
        self.running[place].kill().unwrap();
        self.running[place].wait().unwrap();
        self.running[place] = self.spawn();
        self.kills += 1;
    }

    /// # Panics
    /// When one ended by itself.
    pub fn assert_running(&mut self) {
        for child in &mut self.running {
            let ended = child.try_wait().unwrap();
            assert!(
                ended.is_none(),
                "a worker ended with {ended:?}: {}",
                end_of(&self.log)
            );
        }
    }

    /// What they wrote last.
    pub fn logs(&self) -> String {
        end_of(&self.log)
    }

    /// Ends them; answers how many were killed on the way.
    pub fn stop(self) -> usize {
        self.kills
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        for child in &mut self.running {
            // Gone already, if it ended by itself.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn end_of(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    let last = lines.len().saturating_sub(20);
    lines[last..].join("\n")
}

/// What a worker process is told.
#[derive(Debug, Args)]
pub struct WorkerArguments {
    /// Its settings.
    #[arg(long)]
    config: PathBuf,
    /// The time of the soak.
    #[arg(long)]
    time: PathBuf,
}

/// Works until it is killed: `tongxing-worker run`, but for the time it lives in.
///
/// # Errors
/// As `tongxing-worker`.
pub async fn work(arguments: WorkerArguments) -> Result<(), Box<dyn Error + Send + Sync>> {
    let config = Config::load(Some(&arguments.config), std::env::vars())?;
    config.validate()?;
    telemetry::init(&config.telemetry)?;
    let randomness = Randomness::from_os()?;
    let worker = Worker::new(WorkerParts {
        store: open::migrated_store(&config)?,
        clock: time::follow(arguments.time),
        sign_in_clock: Clock::System,
        providers: open::providers(&config, &randomness)?.providers,
        randomness,
        settings: Settings::of(&config),
        packs: PackCache::default(),
    });
    worker.run_until_stopped(Shutdown::on_signals()?).await?;
    Ok(())
}
