use actix_web::{HttpResponse, post};
use domain::ClientId;

use crate::{
    answer::Answer,
    extract::{Call, Json, Path},
    operations::RegisterCase as Op,
    problem::Problem,
    services::cases,
    views::cases::{CaseView, RegisterCase},
};

/// Register a case.
///
/// One measure on one client, as the police decided it. The case waits for the report-in, whose last
/// day is computed from the day of receipt. A client has one open case at a time.
#[utoipa::path(
    tag = "Cases",
    params(("id" = ClientId, Path, description = "The client")),
    request_body = RegisterCase,
    responses((status = 201, description = "The case", body = CaseView)),
)]
#[post("/v1/clients/{id}/cases")]
pub async fn register_case(
    call: Call<Op>,
    id: Path<ClientId>,
    body: Json<RegisterCase>,
) -> Result<HttpResponse, Problem> {
    let (caller, scope) = (call.caller, call.scope());
    call.write(body, move |work, asked| {
        let case = cases::register(work, &caller, scope, id.0, asked)?;
        let (id, version) = (case.id, case.version);
        let view = CaseView::from(case);
        Ok(Answer::created(format!("/v1/cases/{id}"), view)
            .about(id)
            .version(version))
    })
    .await
}
