//! The whole product, in one test.

mod http;
mod seed;
mod setup;
mod sign_in;
mod time;

use std::{
    collections::HashMap,
    fmt,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use actix_web::dev::ServerHandle;
use casework::{Actor, PackCache, Request, Work, WorkError};
use chrono::{DateTime, Utc};
use domain::{IdMint, MessageStatus};
use gateways::{RecordingGateway, recording::Recorded};
use platform::{ManualClock, Randomness};
use storage::{Store, messages};
use tokio::task::JoinHandle;
use worker::{Worker, WorkerParts};

pub use self::{
    http::Response,
    seed::{PASSWORD, Seed},
    setup::Setup,
    time::china,
};
use crate::{Backend, FakeGateway, database::Database, fakes::wechat::FakeWechat};

/// The real API and the real worker around one database. Clones are handles on the same.
#[derive(Clone)]
pub struct TestApp(Arc<Inner>);

struct Inner {
    address: SocketAddr,
    http: reqwest::Client,
    clock: Arc<ManualClock>,
    sign_in_clock: Arc<ManualClock>,
    store: Store,
    parts: WorkerParts,
    worker: Worker,
    recording: Option<RecordingGateway>,
    fake: Option<FakeGateway>,
    wechat: FakeWechat,
    seed: Seed,
    tokens: Mutex<HashMap<String, String>>,
    server: ServerHandle,
    serving: Mutex<Option<JoinHandle<std::io::Result<()>>>>,
    database: Database,
}

impl TestApp {
    /// What is there from the start: agency, offices, staff.
    pub fn seed(&self) -> &Seed {
        &self.0.seed
    }

    /// The database as its owner, past the API. On PostgreSQL the API and the worker have roles of
    /// their own, with less rights.
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// Which database it is.
    pub fn backend(&self) -> Backend {
        self.store().backend()
    }

    /// How to reach the database, as `database.url`.
    pub fn database_url(&self) -> &str {
        self.0.database.url()
    }

    /// How a role of PostgreSQL reaches the database; on SQLite, which has none, as everybody does.
    pub fn database_url_as(&self, role: &str) -> String {
        let url = self.0.database.url_as(role);
        url.unwrap_or_else(|| self.database_url().to_owned())
    }

    /// Randomness of the process.
    pub fn randomness(&self) -> &Randomness {
        &self.0.parts.randomness
    }

    /// The worker. Run it with [`TestApp::run_until_idle`] and [`TestApp::advance_to`].
    pub fn worker(&self) -> &Worker {
        &self.0.worker
    }

    /// A second worker on the same database, as another process would be.
    pub fn another_worker(&self) -> Worker {
        Worker::new(WorkerParts {
            packs: PackCache::default(),
            ..self.0.parts.clone()
        })
    }

    /// The texts that went out, oldest first.
    ///
    /// # Panics
    /// When the app was set up with the scripted gateway.
    pub fn sent(&self) -> Vec<Recorded> {
        self.recording().sent()
    }

    /// The gateway that keeps what it is given.
    ///
    /// # Panics
    /// When the app was set up with the scripted gateway.
    pub fn recording(&self) -> &RecordingGateway {
        self.0.recording.as_ref().unwrap()
    }

    /// The scripted gateway.
    ///
    /// # Panics
    /// When the app was not set up with [`Setup::with_webhook`].
    pub fn fake(&self) -> &FakeGateway {
        self.0.fake.as_ref().unwrap()
    }

    /// WeChat, for the office's mini program.
    pub fn wechat(&self) -> &FakeWechat {
        &self.0.wechat
    }

    /// One unit of work of the system in the seeded agency, past the API.
    pub fn write<T>(&self, unit: impl FnMut(&mut Work<'_, '_>) -> Result<T, WorkError>) -> T {
        self.write_to(&self.0.store, unit)
    }

    /// The same with the rights that the worker has.
    pub fn write_as_worker<T>(
        &self,
        unit: impl FnMut(&mut Work<'_, '_>) -> Result<T, WorkError>,
    ) -> T {
        self.write_to(&self.0.parts.store, unit)
    }

    fn write_to<T>(
        &self,
        store: &Store,
        mut unit: impl FnMut(&mut Work<'_, '_>) -> Result<T, WorkError>,
    ) -> T {
        let WorkerParts {
            packs,
            clock,
            randomness,
            ..
        } = &self.0.parts;
        let now = clock.now();
        let done = store.write_in(self.0.seed.agency, |tx| {
            unit(&mut Work {
                tx,
                packs,
                agency: self.0.seed.agency,
                now,
                actor: Actor::system(),
                ids: IdMint::new(now, randomness.seed()),
                request: Request::none(),
            })
        });
        done.unwrap()
    }

    /// Stops the server, once.
    pub(crate) async fn stop(&self) {
        let serving = self.0.serving.lock().unwrap().take();
        if let Some(serving) = serving {
            self.0.server.stop(false).await;
            serving.await.unwrap().unwrap();
        }
    }

    /// # Panics
    /// When a message waits that should have been sent by now: the test forgot to run the worker,
    /// or the worker forgot the message.
    pub(crate) fn assert_nothing_overdue(&self) {
        let now = self.now();
        for agency in [self.0.seed.agency, self.0.seed.foreign.agency] {
            let overdue = self
                .store()
                .read(|tx| messages::due_in(tx, agency, MessageStatus::Scheduled, now))
                .unwrap();
            assert!(
                !overdue,
                "the test ended at {now} with a message overdue for sending"
            );
        }
    }

    /// Where the clock stands (UTC).
    pub fn now(&self) -> DateTime<Utc> {
        self.0.clock.now()
    }
}

impl fmt::Debug for TestApp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestApp")
            .field("address", &self.0.address)
            .field("backend", &self.backend())
            .finish_non_exhaustive()
    }
}
