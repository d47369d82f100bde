//! Starting a [`TestApp`].

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use api::{
    AppState,
    accounts::Accounts,
    auth::{AccessTokens, EndedSessions, Passwords, SigningKeys},
    covering::Covering,
    pending::Pending,
    refusals::Refusals,
    vendors::Vendors,
};
use casework::{Actor, PackCache, Request, Work};
use domain::IdMint;
use gateways::{
    MessageGateway, RecordingGateway, WebhookGateway, standard_webhooks::Secret,
    webhook::WebhookSettings, wechat::sign_in::MiniProgram,
};
use platform::{
    Clock, Config, ManualClock, Profile, Randomness,
    config::{Argon2Config, GatewayKind, ProviderConfig, ProviderKind},
};
use worker::{Providers, Settings, Worker, WorkerParts, open::OpenProviders};

use super::{Inner, PASSWORD, TestApp, seed};
use crate::{
    Backend, FakeGateway,
    database::{self, Database},
    fakes::{
        webhook::SECRET,
        wechat::{FakeWechat, MINI_PROGRAM, MINI_PROGRAM_SECRET},
    },
    vendors,
};

/// Sends to the scripted gateway that take longer have an unknown outcome.
const SEND_TIMEOUT: Duration = Duration::from_secs(2);

/// Apps started by one test; whoever runs the test stops them.
pub(crate) type Started = Arc<Mutex<Vec<TestApp>>>;

/// An app to be, on an empty database.
#[derive(Debug)]
pub struct Setup {
    database: Database,
    clock: Clock,
    hands: Arc<ManualClock>,
    config: Config,
    providers: Option<Providers>,
    accounts: Vec<ProviderConfig>,
    started: Started,
}

impl Setup {
    /// `None` where there is no such database.
    pub(crate) fn new(backend: Backend) -> Option<Self> {
        let mut config = Config::defaults().unwrap();
        config.profile = Profile::Sandbox;
        config.server.workers = 1;
        config.server.requests_per_minute = u32::MAX;
        config.server.address_requests_per_minute = u32::MAX;
        config.server.sign_ins_per_minute = u32::MAX;
        config.auth.hash_threads = 1;
        config.auth.require_second_factor = Some(false);
        config.auth.argon2 = Argon2Config {
            memory_kib: 64,
            iterations: 1,
            parallelism: 1,
        };
        config.gateway.kind = GatewayKind::Recording;
        config.gateway.recording.keep = 100_000;
        config.gateway.webhook.secret = Some(SECRET.into());
        config.wechat.mini_program.app_id = Some(MINI_PROGRAM.to_owned());
        config.wechat.mini_program.secret = Some(MINI_PROGRAM_SECRET.into());
        let (clock, hands) = Clock::manual(super::china("2025-09-01T08:00"));
        Some(Self {
            database: Database::fresh(backend)?,
            clock,
            hands,
            config,
            providers: None,
            accounts: vendors::accounts(),
            started: Started::default(),
        })
    }

    pub(crate) fn started(&self) -> Started {
        Arc::clone(&self.started)
    }

    /// Where the clock stands at first, as read in China ([`super::china`]), instead of
    /// `2025-09-01T08:00`.
    #[must_use]
    pub fn at(self, local: &str) -> Self {
        self.hands.set(super::china(local));
        self
    }

    /// The clock of the app to be, for whoever lives in the same time.
    pub fn clock(&self) -> Clock {
        self.clock.clone()
    }

    /// Messages leave by the webhook gateway to a scripted server ([`TestApp::fake`]).
    #[must_use]
    pub fn with_webhook(mut self) -> Self {
        self.config.gateway.kind = GatewayKind::Webhook;
        self
    }

    /// Messages leave by these accounts.
    #[must_use]
    pub fn with_providers(mut self, providers: Providers) -> Self {
        self.providers = Some(providers);
        self
    }

    /// These accounts post to the API, instead of those of [`crate::vendors`].
    #[must_use]
    pub fn with_accounts(mut self, accounts: Vec<ProviderConfig>) -> Self {
        self.accounts = accounts;
        self
    }

