use actix_web::{HttpResponse, delete};
use domain::SendingPauseId;

use crate::{
    answer::Answer,
    extract::{Call, Json, Path},
    operations::EndSendingPause as Op,
    problem::Problem,
    services::sending_pauses,
};

/// Resume sending.
///
/// What still makes sense goes out with the next run of the worker: of several steps of one
/// appointment only the latest. The pause stays in the list. Ending one that has ended changes nothing.
#[utoipa::path(
    tag = "Messages",
    params(("id" = SendingPauseId, Path, description = "The pause")),
    responses((status = 204, description = "The pause has ended")),
)]
#[delete("/v1/sending-pauses/{id}")]
pub async fn end_sending_pause(
    call: Call<Op>,
    id: Path<SendingPauseId>,
) -> Result<HttpResponse, Problem> {
    let caller = call.caller;
    call.write(Json::none(), move |work, _| {
        sending_pauses::end(work, &caller, id.0)?;
        Ok(Answer::done().about(id.0))
    })
    .await
}
