use actix_web::{HttpResponse, put};
use secrecy::ExposeSecret as _;

use crate::{
    answer::Answer,
    extract::{Call, Json},
    operations::BeginSecondFactor as Op,
    problem::Problem,
    problem_code::ProblemCode,
    services::{own_account::prove_password, second_factor},
    views::sessions::{BeginSecondFactor, NewSecondFactorView},
};

/// Begin to set up a second factor.
///
/// Answers a secret for an authenticator app (RFC 6238), shown once. It is in use when a code has
/// confirmed it; until then one that was set up before goes on.
#[utoipa::path(
    tag = "Sessions",
    request_body = BeginSecondFactor,
    responses((status = 200, description = "The secret", body = NewSecondFactorView)),
)]
#[put("/v1/sessions/current/second-factor")]
pub async fn begin_second_factor(
    call: Call<Op>,
    body: Json<BeginSecondFactor>,
) -> Result<HttpResponse, Problem> {
    let Json { value, fingerprint } = body;
    let state = call.shared();
    let now = state.sign_in_clock.now();
    let (guesses, proven) = prove_password(&call, value.password, "/password").await?;
    let code = value.totp.map(|code| code.expose_secret().to_owned());
    let body = Json {
        value: code,
        fingerprint,
    };
    let begun = call
        .write(body, move |work, code| {
            let (staff, code) = (&proven.staff, code.as_deref());
            let view = second_factor::begin(work, &state.randomness, staff, code, now)?;
            Ok(Answer::ok(view).about(staff.id))
        })
        .await;
    if let Err(problem) = &begun
        && problem.code() == ProblemCode::InvalidCredentials
    {
        guesses.failed().await?;
    }
    begun
}
