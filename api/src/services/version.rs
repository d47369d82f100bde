//! Versions: nobody overwrites what they have not seen.

use storage::StorageError;

use crate::{failure::Failure, problem::Problem, problem_code::ProblemCode};

/// Compares the stored version with the one of `If-Match`.
///
/// # Errors
/// `stale_version` (412) if they differ.
pub fn check(stored: i64, expected: Option<i64>) -> Result<(), Problem> {
    match expected {
        Some(expected) if expected != stored => Err(Problem::new(
            ProblemCode::StaleVersion,
            format!("it is at version {stored} by now; read it again"),
        )),
        _ => Ok(()),
    }
}

/// Turns storage's "was it still at that version?" into a collision, which runs the unit again.
pub fn saved(was: bool) -> Result<(), Failure> {
    if was {
        Ok(())
    } else {
        Err(StorageError::Collision.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_different_version_is_stale() {
        assert!(check(3, None).is_ok());
        assert!(check(3, Some(3)).is_ok());
        assert_eq!(
            check(3, Some(2)).unwrap_err().code(),
            ProblemCode::StaleVersion
        );
        assert!(saved(false).is_err());
    }
}
