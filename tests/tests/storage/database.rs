//! A fresh, migrated database per test and backend.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{AgencyId, IdMint, Role, StaffId};
use storage::{
    Backend, Store,
    agencies::{self, Agency},
    offices::{self, Office},
    staff::{self, Staff},
};

use crate::statements;

/// A database that goes away with this value.
pub struct Database {
    // Closed before the database is dropped.
    store: Store,
    pub url: String,
    place: tests::database::Database,
}

/// Runs a test once per backend at hand.
pub fn on_each(test: impl Fn(&Database)) {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        if let Some(database) = fresh(backend) {
            test(&database);
        }
    }
}

/// A migrated SQLite database.
pub fn sqlite() -> Database {
    fresh(Backend::Sqlite).unwrap()
}

/// A migrated database; none where there is no PostgreSQL.
pub fn fresh(backend: Backend) -> Option<Database> {
    statements::watch();
    let place = tests::database::Database::fresh(backend)?;
    Some(Database {
        store: place.open(),
        url: place.url().to_owned(),
        place,
    })
}

impl Database {
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// How a role of PostgreSQL reaches it; none on SQLite.
    pub fn url_as(&self, role: &str) -> Option<String> {
        self.place.url_as(role)
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

    /// Stores an office, the same one in every agency.
    pub fn office(&self, agency: AgencyId) -> Office {
        let office = Office {
            agency_id: agency,
            id: mint(50).next(),
            name: "城东服务站".to_owned(),
            area_code: "330102".to_owned(),
            phone: "0571-88880000".to_owned(),
            message_signature: "城东服务站".to_owned(),
            timezone: "Asia/Shanghai".to_owned(),
            last_digest_on: None,
            visits_until: "17:00".to_owned(),
            version: 1,
            created_at: at(0),
            updated_at: at(0),
        };
        let stored = self.store().write(|tx| offices::insert(tx, &office));
        stored.unwrap();
        office
    }

    /// Stores a staff member.
    pub fn staff(&self, agency: AgencyId, username: &str) -> Staff {
        let staff = some_staff(agency, username);
        self.store().write(|tx| staff::insert(tx, &staff)).unwrap();
        staff
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
        area_code: None,
        notices: domain::staff_notice::StaffNotices::Text,
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
