//! Freezing the files of ended cases when their time has come.

use chrono::{DateTime, Utc};
use domain::{audit::AuditOutcome, freezing::PendingWork};
use storage::cases;

use crate::{
    record,
    work::{Work, WorkError},
};

/// Freezes about `limit` files whose case ended before `before` (UTC) and that have no pending work;
/// answers how many.
pub(crate) fn freeze_over(
    work: &mut Work<'_, '_>,
    before: DateTime<Utc>,
    limit: i64,
) -> Result<usize, WorkError> {
    let files = cases::to_freeze(work.tx, work.agency, before, limit)?;
    if files.is_empty() {
        return Ok(0);
    }
    cases::freeze(work.tx, work.agency, &files, work.now)?;
    for file in &files {
        let (id, done) = (Some(file.case.to_string()), AuditOutcome::Done);
        record::audit(work, "freeze_case", "case", id, done, None)?;
    }
    Ok(files.len())
}

/// Files whose time has come, and that wait for somebody's work to be done.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HeldUp {
    /// How many.
    pub files: i64,
    /// How many each kind of work holds up, where it holds any; one may be held up by several.
    pub by: Vec<(PendingWork, i64)>,
}

/// Which files are not frozen though their case ended before `before` (UTC).
pub(crate) fn held_up(work: &mut Work<'_, '_>, before: DateTime<Utc>) -> Result<HeldUp, WorkError> {
    let files = cases::count_held_up(work.tx, work.agency, before, None)?;
    let mut by = Vec::new();
    if files > 0 {
        for &kind in PendingWork::ALL {
            let count = cases::count_held_up(work.tx, work.agency, before, Some(kind))?;
            if count > 0 {
                by.push((kind, count));
            }
        }
    }
    Ok(HeldUp { files, by })
}
