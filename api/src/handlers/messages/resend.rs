use actix_web::{HttpResponse, post};
use domain::MessageId;

use crate::{
    answer::Answer,
    extract::{Call, Json, Path},
    operations::ResendMessage as Op,
    problem::Problem,
    services::messages,
    views::messages::{MessageView, ResendMessage},
};

/// Send a message again.
///
/// Plans a new message that repeats this one, to go out with the next run of the worker, and answers
/// it. Refused while the first may still arrive (`message_may_arrive`: on its way, delivered, or taken by
/// a gateway less than 72 hours ago; what arrived without telling the date may go again once the number is
/// verified and nobody else's), when there is nothing left to be told of (`appointment_closed`,
/// `case_not_active`), and when it was sent again already (`conflict`: that one can be).
#[utoipa::path(
    tag = "Messages",
    params(("id" = MessageId, Path, description = "The message to be repeated.")),
    request_body = ResendMessage,
    responses((status = 201, description = "The message that repeats it", body = MessageView)),
)]
#[post("/v1/messages/{id}/resend")]
pub async fn resend_message(
    call: Call<Op>,
    id: Path<MessageId>,
    body: Json<ResendMessage>,
) -> Result<HttpResponse, Problem> {
    let (scope, id, by) = (call.scope(), id.0, call.caller.staff);
    call.write(body, move |work, asked| {
        let view = messages::resend(work, scope, id, asked, by)?;
        let repeated = view.id;
        Ok(Answer::created(format!("/v1/messages/{repeated}"), view).about(id))
    })
    .await
}
