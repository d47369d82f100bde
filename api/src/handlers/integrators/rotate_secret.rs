use actix_web::{HttpResponse, post};
use domain::IntegratorId;

use crate::{
    answer::Answer,
    extract::{Call, Json, Path},
    operations::RotateIntegratorSecret as Op,
    problem::Problem,
    services::integrators,
    views::integrators::{IntegratorSecretView, RotateIntegratorSecret},
};

/// Give another system a new secret.
///
/// It is shown this once. The old one ends at once, and with it the tokens it got.
#[utoipa::path(
    tag = "Integrators",
    params(("id" = IntegratorId, Path, description = "The system")),
    request_body = RotateIntegratorSecret,
    responses((status = 200, description = "The system with its new secret", body = IntegratorSecretView)),
)]
#[post("/v1/integrators/{id}/secret")]
pub async fn rotate_integrator_secret(
    call: Call<Op>,
    id: Path<IntegratorId>,
    body: Json<RotateIntegratorSecret>,
) -> Result<HttpResponse, Problem> {
    let (state, agency) = (call.shared(), call.caller.agency);
    let (shared, now) = (state.clone(), state.sign_in_clock.now());
    let response = call
        .write(body, move |work, _| {
            let made = integrators::rotate_secret(work, id.0, &shared.randomness, now)?;
            Ok(Answer::ok(made).about(id.0))
        })
        .await?;
    state.ended.look_again(agency);
    Ok(response)
}
