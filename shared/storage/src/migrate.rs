//! Brings a database to the schema this build expects.

use diesel::{
    PgConnection, QueryableByName, RunQueryDsl, migration::MigrationSource, pg::Pg, sql_query,
    sql_types::Text,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::{error::StorageError, roles, store::Store};

const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

/// Applies what is missing; answers the names applied, oldest first. On PostgreSQL it also closes new
/// tables by row-level security and gives the roles their rights on them.
pub fn up(store: &Store) -> Result<Vec<String>, StorageError> {
    store.migrate_with(
        |c| names(c.run_pending_migrations(SQLITE)),
        |c| {
            let applied = names(c.run_pending_migrations(POSTGRES))?;
            roles::secure(c)?;
            Ok(applied)
        },
    )
}

/// Takes every migration back; answers the names, newest first. For tests.
pub fn down(store: &Store) -> Result<Vec<String>, StorageError> {
    store.migrate_with(
        |c| names(c.revert_all_migrations(SQLITE)),
        |c| names(c.revert_all_migrations(POSTGRES)),
    )
}

/// Whether a migration is missing.
pub fn is_pending(store: &Store) -> Result<bool, StorageError> {
    store.migrate_with(
        |c| c.has_pending_migration(SQLITE).map_err(refused),
        is_pending_on_postgres,
    )
}

/// Only reads: the harness would first make its table, and those who ask here may make none.
pub(crate) fn is_pending_on_postgres(conn: &mut PgConnection) -> Result<bool, StorageError> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = Text)]
        found: String,
    }
    let tables: Vec<Found> = sql_query(
        "SELECT tablename::text AS found FROM pg_tables WHERE tablename = '__diesel_schema_migrations'",
    )
    .load(conn)?;
    if tables.is_empty() {
        return Ok(true);
    }
    let applied: Vec<Found> =
        sql_query("SELECT version::text AS found FROM __diesel_schema_migrations").load(conn)?;
    let known = MigrationSource::<Pg>::migrations(&POSTGRES).map_err(refused)?;
    Ok(known.iter().any(|migration| {
        let version = migration.name().version().to_string();
        applied.iter().all(|applied| applied.found != version)
    }))
}

fn refused(error: Box<dyn std::error::Error + Send + Sync>) -> StorageError {
    StorageError::Database(error.to_string())
}

fn names(
    versions: diesel::migration::Result<Vec<diesel::migration::MigrationVersion<'_>>>,
) -> Result<Vec<String>, StorageError> {
    versions
        .map(|versions| versions.iter().map(ToString::to_string).collect())
        .map_err(|error| StorageError::Database(error.to_string()))
}
