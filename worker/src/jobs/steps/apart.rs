//! A batch that fails over one of its rows, worked on in parts.

use std::fmt;

use casework::{Work, WorkError};
use domain::{AgencyId, AppointmentId};
use storage::StorageError;

use crate::job::Turn;

/// How the rows of a step are worked on apart.
#[derive(Debug)]
pub(crate) struct Apart {
    /// The ids of at most so many rows that are due, whatever state they are in.
    pub due: fn(&mut Work<'_, '_>, i64) -> Result<Vec<AppointmentId>, WorkError>,
    /// The step over these rows; answers how many it acted on.
    pub act: fn(&mut Work<'_, '_>, &[AppointmentId]) -> Result<usize, WorkError>,
}

impl Apart {
    /// Halves what fails, each half a unit of work of its own, until a row that is to blame stands
    /// alone: it is named in the log and left as it is, and the others are done. About
    /// `limit.ilog2()` units for each such row.
    ///
    /// The first row's failure is answered, after the others had their turn: a person has to look.
    pub(super) fn run(
        &self,
        job: &'static str,
        turn: &Turn,
        limit: i64,
    ) -> Result<usize, WorkError> {
        let unit = |part: &[AppointmentId]| {
            turn.context
                .write(turn.agency, turn.now, |work| (self.act)(work, part))
        };
        let due = turn
            .context
            .write(turn.agency, turn.now, |work| (self.due)(work, limit))?;
        let (mut parts, mut acted_on, mut failure) = (vec![due], 0, None);
        while let Some(mut part) = parts.pop() {
            match unit(&part) {
                Ok(count) => acted_on += count,
                Err(error) if !lies_in_the_data(&error) => return Err(error),
                Err(_) if part.len() > 1 => {
                    let later = part.split_off(part.len() / 2);
                    parts.extend([later, part]);
                }
                Err(error) => {
                    note_left(job, turn.agency, part.first(), &error);
                    failure = failure.or(Some(error));
                }
            }
        }
        failure.map_or(Ok(acted_on), Err)
    }
}

/// Notes that a row is left as it is, for a person to look.
pub(in crate::jobs) fn note_left(
    job: &'static str,
    agency: AgencyId,
    row: Option<&impl fmt::Display>,
    error: &WorkError,
) {
    let row = row.map(tracing::field::display);
    tracing::error!(job, %agency, row, %error, "row left as it is");
    metrics::counter!("worker_rows_left_total", "job" => job).increment(1);
}

/// Whether a failure lies in what is stored, so that other rows may fare better; not in the database
/// that does not answer, nor in a key.
pub(in crate::jobs) fn lies_in_the_data(error: &WorkError) -> bool {
    match error {
        WorkError::Refused(_) => true,
        WorkError::Storage(error) => matches!(
            error,
            StorageError::Corrupt(_)
                | StorageError::Duplicate(_)
                | StorageError::MissingReference(_)
                | StorageError::Unsealable(_)
        ),
    }
}
