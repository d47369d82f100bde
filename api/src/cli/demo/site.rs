//! The sandbox itself: database, API and worker in one process, on a clock that stands still.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use actix_web::dev::Server;
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
use chrono::{DateTime, Utc};
use gateways::RecordingGateway;
use platform::{Clock, Config, ManualClock, Randomness, config::GatewayKind};
use storage::{Options, Sealer, SealingKey, Store, Synchronous, migrate};
use worker::{Providers, Settings, Worker, WorkerParts};

use super::{error::DemoError, home::Home};
use crate::cli::sandbox::jobs;

/// Monday morning, eight o'clock in the office.
const STARTS_AT: &str = "2025-09-01T00:00:00Z";
/// Messages kept to be looked at.
const KEPT: usize = 10_000;

/// The parts of a running sandbox that the demo reaches for itself.
#[derive(Debug)]
pub struct Site {
    /// Where the API listens.
    pub address: SocketAddr,
    /// Passes while the machine is "switched off".
    pub clock: Arc<ManualClock>,
    /// The database, for what is done before anybody can sign in.
    pub store: Store,
    /// Hashes the first password.
    pub passwords: Passwords,
    /// Ids and passwords.
    pub randomness: Randomness,
    /// Parsed rule packs.
    pub packs: PackCache,
}

impl Site {
    /// Makes the database in `home` and listens; the server answers while it is awaited.
    pub fn open(home: &Home, listen: SocketAddr) -> Result<(Self, Server), DemoError> {
        let mut config = Config::defaults().map_err(DemoError::start)?;
        config.gateway.kind = GatewayKind::Recording;
        // The floor of OWASP's advice: the demo starts at once, and its passwords guard nobody.
        config.auth.argon2.memory_kib = 19_456;
        config.auth.require_second_factor = Some(false);
        config.auth.argon2.iterations = 2;
        config.server.requests_per_minute = 1_000_000;
        config.server.address_requests_per_minute = 1_000_000;
        config.server.workers = 2;

        let randomness = Randomness::from_os().map_err(DemoError::start)?;
        let starts_at: DateTime<Utc> = STARTS_AT.parse().map_err(DemoError::start)?;
        let (clock, hands) = Clock::manual(starts_at);
        let store = store(home, &randomness)?;
        let packs = PackCache::default();
        let outbox = RecordingGateway::new(KEPT);
        let providers = Providers::single(Arc::new(outbox.clone()));
        let accounts = Accounts::of(providers.listed());
        let worker = Worker::new(WorkerParts {
            store: store.clone(),
            clock: clock.clone(),
            sign_in_clock: Clock::System,
            randomness: randomness.clone(),
            providers,
            settings: Settings::of(&config),
            packs: packs.clone(),
        });
        let passwords = Passwords::start(
            &config.auth.argon2,
            config.auth.hash_threads,
            randomness.clone(),
        )
        .map_err(DemoError::start)?;
        let keys = SigningKeys::ephemeral().map_err(DemoError::start)?;
        let auth = config.auth.clone();
        let state = AppState {
            store: store.clone(),
            clock,
            sign_in_clock: Clock::System,
            randomness: randomness.clone(),
            packs: packs.clone(),
            tokens: AccessTokens::new(keys, &auth.issuer, auth.access_token_seconds),
            ended: EndedSessions::default(),
            covering: Covering::default(),
            refusals: Refusals::default(),
            passwords: passwords.clone(),
            pending: Pending::new(config.server.max_pending),
            sandbox: Some(Sandbox::new(Arc::clone(&hands), outbox, jobs(&worker))),
            receipt_secret: None,
            accounts,
            vendors: Vendors::default(),
            mini_program: None,
            server: config.server,
            auth,
            client_sign_in: config.client_sign_in,
        };
        let (server, address) = api::build(state, listen).map_err(DemoError::start)?;
        let site = Self {
            address,
            clock: hands,
            store,
            passwords,
            randomness,
            packs,
        };
        Ok((site, server))
    }
}

/// A migrated database under keys that die with the process.
fn store(home: &Home, randomness: &Randomness) -> Result<Store, DemoError> {
    let (mut sealing, mut index) = ([0; 32], [0; 32]);
    randomness.fill(&mut sealing);
    randomness.fill(&mut index);
    let keys = [SealingKey {
        id: 1,
        bytes: sealing,
    }];
    let sealer = Sealer::new(&keys, &index).map_err(DemoError::start)?;
    let options = Options {
        url: format!("sqlite://{}", home.database().display()),
        pool_size: 4,
        statement_cache: true,
        row_security: true,
        busy_timeout: Duration::from_secs(5),
        synchronous: Synchronous::Off,
    };
    let store = Store::open(&options, sealer).map_err(DemoError::start)?;
    migrate::up(&store).map_err(DemoError::start)?;
    Ok(store)
}
