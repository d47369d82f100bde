use actix_web::{HttpResponse, get};

use crate::{
    answer::Answer,
    auth::Bearer,
    extract::{Call, Query, page::Page},
    operations::ListAppointments as Op,
    problem::Problem,
    services::appointments,
    views::appointments::{AppointmentView, ListAppointmentsQuery},
};

/// List appointments.
///
/// Those within the caller's reach, the earliest due first.
#[utoipa::path(
    tag = "Appointments",
    params(ListAppointmentsQuery),
    responses((status = 200, description = "A page of appointments", body = Page<AppointmentView>)),
)]
#[get("/v1/appointments")]
pub async fn list_appointments(
    call: Call<Op, Bearer>,
    query: Query<ListAppointmentsQuery>,
) -> Result<HttpResponse, Problem> {
    let scope = call.scope();
    call.read(move |work| Ok(Answer::page(appointments::list(work, scope, &query.0)?)))
        .await
}
