//! Cases.

mod decision;
mod end;
mod list;
mod register;
mod replan;
mod report_in;
mod transitions;

use casework::Work;
use domain::CaseId;
use storage::{
    Scope,
    cases::{self, Case},
};

pub use self::{
    end::{complete, terminate},
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
