//! Excuses: requests that an appointment not count as missed, decided by people.

mod decide;
mod list;
mod request;
mod withdraw;

pub use self::{
    decide::decide,
    list::{get, list},
    request::request,
    withdraw::withdraw,
};

use casework::Work;
use domain::{ExcuseId, freezing::may_change};
use storage::{
    Scope, StorageError,
    cases::{self, Case},
    excuses::Excuse,
};

use crate::failure::Failure;

/// An excuse in a case the caller may see, with the case; to be changed.
fn load(work: &mut Work<'_, '_>, scope: Scope, id: ExcuseId) -> Result<(Excuse, Case), Failure> {
    let excuse = get(work, scope, id)?;
    let case = cases::get(work.tx, work.agency, Scope::default(), excuse.case_id)?
        .ok_or_else(|| StorageError::Corrupt("an excuse without its case".to_owned()))?;
    may_change(case.frozen_from)?;
    Ok((excuse, case))
}

/// The key of the task that waits for an excuse's evidence.
fn evidence_key(id: ExcuseId) -> String {
    format!("{}:{id}", domain::TaskKind::ExcuseEvidence)
}
