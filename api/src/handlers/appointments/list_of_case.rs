use actix_web::{HttpResponse, get};
use domain::CaseId;

use crate::{
    answer::Answer,
    auth::Bearer,
    extract::{Call, PageQuery, Path, Query, page::Page},
    operations::ListCaseAppointments as Op,
    problem::Problem,
    services::appointments,
    views::appointments::AppointmentView,
};

/// List the appointments of a case.
///
/// The earliest due first, make-ups among them.
#[utoipa::path(
    tag = "Appointments",
    params(("id" = CaseId, Path, description = "The case"), PageQuery),
    responses((status = 200, description = "A page of appointments", body = Page<AppointmentView>)),
)]
#[get("/v1/cases/{id}/appointments")]
pub async fn list_case_appointments(
    call: Call<Op, Bearer>,
    id: Path<CaseId>,
    query: Query<PageQuery>,
) -> Result<HttpResponse, Problem> {
    let scope = call.scope();
    call.read(move |work| {
        Ok(Answer::page(appointments::of_case(
            work, scope, id.0, &query.0,
        )?))
    })
    .await
}
