use actix_web::{HttpResponse, put};
use domain::RefusalCode;
use secrecy::ExposeSecret as _;

use crate::{
    answer::Answer,
    extract::{Call, Json},
    operations::ConfirmSecondFactor as Op,
    problem::Problem,
    problem_code::ProblemCode,
    services::{own_account::Guesses, second_factor, sessions::Ending},
    views::sessions::{ConfirmSecondFactor, RecoveryCodesView},
};

/// Confirm a second factor.
///
/// From now on a sign-in needs a code. Answers ten recovery codes, shown once: keep them apart from
/// the authenticator. Those of an earlier one are void. The caller's other sessions end; this one goes
/// on. Refresh it where it was restricted.
#[utoipa::path(
    tag = "Sessions",
    request_body = ConfirmSecondFactor,
    responses((status = 200, description = "The recovery codes", body = RecoveryCodesView)),
)]
#[put("/v1/sessions/current/second-factor/confirmation")]
pub async fn confirm_second_factor(
    call: Call<Op>,
    body: Json<ConfirmSecondFactor>,
) -> Result<HttpResponse, Problem> {
    let (state, caller) = (call.shared(), call.caller);
    let now = state.sign_in_clock.now();
    let (guesses, _account) = Guesses::of(&call).await?;
    let ending = Ending::default();
    let (told, shared) = (ending.clone(), state.clone());
    let confirmed = call
        .write(body, move |work, asked| {
            let code = asked.totp.expose_secret();
            let (view, ended) =
                second_factor::confirm(work, &shared.randomness, caller, code, now)?;
            told.set(ended);
            Ok(Answer::ok(view).about(caller.staff))
        })
        .await;
    match &confirmed {
        Ok(_) => ending.done(&state, now),
        Err(problem) if problem.code() == ProblemCode::Refused(RefusalCode::InvalidValue) => {
            guesses.failed().await?;
        }
        Err(_) => {}
    }
    confirmed
}
