use actix_web::{HttpResponse, get};
use domain::TaskId;

use crate::{
    answer::Answer,
    auth::Bearer,
    extract::{Call, Path},
    operations::GetTask as Op,
    problem::Problem,
    services::tasks,
    views::tasks::TaskFile,
};

/// Get a task.
///
/// With what was written: the client's own words where a client asked for it or answered a message. A read
/// of the client's file: it leaves an entry in the audit trail.
#[utoipa::path(
    tag = "Tasks",
    params(("id" = TaskId, Path, description = "The task.")),
    responses((status = 200, description = "The task", body = TaskFile)),
)]
#[get("/v1/tasks/{id}")]
pub async fn get_task(call: Call<Op, Bearer>, id: Path<TaskId>) -> Result<HttpResponse, Problem> {
    let scope = call.scope();
    call.read(move |work| {
        let task = tasks::get(work, scope, id.0)?;
        let (id, version) = (task.id, task.version);
        let file = tasks::file(work, task)?;
        Ok(Answer::ok(file).about(id).version(version))
    })
    .await
}
