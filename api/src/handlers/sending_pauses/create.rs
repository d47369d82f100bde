use actix_web::{HttpResponse, post};

use crate::{
    answer::Answer,
    extract::{Call, Json},
    operations::CreateSendingPause as Op,
    problem::Problem,
    services::sending_pauses,
    views::sending_pauses::{CreateSendingPause, SendingPauseView},
};

/// Pause sending.
///
/// No message of the office, or none by the gateway, is sent until the pause is ended; one-time codes
/// for signing in go on, also by that gateway: people wait for them at the screen. What was handed over
/// before is followed up; what passes its time meanwhile is not sent at all, and what then is unproven
/// makes tasks for people as ever. A supervisor pauses the own office, an administrator any office and
/// any gateway that the settings list.
#[utoipa::path(
    tag = "Messages",
    request_body = CreateSendingPause,
    responses((status = 201, description = "The pause", body = SendingPauseView)),
)]
#[post("/v1/sending-pauses")]
pub async fn create_sending_pause(
    call: Call<Op>,
    body: Json<CreateSendingPause>,
) -> Result<HttpResponse, Problem> {
    let accounts = call.state().accounts.clone();
    let caller = call.caller;
    call.write(body, move |work, asked| {
        let pause = sending_pauses::create(work, &caller, &accounts, asked)?;
        let (id, view) = (pause.id, SendingPauseView::from(pause));
        Ok(Answer::created(format!("/v1/sending-pauses/{id}"), view).about(id))
    })
    .await
}
