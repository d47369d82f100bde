//! What is never collected has no place to be stored, and what is only added to cannot be changed.

use diesel::{
    Connection, QueryableByName, RunQueryDsl, SqliteConnection, connection::SimpleConnection,
    sql_query, sql_types::Text,
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

/// The one place for a single point, given with consent at a check-in, and sealed.
fn is_a_check_in_point(table: &str, column: &str) -> bool {
    (table, column) == ("check_ins", "location_sealed")
}

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    kind: String,
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

fn is_refused(conn: &mut SqliteConnection, sql: &str) {
    let why = conn.batch_execute(sql).unwrap_err().to_string();
    assert!(why.contains("append-only"), "{sql}: {why}");
}

// On PostgreSQL the grants of the roles hold this; `roles` tests them.
#[test]
fn sqlite_refuses_to_change_what_is_only_added_to() {
    let database = sqlite();
    let path = database.url.strip_prefix("sqlite://").unwrap();
    let mut conn = SqliteConnection::establish(path).unwrap();
    conn.batch_execute("PRAGMA foreign_keys = OFF").unwrap();
    for table in APPEND_ONLY {
        let asked = format!("SELECT name, type AS kind FROM pragma_table_info('{table}')");
        let columns: Vec<Column> = sql_query(asked).load(&mut conn).unwrap();
        let values: Vec<_> = columns
            .iter()
            .map(|column| match column.kind.as_str() {
                // As a sealed field: the second byte is the id of its key.
                "BLOB" => "x'0101aa'",
                "INTEGER" => "1",
                other => {
                    assert_eq!(other, "TEXT");
                    "'x'"
                }
            })
            .collect();
        let row = format!("INSERT INTO {table} VALUES ({})", values.join(", "));
        conn.batch_execute(&row).unwrap();

        is_refused(&mut conn, &format!("DELETE FROM {table}"));
        for column in &columns {
            let name = &column.name;
            is_refused(&mut conn, &format!("UPDATE {table} SET {name} = {name}"));
        }
        let sealed = columns.iter().map(|column| &column.name);
        for name in sealed.filter(|name| name.ends_with("_sealed")) {
            is_refused(&mut conn, &format!("UPDATE {table} SET {name} = x'0101bb'"));
            // Another key may seal it again.
            let again = format!("UPDATE {table} SET {name} = x'0102aa'");
            assert_eq!(sql_query(again).execute(&mut conn), Ok(1), "{table}.{name}");
        }
    }
}
