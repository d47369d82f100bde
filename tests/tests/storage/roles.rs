//! PostgreSQL's roles may do what they must and no more, and none sees past its transaction's agency.

use diesel::{
    Connection, PgConnection, QueryableByName, RunQueryDsl,
    connection::SimpleConnection,
    sql_query,
    sql_types::{BigInt, Bool, Text},
};
use domain::AgencyId;
use storage::{
    Backend, StorageError, Store, agencies, append_only::APPEND_ONLY, migrate, offices, roles,
    staff,
};
use tests::database::open;

use crate::{
    database::{Database, at, fresh, mint, some_staff, sqlite},
    schema,
};

const APP: &str = "tongxing_app";
const WORKER: &str = "tongxing_worker";
const READER: &str = "tongxing_reader";

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = BigInt)]
    counted: i64,
}

#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = Text)]
    named: String,
}

fn connect(database: &Database, role: &str) -> PgConnection {
    PgConnection::establish(&database.url_as(role).unwrap()).unwrap()
}

fn count(conn: &mut PgConnection, table: &str) -> i64 {
    let counted: Counted = sql_query(format!("SELECT count(*) AS counted FROM {table}"))
        .get_result(conn)
        .unwrap();
    counted.counted
}

fn names(conn: &mut PgConnection, sql: &str) -> Vec<String> {
    let rows: Vec<Named> = sql_query(sql).load(conn).unwrap();
    rows.into_iter().map(|row| row.named).collect()
}

/// Two agencies with one staff member and one office each.
fn two_agencies(database: &Database) -> [AgencyId; 2] {
    let agencies = [database.agency(1), database.agency(2)];
    database.staff(agencies[0], "li");
    database.staff(agencies[1], "wang");
    for agency in agencies {
        database.office(agency);
    }
    agencies
}

fn enter(conn: &mut PgConnection, agency: AgencyId) {
    conn.batch_execute(&format!(
        "BEGIN; SET LOCAL tongxing.agency = '{}'",
        agency.uuid()
    ))
    .unwrap();
}

/// Runs what must be refused, and answers why it was.
fn refused(conn: &mut PgConnection, sql: &str) -> String {
    conn.batch_execute("SAVEPOINT before").unwrap();
    let error = conn.batch_execute(sql).unwrap_err().to_string();
    conn.batch_execute("ROLLBACK TO before").unwrap();
    error
}

#[test]
fn a_query_that_forgets_its_scope_stays_in_its_agency() {
    let Some(database) = fresh(Backend::Postgres) else {
        return;
    };
    let [own, other] = two_agencies(&database);
    for role in [APP, WORKER, READER] {
        let mut conn = connect(&database, role);
        // Before any agency is named nothing is there; afterwards nothing is left of it.
        assert_eq!(count(&mut conn, "offices"), 0);
        enter(&mut conn, own);
        assert_eq!(count(&mut conn, "offices"), 1);
        if role != READER {
            assert_eq!(count(&mut conn, "staff"), 1);
            assert_eq!(count(&mut conn, "audit_heads"), 1);
        }
        conn.batch_execute("COMMIT").unwrap();
        assert_eq!(count(&mut conn, "offices"), 0);
    }

    let mut conn = connect(&database, APP);
    enter(&mut conn, own);
    let changed = sql_query("UPDATE staff SET display_name = 'x'").execute(&mut conn);
    assert_eq!(changed.unwrap(), 1);
    let moved = format!("UPDATE staff SET agency_id = '{}'", other.uuid());
    let planted = format!(
        "INSERT INTO leases VALUES ('{}', 'deliver', '{}', 1, now())",
        other.uuid(),
        other.uuid()
    );
    for sql in [&moved, &planted] {
        let why = refused(&mut conn, sql);
        assert!(why.contains("row-level security"), "{why}");
    }
    conn.batch_execute("COMMIT").unwrap();
    let mut owner = PgConnection::establish(&database.url).unwrap();
    let renamed = "SELECT username AS named FROM staff WHERE display_name = 'x'";
    assert_eq!(names(&mut owner, renamed), ["li"]);
}

