//! What is never collected has no place to be stored, and what is only added to cannot be changed.

use diesel::{
    Connection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query, sql_types::Text,
};
use storage::append_only::APPEND_ONLY;

use crate::{database::sqlite, schema::tables};

/// Words of data that is never collected: the address book, calls, the content of messages on the
/// phone, movements, the voice; and biometrics, which are off.
const FORBIDDEN: [&str; 22] = [
    "address_book",
    "call_log",
    "call_record",
    "contact_list",
    "phone_book",
    "sms_inbox",
    "sms_content",
    "device_message",
    "location",
    "latitude",
    "longitude",
    "geofence",
    "track",
    "trajectory",
    "gps",
    "cell_tower",
    "voice",
    "audio",
    "face",
    "fingerprint_image",
    "iris",
    "biometric",
];

/// The one place for a single point, given with consent at a check-in.
fn is_a_check_in_point(table: &str, column: &str) -> bool {
    table == "check_ins"
        && matches!(
            column,
            "location_sealed" | "location" | "latitude" | "longitude"
        )
}

#[derive(QueryableByName)]
struct Trigger {
    #[diesel(sql_type = Text)]
    sql: String,
}

#[test]
fn no_table_has_a_place_for_what_is_never_collected() {
    for table in tables() {
        for word in FORBIDDEN {
            assert!(!table.name.contains(word), "table {}", table.name);
            for column in table.column_names() {
                let allowed = is_a_check_in_point(&table.name, column);
                assert!(
                    allowed || !column.contains(word),
                    "{}.{column} looks like {word}",
                    table.name
                );
            }
        }
    }
}

// On PostgreSQL the grants of the roles hold this; `roles` tests them.
#[test]
fn sqlite_refuses_to_change_what_is_only_added_to() {
    let database = sqlite();
    let path = database.url.strip_prefix("sqlite://").unwrap();
    let mut conn = SqliteConnection::establish(path).unwrap();
    for table in APPEND_ONLY {
        for verb in ["UPDATE", "DELETE"] {
            let sql = format!(
                "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = '{table}' \
                 AND sql LIKE '%BEFORE {verb}%ON {table}%'"
            );
            let triggers: Vec<Trigger> = sql_query(sql).load(&mut conn).unwrap();
            assert!(!triggers.is_empty(), "{verb} on {table}");
            let refuses = |trigger: &Trigger| trigger.sql.contains("RAISE(ABORT");
            assert!(triggers.iter().all(refuses), "{verb} on {table}");
        }
    }
}
