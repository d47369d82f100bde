use actix_web::{HttpResponse, get};
use domain::IntegratorId;

use crate::{
    answer::Answer,
    extract::{Call, Path},
    operations::GetIntegrator as Op,
    problem::Problem,
    services::integrators,
    views::integrators::IntegratorView,
};

/// Read what access another system has.
///
/// With when it last used it, and without its secret.
#[utoipa::path(
    tag = "Integrators",
    params(("id" = IntegratorId, Path, description = "The system")),
    responses((status = 200, description = "The system", body = IntegratorView)),
)]
#[get("/v1/integrators/{id}")]
pub async fn get_integrator(
    call: Call<Op>,
    id: Path<IntegratorId>,
) -> Result<HttpResponse, Problem> {
    call.read(move |work| Ok(Answer::ok(integrators::get(work, id.0)?)))
        .await
}
