use actix_web::{HttpResponse, post};
use domain::AppointmentId;

use crate::{
    answer::Answer,
    extract::{Call, Json, Path},
    operations::RequestExcuse as Op,
    problem::Problem,
    services::excuses,
    views::excuses::{ExcuseView, RequestExcuse},
};

/// Request that an appointment not count as missed.
///
/// Before or after its date. Evidence may come later, by a day that is then somebody's task.
#[utoipa::path(
    tag = "Excuses",
    params(("id" = AppointmentId, Path, description = "The appointment.")),
    request_body = RequestExcuse,
    responses((status = 201, description = "The excuse", body = ExcuseView)),
)]
#[post("/v1/appointments/{id}/excuses")]
pub async fn request_excuse(
    call: Call<Op>,
    id: Path<AppointmentId>,
    body: Json<RequestExcuse>,
) -> Result<HttpResponse, Problem> {
    let (scope, id, by) = (call.scope(), id.0, call.caller.staff);
    call.write(body, move |work, asked| {
        let excuse = excuses::request(work, scope, id, asked, by)?;
        let (id, version) = (excuse.id, excuse.version);
        let location = format!("/v1/excuses/{id}");
        Ok(Answer::created(location, ExcuseView::from(excuse))
            .about(id)
            .version(version))
    })
    .await
}
