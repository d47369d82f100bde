use actix_web::{HttpResponse, get};
use domain::AppointmentId;

use crate::{
    answer::Answer,
    auth::Bearer,
    extract::{Call, Path},
    operations::GetAppointment as Op,
    problem::Problem,
    services::appointments,
    views::appointments::AppointmentView,
};

/// Read an appointment.
///
/// With the reason for each of its dates.
#[utoipa::path(
    tag = "Appointments",
    params(("id" = AppointmentId, Path, description = "The appointment")),
    responses((status = 200, description = "The appointment", body = AppointmentView)),
)]
#[get("/v1/appointments/{id}")]
pub async fn get_appointment(
    call: Call<Op, Bearer>,
    id: Path<AppointmentId>,
) -> Result<HttpResponse, Problem> {
    let scope = call.scope();
    call.read(move |work| {
        let item = appointments::get(work, scope, id.0)?;
        let version = item.version;
        Ok(Answer::ok(AppointmentView::from(item))
            .about(id.0)
            .version(version))
    })
    .await
}
