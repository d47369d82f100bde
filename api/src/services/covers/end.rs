use casework::Work;
use domain::CoverId;
use storage::covers;

use crate::{auth::Caller, failure::Failure};

/// Ends a cover: from now on it opens nothing. One that has ended or is over stays as it is.
///
/// # Errors
/// `not_found` for a cover that the caller may not see.
pub fn end(work: &mut Work<'_, '_>, caller: &Caller, id: CoverId) -> Result<(), Failure> {
    let cover = super::get(work, caller, id)?;
    if cover.ended_at.is_none() && work.now < cover.ends_at {
        covers::end(work.tx, work.agency, id, caller.staff, work.now)?;
    }
    Ok(())
}
