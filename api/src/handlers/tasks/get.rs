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
/// With what was written: the client's own words where a client asked for it.
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
        Ok(Answer::ok(TaskFile::from(task)).about(id).version(version))
    })
    .await
}
