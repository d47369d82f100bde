//! Tasks: what people have to do.

mod complete;
mod list;

pub use self::{complete::complete, list::list};

use casework::Work;
use domain::TaskId;
use storage::{
    Scope,
    tasks::{self, Task},
};

use crate::failure::Failure;

/// One task within the caller's reach.
///
/// # Errors
/// `not_found`.
pub fn get(work: &mut Work<'_, '_>, scope: Scope, id: TaskId) -> Result<Task, Failure> {
    tasks::get(work.tx, work.agency, scope, id)?.ok_or_else(|| Failure::not_found("task"))
}
