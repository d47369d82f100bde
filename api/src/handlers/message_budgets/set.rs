use actix_web::{HttpResponse, put};
use domain::OfficeId;

use crate::{
    answer::Answer,
    extract::{Call, Json, Path},
    operations::SetMessageBudget as Op,
    problem::Problem,
    services::message_budgets,
    views::message_budgets::{MessageBudgetView, SetMessageBudget},
};

/// Set an office's message budget.
///
/// When four fifths are used, and again when all of it is, the office's supervisors get a task and are
/// told at once. A budget stops nothing: reminders of legal duties go out all the same. One-time codes
/// for signing in are not counted; they have limits of their own. A long text is counted once, though
/// carriers charge for each of its parts.
#[utoipa::path(
    tag = "Messages",
    params(("id" = OfficeId, Path, description = "The office")),
    request_body = SetMessageBudget,
    responses((status = 200, description = "The budget and its use", body = MessageBudgetView)),
)]
#[put("/v1/offices/{id}/message-budget")]
pub async fn set_message_budget(
    call: Call<Op>,
    id: Path<OfficeId>,
    body: Json<SetMessageBudget>,
) -> Result<HttpResponse, Problem> {
    let (id, by) = (id.0, call.caller.staff);
    call.write(body, move |work, asked| {
        Ok(Answer::ok(message_budgets::set(work, id, asked, by)?).about(id))
    })
    .await
}
