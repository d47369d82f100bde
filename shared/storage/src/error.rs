//! What can go wrong between the product and its database.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// A failure of storage. Carries no values of rows: it may be logged.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// A unique index refused a second row. Names the constraint or its columns.
    #[error("already exists: {0}")]
    Duplicate(String),
    /// A row that was pointed at does not exist. Names the constraint.
    #[error("points at a missing row: {0}")]
    MissingReference(String),
    /// Two units of work collided; the unit may be run again.
    #[error("collided with another unit of work")]
    Collision,
    /// The connection was lost; the unit may be run again.
    #[error("connection lost")]
    ConnectionLost,
    /// No connection could be had from the pool in time.
    #[error("no database connection: {0}")]
    NoConnection(String),
    /// A sealed field could not be opened: wrong key, or the bytes were moved or altered.
    #[error("sealed field {0} cannot be opened")]
    Unsealable(&'static str),
    /// A key is missing, or another than the one the database was sealed with.
    #[error("{0}")]
    Key(String),
    /// Something stored does not fit what the product expects.
    #[error("stored data is not understood: {0}")]
    Corrupt(String),
    /// Anything else the database said.
    #[error("database: {0}")]
    Database(String),
}

/// Errors of a unit of work that may be run again from its start.
pub trait Retryable {
    /// Whether running the unit again may succeed.
    fn is_retryable(&self) -> bool;
}

impl StorageError {
    /// The same, where what is there already was put there by another unit of work since this one looked.
    pub(crate) fn of_a_race(self) -> Self {
        match self {
            Self::Duplicate(_) => Self::Collision,
            other => other,
        }
    }
}

impl Retryable for StorageError {
    fn is_retryable(&self) -> bool {
        matches!(self, Self::Collision | Self::ConnectionLost)
    }
}

impl From<DieselError> for StorageError {
    fn from(error: DieselError) -> Self {
        match error {
            DieselError::DatabaseError(kind, info) => {
                let place = || {
                    info.constraint_name()
                        .map_or_else(|| info.message().to_owned(), str::to_owned)
                };
                match kind {
                    DatabaseErrorKind::UniqueViolation => Self::Duplicate(place()),
                    DatabaseErrorKind::ForeignKeyViolation => Self::MissingReference(place()),
                    DatabaseErrorKind::SerializationFailure => Self::Collision,
                    DatabaseErrorKind::ClosedConnection => Self::ConnectionLost,
                    _ if info.message().contains("deadlock detected") => Self::Collision,
                    _ if info.message().contains("database is locked") => Self::Collision,
                    _ => Self::Database(info.message().to_owned()),
                }
            }
            DieselError::DeserializationError(error) => Self::Corrupt(error.to_string()),
            other => Self::Database(other.to_string()),
        }
    }
}
