use actix_web::{HttpResponse, put};
use secrecy::ExposeSecret as _;

use crate::{
    answer::Answer,
    extract::{Call, Json},
    operations::ConfirmSecondFactor as Op,
    problem::Problem,
    services::second_factor,
    views::sessions::{ConfirmSecondFactor, RecoveryCodesView},
};

/// Confirm a second factor.
///
/// From now on a sign-in needs a code. Answers ten recovery codes, shown once: keep them apart from
/// the authenticator. Those of an earlier one are void. Refresh the session where it was restricted.
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
    let (state, staff) = (call.shared(), call.caller.staff);
    let now = state.sign_in_clock.now();
    call.write(body, move |work, asked| {
        let code = asked.totp.expose_secret();
        let view = second_factor::confirm(work, &state.randomness, staff, code, now)?;
        Ok(Answer::ok(view).about(staff))
    })
    .await
}
