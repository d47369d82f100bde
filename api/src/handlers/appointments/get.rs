use actix_web::{HttpResponse, get};
use domain::AppointmentId;

use crate::{
    answer::Answer,
    auth::Bearer,
    extract::{Call, Path},
    operations::GetAppointment as Op,
    problem::Problem,
    services::appointments,
    views::appointments::AppointmentDetailView,
};

/// Read an appointment.
///
/// With the reason for each of its dates, and what shows that the client was told.
#[utoipa::path(
    tag = "Appointments",
    params(("id" = AppointmentId, Path, description = "The appointment")),
    responses((status = 200, description = "The appointment", body = AppointmentDetailView)),
)]
#[get("/v1/appointments/{id}")]
pub async fn get_appointment(
    call: Call<Op, Bearer>,
    id: Path<AppointmentId>,
) -> Result<HttpResponse, Problem> {
    let scope = call.scope();
    call.read(move |work| {
        let item = appointments::show(work, scope, id.0)?;
        let version = item.appointment.version;
        Ok(Answer::ok(item).about(id.0).version(version))
    })
    .await
}
