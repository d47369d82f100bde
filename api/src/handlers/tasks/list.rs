use actix_web::{HttpResponse, get};

use crate::{
    answer::Answer,
    auth::Bearer,
    extract::{Call, Query, page::Page},
    operations::ListTasks as Op,
    problem::Problem,
    services::tasks,
    views::tasks::{ListTasks, TaskView},
};

/// List tasks.
///
/// A caseworker's own, or all of a supervisor's office, the earliest due first.
#[utoipa::path(
    tag = "Tasks",
    params(ListTasks),
    responses((status = 200, description = "A page of tasks", body = Page<TaskView>)),
)]
#[get("/v1/tasks")]
pub async fn list_tasks(
    call: Call<Op, Bearer>,
    query: Query<ListTasks>,
) -> Result<HttpResponse, Problem> {
    let scope = call.scope();
    call.read(move |work| Ok(Answer::page(tasks::list(work, scope, &query.0)?)))
        .await
}
