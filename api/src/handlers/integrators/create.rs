use actix_web::{HttpResponse, post};

use crate::{
    answer::Answer,
    extract::{Call, Json},
    operations::CreateIntegrator as Op,
    problem::Problem,
    services::integrators,
    views::integrators::{CreateIntegrator, IntegratorSecretView},
};

/// Give another system access.
///
/// Answers its client id and its secret, which is shown this once. With them the system gets access
/// tokens from `POST /oauth/token` (OAuth 2 client credentials) and reads what its scopes say, in the
/// whole agency. It cannot change or decide anything.
#[utoipa::path(
    tag = "Integrators",
    request_body = CreateIntegrator,
    responses((status = 201, description = "The system with its secret", body = IntegratorSecretView)),
)]
#[post("/v1/integrators")]
pub async fn create_integrator(
    call: Call<Op>,
    body: Json<CreateIntegrator>,
) -> Result<HttpResponse, Problem> {
    let (state, by) = (call.shared(), call.caller.staff);
    let now = state.sign_in_clock.now();
    call.write(body, move |work, asked| {
        let made = integrators::create(work, asked, by, &state.randomness, now)?;
        let id = made.integrator.id;
        Ok(Answer::created(format!("/v1/integrators/{id}"), made).about(id))
    })
    .await
}
