//! The only doors to the database: [`Store::read`] and [`Store::write`].

use std::{sync::Arc, time::Duration};

use diesel::{
    Connection, PgConnection, SqliteConnection,
    r2d2::{ConnectionManager, Pool, PooledConnection},
};

use crate::{
    connection::{self, Options},
    error::{Retryable, StorageError},
    sealed::Sealer,
};

/// How often a unit of work that collided is run again.
const TRIES: u32 = 5;

/// A handle on the database. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pools: Pools,
    sealer: Arc<Sealer>,
}

#[derive(Clone)]
enum Pools {
    Sqlite {
        writer: Pool<ConnectionManager<SqliteConnection>>,
        readers: Pool<ConnectionManager<SqliteConnection>>,
    },
    Postgres(Pool<ConnectionManager<PgConnection>>),
}

/// Which database is behind a [`Store`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// Embedded.
    Sqlite,
    /// A server.
    Postgres,
}

/// One connection of either backend, for [`with_conn!`](crate::with_conn).
pub enum Conn<'c> {
    /// Embedded.
    Sqlite(&'c mut SqliteConnection),
    /// A server.
    Postgres(&'c mut PgConnection),
}

/// What a storage function works on: a connection inside a unit of work, and the keys.
pub struct Tx<'c> {
    conn: Conn<'c>,
    sealer: &'c Sealer,
}

impl<'c> Tx<'c> {
    pub(crate) fn parts(&mut self) -> (&mut Conn<'c>, &'c Sealer) {
        (&mut self.conn, self.sealer)
    }

    pub(crate) fn sealer(&self) -> &'c Sealer {
        self.sealer
    }
}

/// Compiles one diesel text once per backend and runs it on the connection at hand.
#[macro_export]
macro_rules! with_conn {
    ($tx:expr, $c:ident => $body:expr) => {
        match $tx.parts().0 {
            $crate::store::Conn::Sqlite($c) => $body,
            $crate::store::Conn::Postgres($c) => $body,
        }
    };
}

impl Store {
    /// Opens the database. It is not migrated: see [`crate::migrate`].
    pub fn open(options: &Options, sealer: Sealer) -> Result<Self, StorageError> {
        let pools = match options.url.strip_prefix("sqlite://") {
            Some(path) => Pools::Sqlite {
                writer: connection::sqlite_pool(options, path, true)?,
                readers: connection::sqlite_pool(options, path, false)?,
            },
            None => Pools::Postgres(connection::postgres_pool(options)?),
        };
        Ok(Self {
            pools,
            sealer: Arc::new(sealer),
        })
    }

    /// Which database this is.
    pub fn backend(&self) -> Backend {
        match self.pools {
            Pools::Sqlite { .. } => Backend::Sqlite,
            Pools::Postgres(_) => Backend::Postgres,
        }
    }

    /// How many units of work can be under way at once.
    pub fn connections(&self) -> u32 {
        match &self.pools {
            Pools::Sqlite { readers, writer } => readers.max_size() + writer.max_size(),
            Pools::Postgres(pool) => pool.max_size(),
        }
    }

    /// Computes blind indexes and opens fields outside a unit of work.
    pub fn sealer(&self) -> &Sealer {
        &self.sealer
    }

    /// Runs queries that change nothing. On SQLite they see one snapshot; on PostgreSQL each
    /// statement sees its own (read committed, no transaction: one round trip per query).
    pub fn read<T, E: From<StorageError> + Retryable>(
        &self,
        mut work: impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        retrying(|| match &self.pools {
            Pools::Sqlite { readers, .. } => {
                let mut conn = checkout(readers)?;
                work(&mut Tx {
                    conn: Conn::Sqlite(&mut conn),
                    sealer: &self.sealer,
                })
            }
            Pools::Postgres(pool) => {
                let mut conn = checkout(pool)?;
                work(&mut Tx {
                    conn: Conn::Postgres(&mut conn),
                    sealer: &self.sealer,
                })
            }
        })
    }

    /// Runs one unit of work: all of it happens or nothing. It may be run again from its start
    /// after a collision, so it must keep no state outside the database.
    pub fn write<T, E: From<StorageError> + Retryable>(
        &self,
        mut work: impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        retrying(|| match &self.pools {
            Pools::Sqlite { writer, .. } => {
                let mut conn = checkout(writer)?;
                conn.immediate_transaction(|conn| {
                    work(&mut Tx {
                        conn: Conn::Sqlite(conn),
                        sealer: &self.sealer,
                    })
                    .map_err(Aborted::Work)
                })
                .map_err(Aborted::into_inner)
            }
            Pools::Postgres(pool) => {
                let mut conn = checkout(pool)?;
                conn.transaction(|conn| {
                    work(&mut Tx {
                        conn: Conn::Postgres(conn),
                        sealer: &self.sealer,
                    })
                    .map_err(Aborted::Work)
                })
                .map_err(Aborted::into_inner)
            }
        })
    }

    /// Shows that the database answers.
    pub fn ping(&self) -> Result<(), StorageError> {
        self.read(|tx| crate::with_conn!(tx, c => connection::ping(*c)))
    }

    pub(crate) fn migrate_with<T>(
        &self,
        sqlite: impl FnOnce(&mut SqliteConnection) -> Result<T, StorageError>,
        postgres: impl FnOnce(&mut PgConnection) -> Result<T, StorageError>,
    ) -> Result<T, StorageError> {
        match &self.pools {
            Pools::Sqlite { writer, .. } => sqlite(&mut *checkout(writer)?),
            Pools::Postgres(pool) => postgres(&mut *checkout(pool)?),
        }
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store")
            .field("backend", &self.backend())
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Tx<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tx")
    }
}

impl std::fmt::Debug for Conn<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Conn")
    }
}

/// Carries the caller's own error through diesel's transaction, which wants its own as well.
enum Aborted<E> {
    Work(E),
    Database(diesel::result::Error),
}

impl<E> From<diesel::result::Error> for Aborted<E> {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error)
    }
}

impl<E: From<StorageError>> Aborted<E> {
    fn into_inner(self) -> E {
        match self {
            Self::Work(error) => error,
            Self::Database(error) => StorageError::from(error).into(),
        }
    }
}

fn checkout<C>(
    pool: &Pool<ConnectionManager<C>>,
) -> Result<PooledConnection<ConnectionManager<C>>, StorageError>
where
    C: diesel::r2d2::R2D2Connection + 'static,
{
    pool.get()
        .map_err(|error| StorageError::NoConnection(error.to_string()))
}

fn retrying<T, E: Retryable>(mut run: impl FnMut() -> Result<T, E>) -> Result<T, E> {
    let mut tried = 1;
    loop {
        match run() {
            Err(error) if error.is_retryable() && tried < TRIES => {
                std::thread::sleep(Duration::from_millis(u64::from(5 * tried)));
                tried += 1;
            }
            done => return done,
        }
    }
}
