//! A fresh, migrated database per test and backend.

use std::{
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use diesel::{Connection, PgConnection, RunQueryDsl};
use domain::{AgencyId, IdMint, Role, StaffId};
use storage::{
    Options, Sealer, SealingKey, Store, Synchronous,
    agencies::{self, Agency},
    migrate,
    staff::{self, Staff},
};

use crate::statements;

static COUNT: AtomicU32 = AtomicU32::new(0);

/// A database that goes away with this value.
pub struct Database {
    store: Option<Store>,
    pub url: String,
    place: Place,
}

enum Place {
    Folder(PathBuf),
    Server { admin_url: String, name: String },
}

/// Runs a test once per backend at hand.
pub fn on_each(test: impl Fn(&Database)) {
    test(&sqlite());
    match std::env::var("TEST_DATABASE_URL") {
        Ok(admin_url) => test(&postgres(&admin_url)),
        Err(_) => eprintln!("PostgreSQL left out: set TEST_DATABASE_URL to a server's URL"),
    }
}

/// A migrated SQLite database.
pub fn sqlite() -> Database {
    // A folder of its own: a connection the pool opens late cannot leave a file behind.
    let folder = std::env::temp_dir().join(fresh_name());
    std::fs::create_dir(&folder).unwrap();
    let url = format!("sqlite://{}/data.db", folder.display());
    open(url, Place::Folder(folder))
}

fn postgres(admin_url: &str) -> Database {
    let name = fresh_name();
    admin(
        admin_url,
        &format!("CREATE DATABASE {name} TEMPLATE template0"),
    );
    let (address, settings) = admin_url
        .split_once('?')
        .map_or((admin_url, String::new()), |(address, rest)| {
            (address, format!("?{rest}"))
        });
    let (server, _) = address.rsplit_once('/').unwrap();
    let url = format!("{server}/{name}{settings}");
    open(
        url,
        Place::Server {
            admin_url: admin_url.to_owned(),
            name,
        },
    )
}

fn fresh_name() -> String {
    format!(
        "storage_test_{}_{}",
        std::process::id(),
        COUNT.fetch_add(1, Ordering::Relaxed)
    )
}

fn admin(url: &str, statement: &str) {
    let mut conn = PgConnection::establish(url).unwrap();
    diesel::sql_query(statement).execute(&mut conn).unwrap();
}

fn open(url: String, place: Place) -> Database {
    statements::watch();
    let options = Options {
        url: url.clone(),
        pool_size: 4,
        statement_cache: true,
        busy_timeout: Duration::from_secs(10),
        synchronous: Synchronous::Off,
    };
    let sealer = Sealer::new(
        &[SealingKey {
            id: 1,
            bytes: [7; 32],
        }],
        &[8; 32],
    )
    .unwrap();
    let store = Store::open(&options, sealer).unwrap();
    migrate::up(&store).unwrap();
    Database {
        store: Some(store),
        url,
        place,
    }
}

impl Database {
    pub fn store(&self) -> &Store {
        self.store.as_ref().unwrap()
    }

    /// Stores an agency.
    pub fn agency(&self, number: u128) -> AgencyId {
        let id = mint(number).next();
        let agency = Agency {
            id,
            name: "县".to_owned(),
            created_at: at(0),
        };
        self.store()
            .write(|tx| agencies::insert(tx, &agency))
            .unwrap();
        id
    }

    /// Stores a staff member.
    pub fn staff(&self, agency: AgencyId, username: &str) -> Staff {
        let staff = some_staff(agency, username);
        self.store().write(|tx| staff::insert(tx, &staff)).unwrap();
        staff
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        self.store = None;
        match &self.place {
            // A connection opened this late may hold it up; that is no fault of the test.
            Place::Folder(path) => drop(std::fs::remove_dir_all(path)),
            Place::Server { admin_url, name } => {
                admin(admin_url, &format!("DROP DATABASE {name} WITH (FORCE)"));
            }
        }
    }
}

/// A staff member not stored yet; `username` also makes the id.
pub fn some_staff(agency: AgencyId, username: &str) -> Staff {
    let seed = username
        .bytes()
        .fold(0_u128, |seed, byte| seed * 256 + u128::from(byte));
    let id: StaffId = mint(seed).next();
    Staff {
        agency_id: agency,
        id,
        office_id: None,
        username: username.to_owned(),
        password_hash: "$argon2id$".to_owned(),
        display_name: "李老师".to_owned(),
        role: Role::AgencyAdmin,
        sex: None,
        phone: Some("13800000000".to_owned()),
        active: true,
        version: 1,
        created_at: at(0),
        updated_at: at(0),
    }
}

/// Identifiers, all of one instant.
pub fn mint(seed: u128) -> IdMint {
    IdMint::new(at(0), seed)
}

/// An instant, `seconds` after one with microseconds.
pub fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(1_750_000_000_000_001).unwrap() + TimeDelta::seconds(seconds)
}
