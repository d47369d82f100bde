//! PostgreSQL's own walls: who may touch which table, and row-level security by agency.
//!
//! | role | for | may |
//! |---|---|---|
//! | `tongxing_owner` | nobody signs in as it | owns the tables |
//! | `tongxing_migrator` | `tongxing migrate`, `tongxing admin` | acts as the owner |
//! | `tongxing_app` | `tongxing serve` | what requests need; no DDL |
//! | `tongxing_worker` | `tongxing-worker` | what jobs need; no DDL |
//! | `tongxing_reader` | reports | reads case data of one agency at a time |
//!
//! SQLite has no roles: there whoever can open the file is the owner.

use diesel::{PgConnection, QueryableByName, RunQueryDsl, connection::SimpleConnection, sql_query};

use crate::{append_only::APPEND_ONLY, error::StorageError, migrate, store::Store};

/// Makes the roles and gives the database to the owner. Run by a superuser, once per database; doing
/// it again mends what was changed by hand.
pub const ROLES: &str = include_str!("roles/roles.sql");

const GRANTS: &str = include_str!("roles/grants.sql");

/// Closes every table that has a column `agency_id`, also one that a later migration brings.
pub(crate) const ROW_SECURITY: &str = include_str!("roles/row_security.sql");

/// What each role may do with each table. Run by the owner after every migration.
pub fn grants() -> String {
    let tables = APPEND_ONLY.join(", ");
    format!(
        "{GRANTS}\n-- Rows are only ever added.\n\
         REVOKE UPDATE, DELETE, TRUNCATE ON {tables} FROM tongxing_app, tongxing_worker;\n"
    )
}

/// Makes the roles on the server of this database, and grants them their rights. Where a migration is
/// missing, they get their rights with it.
///
/// # Errors
/// On SQLite, which has no roles, and when the connection is not a superuser's.
pub fn apply(store: &Store) -> Result<(), StorageError> {
    store.migrate_with(
        |_| Err(StorageError::Database("SQLite has no roles".to_owned())),
        |conn| {
            conn.batch_execute(ROLES)?;
            if migrate::is_pending_on_postgres(conn)? {
                return Ok(());
            }
            grant(conn)
        },
    )
}

/// Closes new tables, and opens them to the roles where those were made.
pub(crate) fn secure(conn: &mut PgConnection) -> Result<(), StorageError> {
    conn.batch_execute(ROW_SECURITY)?;
    grant(conn)
}

fn grant(conn: &mut PgConnection) -> Result<(), StorageError> {
    #[derive(QueryableByName)]
    struct Ready {
        #[diesel(sql_type = diesel::sql_types::Bool)]
        ready: bool,
    }
    let Ready { ready } = sql_query(
        "SELECT count(*) = 3 AS ready FROM pg_roles \
         WHERE rolname IN ('tongxing_app', 'tongxing_worker', 'tongxing_reader')",
    )
    .get_result(conn)?;
    if ready {
        conn.batch_execute(&grants())?;
    }
    Ok(())
}
