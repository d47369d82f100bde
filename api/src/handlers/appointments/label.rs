use actix_web::{HttpResponse, post};
use domain::AppointmentId;

use crate::{
    answer::Answer,
    extract::{Call, Json, Path},
    operations::LabelAppointment as Op,
    problem::Problem,
    services::appointments,
    views::appointments::{AppointmentView, LabelAppointment, LabelledView},
};

/// Label a missed appointment.
///
/// Only a person says what a miss was. The case is counted anew at once: an open escalation gains or
/// loses this miss, or is withdrawn. A label may be changed; a deferral taken back cancels its
/// make-up.
#[utoipa::path(
    tag = "Appointments",
    params(("id" = AppointmentId, Path, description = "The appointment")),
    request_body = LabelAppointment,
    responses((status = 200, description = "The appointment, and what follows", body = LabelledView)),
)]
#[post("/v1/appointments/{id}/label")]
pub async fn label_appointment(
    call: Call<Op>,
    id: Path<AppointmentId>,
    body: Json<LabelAppointment>,
) -> Result<HttpResponse, Problem> {
    let (scope, expected) = (call.scope(), call.expected_version()?);
    call.write(body, move |work, asked| {
        let labelled = appointments::label(work, scope, id.0, expected, asked)?;
        let version = labelled.item.version;
        let view = LabelledView {
            appointment: AppointmentView::from(labelled.item),
            make_up: labelled.make_up.map(AppointmentView::from),
            counted_misses: labelled.counted,
        };
        Ok(Answer::ok(view).about(id.0).version(version))
    })
    .await
}
