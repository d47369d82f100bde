use actix_web::{HttpResponse, post};
use domain::AppointmentId;

use crate::{
    answer::Answer,
    extract::{ClientCall, Json, Path},
    operations::ConfirmMyAppointment as Op,
    problem::Problem,
    services::me,
    views::me::{ConfirmMyAppointment, MyAppointment},
};

/// Confirm a date.
///
/// The client knows of it. Doing so again changes nothing.
#[utoipa::path(
    tag = "Me",
    params(("id" = AppointmentId, Path, description = "The date.")),
    request_body = ConfirmMyAppointment,
    responses((status = 200, description = "The date", body = MyAppointment)),
)]
#[post("/v1/me/appointments/{id}/confirm")]
pub async fn confirm_my_appointment(
    call: ClientCall<Op>,
    id: Path<AppointmentId>,
    body: Json<ConfirmMyAppointment>,
) -> Result<HttpResponse, Problem> {
    let (client, id) = (call.client(), id.0);
    call.write(body, move |work, _| {
        Ok(Answer::ok(me::confirm(work, client, id)?).about(id))
    })
    .await
}
