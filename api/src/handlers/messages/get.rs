use actix_web::{HttpResponse, get};
use domain::MessageId;

use crate::{
    answer::Answer,
    auth::Bearer,
    extract::{Call, Path},
    operations::GetMessage as Op,
    problem::Problem,
    services::messages,
    views::messages::MessageView,
};

/// Read a message with its texts.
///
/// Every attempt with its text and outcome, and what gateways reported. A read of the client's file:
/// it leaves an entry in the audit trail.
#[utoipa::path(
    tag = "Messages",
    params(("id" = MessageId, Path, description = "The message.")),
    responses((status = 200, description = "The message", body = MessageView)),
)]
#[get("/v1/messages/{id}")]
pub async fn get_message(
    call: Call<Op, Bearer>,
    id: Path<MessageId>,
) -> Result<HttpResponse, Problem> {
    let (scope, id) = (call.scope(), id.0);
    call.read(move |work| Ok(Answer::ok(messages::get(work, scope, id)?).about(id)))
        .await
}
