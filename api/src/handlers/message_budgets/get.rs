use actix_web::{HttpResponse, get};
use domain::OfficeId;

use crate::{
    answer::Answer,
    auth::Bearer,
    extract::{Call, Path},
    operations::GetMessageBudget as Op,
    problem::Problem,
    services::message_budgets,
    views::message_budgets::MessageBudgetView,
};

/// Show an office's message budget.
///
/// With what was handed over in the present month of the office.
#[utoipa::path(
    tag = "Messages",
    params(("id" = OfficeId, Path, description = "The office")),
    responses((status = 200, description = "The budget and its use", body = MessageBudgetView)),
)]
#[get("/v1/offices/{id}/message-budget")]
pub async fn get_message_budget(
    call: Call<Op, Bearer>,
    id: Path<OfficeId>,
) -> Result<HttpResponse, Problem> {
    call.read(move |work| Ok(Answer::ok(message_budgets::get(work, id.0)?)))
        .await
}
