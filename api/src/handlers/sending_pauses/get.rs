use actix_web::{HttpResponse, get};
use domain::SendingPauseId;

use crate::{
    answer::Answer,
    extract::{Call, Path},
    operations::GetSendingPause as Op,
    problem::Problem,
    services::sending_pauses,
    views::sending_pauses::SendingPauseView,
};

/// Show a pause of sending.
///
/// One the caller may see, as in the list.
#[utoipa::path(
    tag = "Messages",
    params(("id" = SendingPauseId, Path, description = "The pause")),
    responses((status = 200, description = "The pause", body = SendingPauseView)),
)]
#[get("/v1/sending-pauses/{id}")]
pub async fn get_sending_pause(
    call: Call<Op>,
    id: Path<SendingPauseId>,
) -> Result<HttpResponse, Problem> {
    let caller = call.caller;
    call.read(move |work| {
        let pause = sending_pauses::get(work, &caller, id.0)?;
        Ok(Answer::ok(SendingPauseView::from(pause)))
    })
    .await
}
