//! Tasks: what people have to do.

mod complete;
mod list;

pub use self::{complete::complete, list::list};

use casework::Work;
use domain::TaskId;
use storage::{
    Scope, replies,
    tasks::{self, Task},
};

use crate::{failure::Failure, views::tasks::TaskFile};

/// One task within the caller's reach.
///
/// # Errors
/// `not_found`.
pub fn get(work: &mut Work<'_, '_>, scope: Scope, id: TaskId) -> Result<Task, Failure> {
    tasks::get(work.tx, work.agency, scope, id)?.ok_or_else(|| Failure::not_found("task"))
}

/// A task with what was written: by staff, by the client who asked for it, or by whoever answered a
/// message.
pub fn file(work: &mut Work<'_, '_>, task: Task) -> Result<TaskFile, Failure> {
    let reply = replies::of_task(work.tx, work.agency, task.id)?;
    Ok(TaskFile::new(task, reply))
}
