//! A trail that was tampered with past the product is found out, whichever way it was.

use api::services::audit_entries::verify;
use diesel::{Connection, PgConnection, SqliteConnection, connection::SimpleConnection};
use domain::{
    ActorKind, AgencyId,
    audit::{AuditOutcome, Broken},
};
use storage::audit_log::{self, NewEntry};

use crate::database::{Database, at, on_each};

/// More than is read in one go.
const ENTRIES: i64 = 2_100;

fn fill(database: &Database, number: u128) -> AgencyId {
    let agency = database.agency(number);
    let entries: Vec<_> = (1..=ENTRIES)
        .map(|number| NewEntry {
            at: at(number),
            actor_kind: ActorKind::System,
            actor_id: None,
            action: "update_client",
            object_kind: "client",
            object_id: Some(number.to_string()),
            outcome: AuditOutcome::Done,
            reason: None,
            request_id: None,
            address: None,
        })
        .collect();
    let written = |tx: &mut storage::Tx<'_>| audit_log::append_many(tx, agency, &entries);
    database.store().write_in(agency, written).unwrap();
    agency
}

/// Runs SQL as somebody who owns the database, with what refuses it taken away.
fn tamper(database: &Database, sql: &str) {
    if let Some(path) = database.url.strip_prefix("sqlite://") {
        let mut conn = SqliteConnection::establish(path).unwrap();
        conn.batch_execute(&format!(
            "DROP TRIGGER IF EXISTS audit_log_is_never_updated; \
             DROP TRIGGER IF EXISTS audit_log_is_never_deleted; {sql}"
        ))
        .unwrap();
    } else {
        let mut conn = PgConnection::establish(&database.url).unwrap();
        conn.batch_execute(sql).unwrap();
    }
}

fn faults(database: &Database, agency: AgencyId) -> Vec<Broken> {
    let mut found = Vec::new();
    let head = verify::verify(database.store(), agency, |broken| found.push(broken)).unwrap();
    assert!(head.seq >= ENTRIES - 1);
    found
}

fn found_after(sql: &str, expected: &[Broken]) {
    on_each(|database| {
        let agency = fill(database, 1);
        assert_eq!(faults(database, agency), []);
        tamper(database, sql);
        assert_eq!(faults(database, agency), expected, "{sql}");
    });
}

#[test]
fn an_altered_entry() {
    for change in [
        "action = 'get_client'",
        "object_id = NULL",
        "reason = ''",
        "outcome = 'refused'",
        // Words that are none: such a row cannot be read as an entry.
        "outcome = 'perhaps'",
        "actor_kind = 'nobody'",
    ] {
        found_after(
            &format!("UPDATE audit_log SET {change} WHERE seq = 1500"),
            &[Broken::Changed { seq: 1_500 }],
        );
    }
}

#[test]
fn a_missing_entry() {
    found_after(
        "DELETE FROM audit_log WHERE seq = 1000",
        &[Broken::Gap {
            expected: 1_000,
            found: 1_001,
        }],
    );
}

#[test]
fn entries_that_changed_places() {
    found_after(
        "UPDATE audit_log SET seq = 9999 WHERE seq = 1000; \
         UPDATE audit_log SET seq = 1000 WHERE seq = 1001; \
         UPDATE audit_log SET seq = 1001 WHERE seq = 9999",
        &[
            Broken::OutOfOrder { seq: 1_000 },
            Broken::Changed { seq: 1_000 },
            Broken::OutOfOrder { seq: 1_001 },
            Broken::Changed { seq: 1_001 },
            Broken::OutOfOrder { seq: 1_002 },
        ],
    );
}

#[test]
fn an_end_that_was_cut_off() {
    found_after(
        "DELETE FROM audit_log WHERE seq > 2000",
        &[Broken::Cut {
            expected: ENTRIES,
            found: 2_000,
        }],
    );
    // The head was set back too, without the hash that only the cut entries led to.
    found_after(
        "DELETE FROM audit_log WHERE seq = 2100; UPDATE audit_heads SET seq = 2099",
        &[Broken::OutOfOrder { seq: 2_099 }],
    );
}

#[test]
fn an_unreadable_entry_hides_nothing_around_it() {
    found_after(
        "UPDATE audit_log SET hash = substr(hash, 1, 5) WHERE seq = 1500",
        &[
            Broken::Changed { seq: 1_500 },
            Broken::OutOfOrder { seq: 1_501 },
        ],
    );
    found_after(
        "DELETE FROM audit_log WHERE seq = 1499; \
         UPDATE audit_log SET actor_kind = 'nobody' WHERE seq = 1500",
        &[
            Broken::Gap {
                expected: 1_499,
                found: 1_500,
            },
            Broken::Changed { seq: 1_500 },
        ],
    );
}

#[test]
fn entries_that_the_head_does_not_know_of() {
    found_after(
        "UPDATE audit_heads SET seq = 2099, \
         hash = (SELECT hash FROM audit_log WHERE seq = 2099)",
        &[Broken::Beyond {
            expected: 2_099,
            found: 2_100,
        }],
    );
}

#[test]
fn another_agencys_trail_still_holds() {
    on_each(|database| {
        let (one, other) = (fill(database, 1), fill(database, 2));
        tamper(
            database,
            "UPDATE audit_log SET action = 'get_client' WHERE seq = 1500 \
             AND agency_id = (SELECT agency_id FROM audit_heads ORDER BY agency_id LIMIT 1)",
        );
        assert_eq!(faults(database, one), [Broken::Changed { seq: 1_500 }]);
        assert_eq!(faults(database, other), []);
    });
}
