use actix_web::{HttpResponse, post};
use domain::TaskId;

use crate::{
    answer::Answer,
    extract::{Call, Json, Path},
    operations::CompleteTask as Op,
    problem::Problem,
    services::tasks,
    views::tasks::{CompleteTask, TaskView},
};

/// Note what came of a task.
///
/// To have reached the client of an appointment before its grace days ended proves notice.
#[utoipa::path(
    tag = "Tasks",
    params(("id" = TaskId, Path, description = "The task.")),
    request_body = CompleteTask,
    responses((status = 200, description = "The task", body = TaskView)),
)]
#[post("/v1/tasks/{id}/done")]
pub async fn complete_task(
    call: Call<Op>,
    id: Path<TaskId>,
    body: Json<CompleteTask>,
) -> Result<HttpResponse, Problem> {
    let (scope, id, by) = (call.scope(), id.0, call.caller.staff);
    let expected = call.expected_version()?;
    call.write(body, move |work, asked| {
        let task = tasks::complete(work, scope, id, expected, asked, by)?;
        Ok(Answer::ok(TaskView::from(&task))
            .about(id)
            .version(task.version))
    })
    .await
}
