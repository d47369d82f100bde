use actix_web::{HttpResponse, get};

use crate::{
    answer::Answer, extract::Call, operations::GetSession as Op, problem::Problem,
    services::sessions, views::account::CurrentSessionView,
};

/// Get the session at hand.
///
/// With what the owner of the account should notice: the sign-in before this one, failed attempts
/// since then, when credentials were changed, and when the password runs out.
#[utoipa::path(
    tag = "Sessions",
    responses((status = 200, description = "The session", body = CurrentSessionView)),
)]
#[get("/v1/sessions/current")]
pub async fn get_session(call: Call<Op>) -> Result<HttpResponse, Problem> {
    let (state, caller) = (call.shared(), call.caller);
    call.read(move |work| Ok(Answer::ok(sessions::current(work, &state.auth, caller)?)))
        .await
}
