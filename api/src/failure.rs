//! Why a unit of work did not happen, before it becomes a [`Problem`].

use casework::WorkError;
use domain::Refusal;
use storage::{Retryable, StorageError};

use crate::problem::Problem;

/// What a service answers when it does not do its work. `?` turns the rules' refusals, storage's
/// errors, casework's errors and ready-made problems into it.
#[derive(Debug)]
pub enum Failure {
    /// The caller is told why.
    Problem(Problem),
    /// The database failed; the caller is told nothing of it.
    Storage(StorageError),
}

impl Failure {
    /// What does not exist, or may not be seen by the caller.
    pub fn not_found(what: &str) -> Self {
        Self::Problem(Problem::not_found(what))
    }

    /// The reason in words, for a command line.
    pub fn into_words(self) -> String {
        match self {
            Self::Problem(problem) => problem.detail().to_owned(),
            Self::Storage(error) => error.to_string(),
        }
    }

    /// The answer to the caller. Logs the cause of what is our fault, once.
    pub fn into_problem(self, operation: &'static str, request_id: Option<&str>) -> Problem {
        match self {
            Self::Problem(problem) => problem,
            Self::Storage(error @ (StorageError::NoConnection(_) | StorageError::Collision)) => {
                tracing::warn!(operation, request_id, %error, "the database is busy");
                Problem::unavailable()
            }
            Self::Storage(error) => {
                tracing::error!(operation, request_id, %error, "a request failed");
                Problem::internal()
            }
        }
    }
}

impl Retryable for Failure {
    fn is_retryable(&self) -> bool {
        matches!(self, Self::Storage(error) if error.is_retryable())
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Problem(refusal.into())
    }
}

impl From<StorageError> for Failure {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

impl From<WorkError> for Failure {
    fn from(error: WorkError) -> Self {
        match error {
            WorkError::Refused(refusal) => refusal.into(),
            WorkError::Storage(error) => error.into(),
        }
    }
}
