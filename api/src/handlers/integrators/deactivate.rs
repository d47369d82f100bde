use actix_web::{HttpResponse, post};
use domain::IntegratorId;

use crate::{
    answer::Answer,
    extract::{Call, Json, Path},
    operations::DeactivateIntegrator as Op,
    problem::Problem,
    services::integrators,
    views::integrators::{DeactivateIntegrator, IntegratorView},
};

/// Take another system's access away.
///
/// For good, and at once: its tokens end, too. Once more changes nothing.
#[utoipa::path(
    tag = "Integrators",
    params(("id" = IntegratorId, Path, description = "The system")),
    request_body = DeactivateIntegrator,
    responses((status = 200, description = "The system", body = IntegratorView)),
)]
#[post("/v1/integrators/{id}/deactivation")]
pub async fn deactivate_integrator(
    call: Call<Op>,
    id: Path<IntegratorId>,
    body: Json<DeactivateIntegrator>,
) -> Result<HttpResponse, Problem> {
    let (state, agency) = (call.shared(), call.caller.agency);
    let now = state.sign_in_clock.now();
    let response = call
        .write(body, move |work, _| {
            let closed = integrators::deactivate(work, id.0, now)?;
            Ok(Answer::ok(closed).about(id.0))
        })
        .await?;
    state.ended.look_again(agency);
    Ok(response)
}
