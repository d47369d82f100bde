//! Pooled connections of either backend, made ready for use.

use std::time::Duration;

use diesel::{
    Connection, PgConnection, RunQueryDsl, SqliteConnection,
    connection::{CacheSize, SimpleConnection},
    r2d2::{ConnectionManager, CustomizeConnection, Error as PoolError, Pool},
};

use crate::error::StorageError;

/// How safely SQLite's writer waits for the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Synchronous {
    /// Every commit survives a power cut.
    Full,
    /// The last commits may be lost in a power cut.
    Normal,
    /// For sandboxes and tests.
    Off,
}

/// How to reach the database.
#[derive(Debug, Clone)]
pub struct Options {
    /// `sqlite://PATH` or `postgres://…`.
    pub url: String,
    /// Connections: readers beside the one writer on SQLite, all of them on PostgreSQL.
    pub pool_size: u32,
    /// Off behind a transaction-pooling pgbouncer before 1.21.
    pub statement_cache: bool,
    /// PostgreSQL only: tell the database in every transaction which agency it is about, so that its
    /// row-level security holds.
    pub row_security: bool,
    /// How long SQLite waits for another writer.
    pub busy_timeout: Duration,
    /// SQLite only.
    pub synchronous: Synchronous,
}

/// Pages the one writer keeps.
const WRITER_CACHE_KIB: u32 = 16 * 1024;
/// Pages each reader keeps. There are many of them, and the system's own cache is behind them all.
const READER_CACHE_KIB: u32 = 4 * 1024;

#[derive(Debug)]
struct SqliteSetup {
    pragmas: String,
}

impl CustomizeConnection<SqliteConnection, PoolError> for SqliteSetup {
    fn on_acquire(&self, conn: &mut SqliteConnection) -> Result<(), PoolError> {
        conn.batch_execute(&self.pragmas)
            .map_err(PoolError::QueryError)
    }
}

#[derive(Debug)]
struct PostgresSetup {
    statement_cache: bool,
}

impl CustomizeConnection<PgConnection, PoolError> for PostgresSetup {
    fn on_acquire(&self, conn: &mut PgConnection) -> Result<(), PoolError> {
        if !self.statement_cache {
            conn.set_prepared_statement_cache_size(CacheSize::Disabled);
        }
        Ok(())
    }
}

/// A pool of SQLite connections. `writer` opens the one that may write.
pub(crate) fn sqlite_pool(
    options: &Options,
    path: &str,
    writer: bool,
) -> Result<Pool<ConnectionManager<SqliteConnection>>, StorageError> {
    let synchronous = match options.synchronous {
        Synchronous::Full => "FULL",
        Synchronous::Normal => "NORMAL",
        Synchronous::Off => "OFF",
    };
    let mut pragmas = format!(
        "PRAGMA busy_timeout = {}; PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON; \
         PRAGMA synchronous = {synchronous}; PRAGMA cache_size = -{}; PRAGMA temp_store = MEMORY;",
        options.busy_timeout.as_millis(),
        if writer {
            WRITER_CACHE_KIB
        } else {
            READER_CACHE_KIB
        }
    );
    if !writer {
        pragmas.push_str(" PRAGMA query_only = ON;");
    }
    Pool::builder()
        .max_size(if writer { 1 } else { options.pool_size.max(1) })
        .min_idle(Some(1))
        .test_on_check_out(false)
        .connection_timeout(Duration::from_secs(30))
        .connection_customizer(Box::new(SqliteSetup { pragmas }))
        .build(ConnectionManager::new(path))
        .map_err(|error| StorageError::NoConnection(error.to_string()))
}

/// A pool of PostgreSQL connections.
pub(crate) fn postgres_pool(
    options: &Options,
) -> Result<Pool<ConnectionManager<PgConnection>>, StorageError> {
    Pool::builder()
        .max_size(options.pool_size.max(1))
        .min_idle(Some(1))
        .test_on_check_out(false)
        .connection_timeout(Duration::from_secs(30))
        .connection_customizer(Box::new(PostgresSetup {
            statement_cache: options.statement_cache,
        }))
        .build(ConnectionManager::new(options.url.clone()))
        .map_err(|error| StorageError::NoConnection(error.to_string()))
}

/// Asks the simplest question, to show that the connection answers.
pub(crate) fn ping<C>(conn: &mut C) -> Result<(), StorageError>
where
    C: Connection,
    diesel::query_builder::SqlQuery: diesel::query_dsl::methods::ExecuteDsl<C>,
{
    diesel::sql_query("SELECT 1").execute(conn)?;
    Ok(())
}
