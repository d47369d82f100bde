//! Cases.

mod decision;
mod end;
mod frozen;
mod list;
mod register;
mod replan;
mod report_in;
mod transitions;

use casework::Work;
use domain::{CaseId, freezing::may_change};
use storage::{
    Scope,
    cases::{self, Case},
};

pub use self::{
    end::{complete, terminate},
    frozen::{list as list_frozen, open},
    list::list,
    register::register,
    replan::replan,
    report_in::report_in,
    transitions::transitions,
};
use crate::failure::Failure;

/// One case within the caller's reach.
pub fn get(work: &mut Work<'_, '_>, scope: Scope, id: CaseId) -> Result<Case, Failure> {
    cases::get(work.tx, work.agency, scope, id)?.ok_or_else(|| Failure::not_found("case"))
}

/// The same, to be changed.
///
/// # Errors
/// `not_found`, `case_frozen`.
pub(super) fn get_to_change(
    work: &mut Work<'_, '_>,
    scope: Scope,
    id: CaseId,
) -> Result<Case, Failure> {
    let case = get(work, scope, id)?;
    may_change(case.frozen_from)?;
    Ok(case)
}
