//! Brings a database to the schema this build expects.

use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::{error::StorageError, store::Store};

const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

/// Applies what is missing; answers the names applied, oldest first.
pub fn up(store: &Store) -> Result<Vec<String>, StorageError> {
    store.migrate_with(
        |c| names(c.run_pending_migrations(SQLITE)),
        |c| names(c.run_pending_migrations(POSTGRES)),
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
    let refused =
        |error: Box<dyn std::error::Error + Send + Sync>| StorageError::Database(error.to_string());
    store.migrate_with(
        |c| c.has_pending_migration(SQLITE).map_err(refused),
        |c| c.has_pending_migration(POSTGRES).map_err(refused),
    )
}

fn names(
    versions: diesel::migration::Result<Vec<diesel::migration::MigrationVersion<'_>>>,
) -> Result<Vec<String>, StorageError> {
    versions
        .map(|versions| versions.iter().map(ToString::to_string).collect())
        .map_err(|error| StorageError::Database(error.to_string()))
}
