use actix_web::{HttpResponse, delete};

use crate::{
    answer::Answer,
    extract::{Call, Json},
    operations::DeleteSession as Op,
    problem::Problem,
    services::sessions,
};

/// Sign out.
///
/// Ends the session of the access token: neither it nor the refresh token is good any more.
#[utoipa::path(
    tag = "Sessions",
    responses((status = 204, description = "The session has ended")),
)]
#[delete("/v1/sessions/current")]
pub async fn delete_session(call: Call<Op>) -> Result<HttpResponse, Problem> {
    let (state, session) = (call.shared(), call.caller.session);
    let now = state.sign_in_clock.now();
    let response = call
        .write(Json::none(), move |work, _| {
            sessions::end(work, session, now, "signed_out")?;
            Ok(Answer::done().about(session))
        })
        .await?;
    let until = state.tokens.last_until(now);
    state.ended.end(session, now, until);
    Ok(response)
}
