//! Escalations: read with everything needed to judge them, and taken from step to step by people.

mod basis;
mod blocking;
mod clock;
mod dismiss;
mod list;
mod outcome;
mod refer;
mod review;
mod sign_off;
mod view;

pub use self::{
    dismiss::dismiss,
    list::list,
    outcome::close,
    refer::refer,
    review::{add_statement, submit},
    sign_off::sign_off,
    view::get,
};

use casework::Work;
use domain::{EscalationId, freezing::may_change};
use storage::{
    Scope, StorageError,
    cases::{self, Case},
    escalations::{self, Escalation},
};

use crate::{failure::Failure, services::version};

/// An escalation the caller may see, with its case.
fn find(
    work: &mut Work<'_, '_>,
    scope: Scope,
    id: EscalationId,
) -> Result<(Escalation, Case), Failure> {
    let file = escalations::get(work.tx, work.agency, scope, id)?;
    let file = file.ok_or_else(|| Failure::not_found("escalation"))?;
    let case = cases::get(work.tx, work.agency, Scope::default(), file.case_id)?
        .ok_or_else(|| StorageError::Corrupt("an escalation without its case".to_owned()))?;
    Ok((file, case))
}

/// The same, at the version the caller has seen; to be changed.
fn load(
    work: &mut Work<'_, '_>,
    scope: Scope,
    id: EscalationId,
    expected: Option<i64>,
) -> Result<(Escalation, Case), Failure> {
    let (file, case) = find(work, scope, id)?;
    version::check(file.version, expected)?;
    may_change(case.frozen_from)?;
    Ok((file, case))
}
