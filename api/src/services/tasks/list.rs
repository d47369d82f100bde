//! Lists of tasks.

use casework::Work;
use chrono::{Datelike as _, NaiveDate};
use domain::{
    TaskId,
    page::{Cursor, ListScope, SortKey},
};
use storage::{
    Scope,
    tasks::{self, Filter, Position, Task},
};

use crate::{
    extract::page::{self, Page},
    failure::Failure,
    problem::Problem,
    problem_code::ProblemCode,
    services::filters::Filters,
    views::tasks::{ListTasks, TaskView},
};

/// A page of tasks the caller may see, the earliest due first.
pub fn list(
    work: &mut Work<'_, '_>,
    scope: Scope,
    asked: &ListTasks,
) -> Result<Page<TaskView>, Failure> {
    let filters = Filters::default()
        .with("assignee_id", asked.assignee_id)
        .with("status", asked.status)
        .with("case_id", asked.case_id)
        .with("due_to", asked.due_to);
    let filters = filters.pairs();
    let list = ListScope {
        list: "list_tasks",
        filters: &filters,
    };
    let limit = page::limit(asked.limit)?;
    let after = page::after(asked.cursor.as_deref(), &list)?
        .map(position)
        .transpose()?;
    let filter = Filter {
        assignee: asked.assignee_id,
        status: asked.status,
        case: asked.case_id,
        due_to: asked.due_to,
    };
    let rows = tasks::list(
        work.tx,
        work.agency,
        scope,
        &filter,
        after,
        limit.rows_to_fetch(),
    )?;
    let key = |task: &Task| {
        let days = i64::from(task.due_on.num_days_from_ce());
        (vec![SortKey::Int(days)], task.id.uuid())
    };
    Ok(Page::cut(rows, limit, &list, key, |task| {
        TaskView::from(&task)
    }))
}

fn position(cursor: Cursor) -> Result<Position, Problem> {
    let due_on = match cursor.sort.as_slice() {
        [SortKey::Int(days)] => i32::try_from(*days)
            .ok()
            .and_then(NaiveDate::from_num_days_from_ce_opt),
        _ => None,
    };
    let due_on = due_on.ok_or_else(|| {
        Problem::at(
            ProblemCode::InvalidCursor,
            "/cursor",
            "not a cursor of this list",
        )
    })?;
    Ok(Position {
        due_on,
        id: TaskId::from_uuid(cursor.id),
    })
}