    /// Other settings.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Config)) -> Self {
        change(&mut self.config);
        self
    }

    /// Starts everything.
    #[expect(
        clippy::too_many_lines,
        reason = "the one place that wires a whole product together, from top to bottom"
    )]
    pub async fn start(self) -> TestApp {
        let Self {
            database,
            clock,
            hands,
            config,
            providers,
            accounts,
            started,
        } = self;
        let store = database.open();
        let store_of = |role| {
            let url = database.url_as(role);
            url.map_or_else(|| store.clone(), |url| database::open(&url))
        };
        let randomness = Randomness::seeded(1);
        let starts_at = clock.now();
        let (sign_in_clock, sign_in_handle) = Clock::manual(starts_at);
        let packs = PackCache::default();
        let passwords = Passwords::start(
            &config.auth.argon2,
            config.auth.hash_threads,
            randomness.clone(),
        )
        .unwrap();

        let (mut recording, mut fake) = (None, None);
        let gateway: Arc<dyn MessageGateway> = match config.gateway.kind {
            GatewayKind::Recording => {
                let gateway = RecordingGateway::new(config.gateway.recording.keep);
                recording = Some(gateway.clone());
                Arc::new(gateway)
            }
            GatewayKind::Webhook => {
                let server = FakeGateway::start(clock.clone()).await;
                let settings = WebhookSettings {
                    url: server.url().into(),
                    secret: SECRET.into(),
                    timeout: SEND_TIMEOUT,
                    connect_timeout: SEND_TIMEOUT,
                    allow_private_addresses: true,
                };
                fake = Some(server);
                Arc::new(WebhookGateway::new(&settings).unwrap())
            }
        };

        let wechat = FakeWechat::start(sign_in_clock.clone()).await;
        let providers = match providers {
            Some(providers) => providers,
            None if config.providers.is_empty() => Providers::single(gateway),
            None => {
                let opened = at_fakes(config.clone(), &wechat, &randomness);
                recording = opened.recording;
                opened.providers
            }
        };
        let account = config.wechat.mini_program.account();

        let hash = passwords.hash(PASSWORD.into()).await.unwrap();
        let mut ids = IdMint::new(starts_at, randomness.seed());
        let agency = ids.next();
        let seed = store.write(|tx| {
            let mut work = Work {
                tx,
                packs: &packs,
                agency,
                now: starts_at,
                actor: Actor::system(),
                ids: ids.clone(),
                request: Request::none(),
            };
            seed::plant(&mut work, &hash)
        });

        let parts = WorkerParts {
            store: store_of("tongxing_worker"),
            clock: clock.clone(),
            sign_in_clock: sign_in_clock.clone(),
            randomness: randomness.clone(),
            providers,
            settings: Settings::of(&config),
            packs: packs.clone(),
        };
        let state = AppState {
            store: store_of("tongxing_app"),
            clock,
            sign_in_clock,
            randomness,
            packs,
            tokens: AccessTokens::new(
                SigningKeys::ephemeral().unwrap(),
                &config.auth.issuer,
                config.auth.access_token_seconds,
            ),
            ended: EndedSessions::default(),
            covering: Covering::default(),
            refusals: Refusals::default(),
            passwords,
            pending: Pending::new(config.server.max_pending),
            sandbox: None,
            receipt_secret: config
                .gateway
                .webhook
                .receipts_secret()
                .map(|secret| Secret::parse(secret).unwrap()),
            accounts: Accounts::of(parts.providers.listed()),
            vendors: Vendors::of(&accounts).unwrap(),
            mini_program: account
                .map(|(app_id, _)| MiniProgram::new(&wechat.mini_program(app_id)).unwrap()),
            server: config.server.clone(),
            auth: config.auth.clone(),
            client_sign_in: config.client_sign_in.clone(),
        };
        let (server, address) = api::build(state, ([127, 0, 0, 1], 0).into()).unwrap();
        let app = TestApp(Arc::new(Inner {
            address,
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
            clock: hands,
            sign_in_clock: sign_in_handle,
            worker: Worker::new(parts.clone()),
            store,
            parts,
            recording,
            fake,
            wechat,
            seed: seed.unwrap(),
            tokens: Mutex::new(HashMap::new()),
            server: server.handle(),
            serving: Mutex::new(Some(tokio::spawn(server))),
            database,
        }));
        started.lock().unwrap().push(app.clone());
        app
    }
}

/// The accounts of the settings; those at WeChat are reached at the fake one.
fn at_fakes(mut config: Config, wechat: &FakeWechat, randomness: &Randomness) -> OpenProviders {
    for account in &mut config.providers {
        if matches!(
            account.kind,
            ProviderKind::WechatTemplate | ProviderKind::WechatSubscribe
        ) {
            account.url = Some(wechat.url().into());
            account.allow_private_addresses = true;
        }
    }
    worker::open::providers(&config, randomness).unwrap()
}