#[test]
fn the_agency_of_one_unit_of_work_is_not_that_of_the_next() {
    let Some(database) = fresh(Backend::Postgres) else {
        return;
    };
    let [own, other] = two_agencies(&database);
    // A pool of four, but one thread: the same connection again and again.
    let store: Store = open(&database.url_as(APP).unwrap());
    let (li, wang) = (some_staff(own, "li").id, some_staff(other, "wang").id);
    let sees = |within: Option<AgencyId>, agency, id| {
        let seen = match within {
            Some(within) => store.read_in(within, |tx| staff::get(tx, agency, id)),
            None => store.read(|tx| staff::get(tx, agency, id)),
        };
        seen.unwrap().is_some()
    };
    for _ in 0..8 {
        assert!(sees(Some(own), own, li));
        assert!(!sees(Some(own), other, wang));
        assert!(!sees(None, own, li));
        assert!(sees(Some(other), other, wang));

        // A unit of work that fails leaves nothing behind either.
        let failed: Result<(), _> = store.write_in(own, |tx| {
            offices::list(tx, own, None, None, 9)?;
            Err(StorageError::Corrupt("on purpose".to_owned()))
        });
        failed.unwrap_err();
        assert!(!sees(None, own, li));
    }

    // One that learns its agency on the way, as a sign-in does.
    let found = store.read(|tx| {
        let (agency, id) = staff::find_login(tx, "wang")?.unwrap();
        tx.enter(agency)?;
        staff::get(tx, agency, id)
    });
    assert_eq!(found.unwrap().unwrap().id, wang);
    assert_eq!(store.read(agencies::list_ids).unwrap().len(), 2);

    // What is written elsewhere is refused, and nothing of the unit stays.
    let astray = store.write_in(own, |tx| {
        staff::insert(tx, &some_staff(own, "zhao"))?;
        staff::insert(tx, &some_staff(other, "qian"))
    });
    let why = astray.unwrap_err().to_string();
    assert!(why.contains("row-level security"), "{why}");
    let zhao = store.read(|tx| staff::find_login(tx, "zhao")).unwrap();
    assert_eq!(zhao, None);
    let agency = agencies::Agency {
        id: mint(9).next(),
        name: "县".to_owned(),
        created_at: at(0),
    };
    store.write(|tx| agencies::insert(tx, &agency)).unwrap_err();
    store
        .write_in(agency.id, |tx| agencies::insert(tx, &agency))
        .unwrap();
}

#[test]
fn every_tenants_table_is_closed_and_the_owners() {
    let Some(database) = fresh(Backend::Postgres) else {
        return;
    };
    let mut owner = PgConnection::establish(&database.url).unwrap();
    let closed = names(
        &mut owner,
        "SELECT c.relname::text AS named FROM pg_class c \
         JOIN pg_policy p ON p.polrelid = c.oid WHERE c.relrowsecurity AND p.polname = 'own_agency'",
    );
    let tenants = schema::tables()
        .into_iter()
        .filter(schema::Table::is_a_tenants);
    for table in tenants {
        assert!(closed.contains(&table.name), "{}", table.name);
    }
    let of_others = names(
        &mut owner,
        "SELECT tablename::text AS named FROM pg_tables \
         WHERE schemaname = 'public' AND tableowner <> 'tongxing_owner'",
    );
    assert_eq!(of_others, Vec::<String>::new());
}

