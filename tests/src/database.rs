//! A migrated database of one's own, gone with the value.

use std::{
    collections::BTreeMap,
    fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use storage::{Backend, Options, Sealer, SealingKey, Store, Synchronous, migrate, roles};

use crate::{cluster::run_folder, postgres::PostgresDatabase, sqlite::SqliteDatabase};

/// Readers of a test's pool: enough for a few requests and a job at once.
const POOL: u32 = 4;

/// One database.
#[derive(Debug)]
pub struct Database(Kind);

#[derive(Debug)]
enum Kind {
    Sqlite(SqliteDatabase),
    Postgres(PostgresDatabase),
}

impl Database {
    /// A fresh, migrated one; `None` where there is no PostgreSQL.
    pub fn fresh(backend: Backend) -> Option<Self> {
        Some(Self(match backend {
            Backend::Sqlite => Kind::Sqlite(SqliteDatabase::fresh()),
            Backend::Postgres => Kind::Postgres(PostgresDatabase::fresh()?),
        }))
    }

    /// How to reach it, as `database.url`.
    pub fn url(&self) -> &str {
        match &self.0 {
            Kind::Sqlite(database) => &database.url,
            Kind::Postgres(database) => &database.url,
        }
    }

    /// Opens it as its owner, under the sealing keys that all tests share.
    pub fn open(&self) -> Store {
        open(self.url())
    }

    /// How `tongxing_app`, `tongxing_worker` or `tongxing_reader` reaches it; none on SQLite, which
    /// has no roles.
    pub fn url_as(&self, role: &str) -> Option<String> {
        match &self.0 {
            Kind::Sqlite(_) => None,
            Kind::Postgres(database) => Some(database.url_as(role)),
        }
    }
}

/// The sealing key that all tests share.
pub const KEY: SealingKey = SealingKey {
    id: 1,
    bytes: [7; 32],
};
/// The key of the look-up index that all tests share.
pub const INDEX_KEY: [u8; 32] = [8; 32];

/// Opens the database at `url`, under the keys that all tests share.
pub fn open(url: &str) -> Store {
    open_under(url, Sealer::new(&[KEY], &INDEX_KEY).unwrap())
}

/// Opens the database at `url`, under these keys.
pub fn open_under(url: &str, sealer: Sealer) -> Store {
    let options = Options {
        url: url.to_owned(),
        pool_size: POOL,
        statement_cache: true,
        row_security: true,
        busy_timeout: Duration::from_secs(10),
        synchronous: Synchronous::Off,
    };
    Store::open(&options, sealer).unwrap()
}

/// Opens the empty database at `url`, migrates it, and closes it.
pub(crate) fn migrate_to_newest(url: &str) {
    let store = open(url);
    migrate::up(&store).unwrap();
    if store.backend() == Backend::Postgres {
        roles::apply(&store).unwrap();
    }
}

/// A name that no other test of any run has.
pub fn fresh_name() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!(
        "tongxing_{}_{}_{count}",
        run_folder::key(),
        std::process::id()
    )
}

/// A fingerprint of the migrations in the repository: templates of other ones are of no use.
pub(crate) fn fingerprint(backend: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../migrations")
        .join(backend);
    let mut texts = BTreeMap::new();
    collect(&folder, &mut texts);
    let mut hasher = DefaultHasher::new();
    texts.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

fn collect(folder: &Path, texts: &mut BTreeMap<PathBuf, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, texts);
        } else {
            texts.insert(path.clone(), fs::read_to_string(path).unwrap());
        }
    }
}
