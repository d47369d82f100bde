//! The only doors to the database: [`Store::read`] and [`Store::write`].

use std::{sync::Arc, time::Duration};

use diesel::{
    PgConnection, SqliteConnection,
    connection::{AnsiTransactionManager, SimpleConnection, TransactionManager},
    r2d2::{ConnectionManager, Pool, PooledConnection},
};
use domain::AgencyId;

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
    Postgres {
        pool: Pool<ConnectionManager<PgConnection>>,
        /// Whether the database itself is told which agency's rows are meant.
        row_security: bool,
    },
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
    row_security: bool,
}

impl<'c> Tx<'c> {
    pub(crate) fn parts(&mut self) -> (&mut Conn<'c>, &'c Sealer) {
        (&mut self.conn, self.sealer)
    }

    /// Opens sealed fields of what was found.
    pub fn sealer(&self) -> &'c Sealer {
        self.sealer
    }

    /// From here on the unit of work is about this agency: PostgreSQL shows and takes no other
    /// agency's rows until the transaction ends, whatever a statement asks. For a unit of work that
    /// learns its agency on the way, as a sign-in does; others begin with [`Store::read_in`] or
    /// [`Store::write_in`].
    pub fn enter(&mut self, agency: AgencyId) -> Result<(), StorageError> {
        match &mut self.conn {
            Conn::Postgres(conn) if self.row_security => Ok(conn.batch_execute(&within(agency))?),
            Conn::Postgres(_) | Conn::Sqlite(_) => Ok(()),
        }
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
            None => Pools::Postgres {
                pool: connection::postgres_pool(options)?,
                row_security: options.row_security,
            },
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
            Pools::Postgres { .. } => Backend::Postgres,
        }
    }

    /// How many units of work can be under way at once.
    pub fn connections(&self) -> u32 {
        match &self.pools {
            Pools::Sqlite { readers, writer } => readers.max_size() + writer.max_size(),
            Pools::Postgres { pool, .. } => pool.max_size(),
        }
    }

    /// Computes blind indexes and opens fields outside a unit of work.
    pub fn sealer(&self) -> &Sealer {
        &self.sealer
    }

    /// Runs queries that change nothing, in one agency. Each sees what was committed when it began:
    /// two of them may see a change between them.
    pub fn read_in<T, E: From<StorageError> + Retryable>(
        &self,
        agency: AgencyId,
        work: impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.reading(Some(agency), work)
    }

    /// Runs one unit of work in one agency: all of it happens or nothing. It may be run again from
    /// its start after a collision, so it must keep no state outside the database.
    pub fn write_in<T, E: From<StorageError> + Retryable>(
        &self,
        agency: AgencyId,
        work: impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.writing(Some(agency), work)
    }

    /// As [`Store::read_in`], where the agency is not known yet or there are several. On PostgreSQL
    /// the rows of an agency are out of reach until [`Tx::enter`]; only the agencies themselves and
    /// what finds a person's agency are not.
    pub fn read<T, E: From<StorageError> + Retryable>(
        &self,
        work: impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.reading(None, work)
    }

    /// As [`Store::write_in`], where the agency is not known yet or there are several: see
    /// [`Store::read`].
    pub fn write<T, E: From<StorageError> + Retryable>(
        &self,
        work: impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.writing(None, work)
    }

    fn reading<T, E: From<StorageError> + Retryable>(
        &self,
        agency: Option<AgencyId>,
        mut work: impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        retrying(|| match &self.pools {
            Pools::Sqlite { readers, .. } => {
                let mut conn = checkout(readers)?;
                work(&mut Tx {
                    conn: Conn::Sqlite(&mut conn),
                    sealer: &self.sealer,
                    row_security: false,
                })
            }
            // One round trip per query.
            Pools::Postgres {
                pool,
                row_security: false,
            } => {
                let mut conn = checkout(pool)?;
                work(&mut Tx {
                    conn: Conn::Postgres(&mut conn),
                    sealer: &self.sealer,
                    row_security: false,
                })
            }
            Pools::Postgres { pool, .. } => {
                self.walled(&mut *checkout(pool)?, "BEGIN READ ONLY", agency, &mut work)
            }
        })
    }

    fn writing<T, E: From<StorageError> + Retryable>(
        &self,
        agency: Option<AgencyId>,
        mut work: impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        retrying(|| match &self.pools {
            Pools::Sqlite { writer, .. } => {
                let mut conn = checkout(writer)?;
                conn.immediate_transaction(|conn| {
                    work(&mut Tx {
                        conn: Conn::Sqlite(conn),
                        sealer: &self.sealer,
                        row_security: false,
                    })
                    .map_err(Aborted::Work)
                })
                .map_err(Aborted::into_inner)
            }
            Pools::Postgres { pool, row_security } => {
                let agency = agency.filter(|_| *row_security);
                let mut conn = checkout(pool)?;
                self.walled(&mut conn, "BEGIN", agency, &mut work)
            }
        })
    }

    /// A transaction on PostgreSQL that ends with the agency it was opened for: the setting is the
    /// transaction's own, so behind a pooler the next one on the connection does not inherit it.
    /// Begun and told its agency in one round trip.
    fn walled<T, E: From<StorageError>>(
        &self,
        conn: &mut PgConnection,
        begin: &str,
        agency: Option<AgencyId>,
        work: &mut impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let begin = match agency {
            Some(agency) => format!("{begin}; {}", within(agency)),
            None => begin.to_owned(),
        };
        let row_security = self.has_row_security();
        AnsiTransactionManager::begin_transaction_sql(conn, &begin).map_err(StorageError::from)?;
        let done = work(&mut Tx {
            conn: Conn::Postgres(conn),
            sealer: &self.sealer,
            row_security,
        });
        match done {
            Ok(done) => {
                AnsiTransactionManager::commit_transaction(conn).map_err(StorageError::from)?;
                Ok(done)
            }
            Err(error) => match AnsiTransactionManager::rollback_transaction(conn) {
                // A connection that cannot go back is not used again: the pool drops it.
                Ok(()) | Err(diesel::result::Error::BrokenTransactionManager) => Err(error),
                Err(lost) => Err(StorageError::from(lost).into()),
            },
        }
    }

    fn has_row_security(&self) -> bool {
        matches!(
            self.pools,
            Pools::Postgres {
                row_security: true,
                ..
            }
        )
    }

    /// Shows that the database answers.
    pub fn ping(&self) -> Result<(), StorageError> {
        match &self.pools {
            Pools::Sqlite { readers, .. } => connection::ping(&mut *checkout(readers)?),
            Pools::Postgres { pool, .. } => connection::ping(&mut *checkout(pool)?),
        }
    }

    pub(crate) fn migrate_with<T>(
        &self,
        sqlite: impl FnOnce(&mut SqliteConnection) -> Result<T, StorageError>,
        postgres: impl FnOnce(&mut PgConnection) -> Result<T, StorageError>,
    ) -> Result<T, StorageError> {
        match &self.pools {
            Pools::Sqlite { writer, .. } => sqlite(&mut *checkout(writer)?),
            Pools::Postgres { pool, .. } => postgres(&mut *checkout(pool)?),
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

/// What makes a transaction one agency's, until it ends. A [`AgencyId`] is written in hexadecimal
/// digits and dashes only.
fn within(agency: AgencyId) -> String {
    format!("SET LOCAL tongxing.agency = '{}'", agency.uuid())
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