#[test]
fn each_role_may_do_what_it_must_and_no_more() {
    let Some(database) = fresh(Backend::Postgres) else {
        return;
    };
    let mut owner = PgConnection::establish(&database.url).unwrap();
    let mut may = |role: &str, table: &str, right: &str| {
        #[derive(QueryableByName)]
        struct May {
            #[diesel(sql_type = Bool)]
            may: bool,
        }
        let asked = format!("SELECT has_table_privilege('{role}', '{table}', '{right}') AS may");
        let answer: May = sql_query(asked).get_result(&mut owner).unwrap();
        answer.may
    };
    for role in [APP, WORKER] {
        for table in APPEND_ONLY {
            // Only people open a frozen file.
            let adds = role == APP || *table != "file_openings";
            assert_eq!(may(role, table, "INSERT"), adds, "{role} {table}");
            for right in ["UPDATE", "DELETE", "TRUNCATE"] {
                assert!(!may(role, table, right), "{role} {table} {right}");
            }
        }
    }
    for table in schema::tables() {
        let name = table.name.as_str();
        assert!(!may(APP, name, "DELETE"), "{name}");
        assert!(may(APP, name, "SELECT"), "{name}");
        for right in ["INSERT", "UPDATE", "DELETE", "TRUNCATE"] {
            assert!(!may(READER, name, right), "{name} {right}");
        }
        for role in [APP, WORKER] {
            for right in ["TRUNCATE", "REFERENCES", "TRIGGER"] {
                assert!(!may(role, name, right), "{role} {name} {right}");
            }
        }
    }
    for table in ["logins", "refresh_tokens", "sessions", "idempotency_keys"] {
        assert!(!may(READER, table, "SELECT"), "{table}");
    }
    // Who holds the worker's password can make nobody a session, and reads no secret of a sign-in.
    for table in [
        "client_numbers",
        "credentials",
        "integrator_credentials",
        "integrators",
        "logins",
        "recovery_codes",
        "second_factors",
    ] {
        assert!(!may(WORKER, table, "SELECT"), "{table}");
        assert!(!may(WORKER, table, "INSERT"), "{table}");
    }
    for table in ["client_sessions", "refresh_tokens", "sessions"] {
        assert!(!may(WORKER, table, "INSERT"), "{table}");
        assert!(!may(WORKER, table, "UPDATE"), "{table}");
    }
    assert!(!may(WORKER, "sign_in_codes", "INSERT"));
    assert!(!may(WORKER, "gateway_posts", "INSERT"));
    assert!(!may(APP, "gateway_posts", "UPDATE"));
    assert!(!may(APP, "receipt_checks", "INSERT") && !may(APP, "receipt_checks", "UPDATE"));
    assert!(may(WORKER, "receipt_checks", "INSERT") && may(READER, "receipt_checks", "SELECT"));
    assert!(!may(READER, "gateway_posts", "SELECT"));
    for table in [
        "agencies",
        "staff",
        "rule_packs",
        "calendars",
        "test_records",
    ] {
        assert!(!may(WORKER, table, "INSERT"), "{table}");
        assert!(!may(WORKER, table, "UPDATE"), "{table}");
    }
    // Who follows the service account is bound; nothing that is bound becomes another's.
    assert!(may(WORKER, "wechat_bindings", "INSERT"));
    assert!(!may(WORKER, "wechat_bindings", "UPDATE"));
    assert!(!may(READER, "replies", "SELECT"));
    assert!(!may(READER, "wechat_bindings", "SELECT"));
    assert!(may(READER, "cases", "SELECT"));
    assert!(may(WORKER, "refresh_tokens", "DELETE"));

    for role in [APP, WORKER, READER] {
        let mut conn = connect(&database, role);
        for sql in [
            "CREATE TABLE own (id integer)",
            "DROP TABLE messages",
            "ALTER TABLE staff DISABLE ROW LEVEL SECURITY",
            "TRUNCATE audit_log",
            "UPDATE audit_log SET action = 'x'",
            "DELETE FROM audit_log",
            "DELETE FROM clients",
        ] {
            let why = conn.batch_execute(sql).unwrap_err().to_string();
            let denied = [
                "permission denied",
                "must be owner",
                "read-only transaction",
            ];
            assert!(denied.iter().any(|text| why.contains(text)), "{sql}: {why}");
        }
    }
}

/// With the sign-ins it opened; and it gives it to nobody.
#[test]
fn a_job_ends_a_binding_at_wechat_and_no_more() {
    let Some(database) = fresh(Backend::Postgres) else {
        return;
    };
    let mut jobs = connect(&database, WORKER);
    for sql in [
        "UPDATE wechat_bindings SET ended_at = now(), openid_sealed = NULL",
        "UPDATE client_sessions SET revoked_at = now(), revoked_reason = 'x'",
    ] {
        jobs.batch_execute(sql).unwrap();
    }
    for sql in [
        "UPDATE wechat_bindings SET client_id = id",
        "UPDATE wechat_bindings SET app_id = 'x'",
        "UPDATE client_sessions SET expires_at = now()",
    ] {
        let why = jobs.batch_execute(sql).unwrap_err().to_string();
        assert!(why.contains("permission denied"), "{sql}: {why}");
    }
}

#[test]
fn roles_can_be_made_again_and_only_on_a_server() {
    roles::apply(sqlite().store()).unwrap_err();
    if let Some(database) = fresh(Backend::Postgres) {
        let mut owner = PgConnection::establish(&database.url).unwrap();
        owner
            .batch_execute("GRANT UPDATE, DELETE ON audit_log TO tongxing_app")
            .unwrap();
        roles::apply(database.store()).unwrap();
        let mut app = connect(&database, APP);
        app.batch_execute("DELETE FROM audit_log").unwrap_err();
    }
}

#[test]
fn an_older_database_gets_its_roles_first_and_the_rights_with_its_migrations() {
    let Some(database) = fresh(Backend::Postgres) else {
        return;
    };
    let mut owner = PgConnection::establish(&database.url).unwrap();
    owner
        .batch_execute(
            "DROP TABLE covers; \
             DELETE FROM __diesel_schema_migrations WHERE version LIKE '%000008'",
        )
        .unwrap();
    roles::apply(database.store()).unwrap();
    assert_eq!(migrate::up(database.store()).unwrap().len(), 1);
    let mut app = connect(&database, APP);
    assert_eq!(count(&mut app, "covers"), 0);
}
