//! `tongxing serve`.

use std::sync::Arc;

use api::{
    AppState,
    accounts::Accounts,
    auth::{AccessTokens, EndedSessions, Passwords, SigningKeys},
    covering::Covering,
    pending::Pending,
    refusals::Refusals,
    sandbox::Sandbox,
    vendors::Vendors,
};
use casework::PackCache;
use gateways::standard_webhooks::Secret;
use platform::{
    Clock, Config, ManualClock, Monitor, Randomness, Shutdown, monitor::Watched, telemetry,
};
use storage::Store;
use worker::{
    Settings, Worker, WorkerParts,
    open::{self, OpenProviders},
};

use super::{Failed, bootstrap, mini_program, sandbox};

/// What can be said to `tongxing serve`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Run the worker in the same process, as a small office does.
    #[arg(long)]
    with_worker: bool,
}

/// Answers requests until a signal wishes a stop; then requests and jobs under way may end.
pub async fn run(config: Config, arguments: &Arguments) -> Result<(), Failed> {
    config.validate()?;
    telemetry::init(&config.telemetry)?;
    let shutdown = Shutdown::on_signals()?;
    let randomness = Randomness::from_os()?;
    let (clock, hands) = clock(&config);
    let store = open::migrated_store(&config)?;
    bootstrap::publish_shipped(&store, clock.now(), &randomness)?;
    let packs = PackCache::default();
    let opened = open::providers(&config, &randomness)?;
    let worker = Worker::new(WorkerParts {
        store: store.clone(),
        clock: clock.clone(),
        sign_in_clock: Clock::System,
        randomness: randomness.clone(),
        providers: opened.providers.clone(),
        settings: Settings::of(&config),
        packs: packs.clone(),
    });
    let sandbox = sandboxed(hands, &opened, &worker);
    // Where the clock stands still, jobs run when it is moved.
    let in_process = (arguments.with_worker || config.worker.in_process) && sandbox.is_none();
    let watched = in_process.then(|| Watched {
        pulse: worker.pulse(),
        stale_after: config.worker.monitor.stale_after(),
    });
    let monitor = config
        .server
        .metrics_bind
        .map(|bind| Monitor::start(bind, shutdown.clone(), watched))
        .transpose()?;
    let bind = config.server.bind;
    let accounts = Accounts::of(opened.providers.listed());
    let state = state(config, store, clock, randomness, packs, sandbox, accounts)?;
    let (server, address) = api::build(state, bind)?;
    let handle = server.handle();
    let serving = tokio::spawn(server);
    let working = in_process.then(|| tokio::spawn(run_worker(worker, shutdown.clone())));
    tracing::info!(%address, with_worker = in_process, "answering requests");
    shutdown.requested().await;
    handle.stop(true).await;
    serving.await??;
    if let Some(working) = working {
        working.await??;
    }
    if let Some(monitor) = monitor {
        monitor.stop().await?;
    }
    tracing::info!("stopped");
    Ok(())
}

async fn run_worker(worker: Worker, shutdown: Shutdown) -> Result<(), worker::ScheduleError> {
    let ended = worker.run_until_stopped(shutdown.clone()).await;
    // A worker that cannot run must not leave an API that looks healthy.
    shutdown.trigger();
    ended
}

fn clock(config: &Config) -> (Clock, Option<Arc<ManualClock>>) {
    if config.sandbox.manual_clock {
        let start = config
            .sandbox
            .starts_at
            .unwrap_or_else(|| Clock::System.now());
        let (clock, hands) = Clock::manual(start);
        (clock, Some(hands))
    } else {
        (Clock::System, None)
    }
}

fn sandboxed(
    hands: Option<Arc<ManualClock>>,
    opened: &OpenProviders,
    worker: &Worker,
) -> Option<Sandbox> {
    let outbox = opened.recording.clone()?;
    Some(Sandbox::new(hands?, outbox, sandbox::jobs(worker)))
}

fn state(
    config: Config,
    store: Store,
    clock: Clock,
    randomness: Randomness,
    packs: PackCache,
    sandbox: Option<Sandbox>,
    accounts: Accounts,
) -> Result<AppState, Failed> {
    let receipts = config.gateway.webhook.receipts_secret();
    let auth = config.auth.clone();
    let keys = match &auth.keys_dir {
        Some(directory) => SigningKeys::load_or_create(directory, Clock::System.now())?,
        // Only a sandbox gets here: its sign-ins end with it.
        None => SigningKeys::ephemeral()?,
    };
    Ok(AppState {
        store,
        clock,
        sign_in_clock: Clock::System,
        packs,
        tokens: AccessTokens::new(keys, &auth.issuer, auth.access_token_seconds),
        ended: EndedSessions::default(),
        covering: Covering::default(),
        refusals: Refusals::default(),
        passwords: Passwords::start(&auth.argon2, auth.hash_threads, randomness.clone())?,
        randomness,
        pending: Pending::new(config.server.max_pending),
        sandbox,
        receipt_secret: receipts.map(Secret::parse).transpose()?,
        accounts,
        vendors: Vendors::of(&config.providers)?,
        mini_program: mini_program::open(&config.wechat.mini_program)?,
        server: config.server,
        auth,
        client_sign_in: config.client_sign_in,
    })
}
