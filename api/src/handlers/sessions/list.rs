use actix_web::{HttpResponse, get};

use crate::{
    answer::Answer, extract::Call, operations::ListSessions as Op, problem::Problem,
    services::sessions, views::sessions::OpenSessionList,
};

/// List one's own sessions.
///
/// Every sign-in of the caller that goes on, the newest first.
#[utoipa::path(
    tag = "Sessions",
    responses((status = 200, description = "The sessions", body = OpenSessionList)),
)]
#[get("/v1/sessions")]
pub async fn list_sessions(call: Call<Op>) -> Result<HttpResponse, Problem> {
    let (state, caller) = (call.shared(), call.caller);
    let now = state.sign_in_clock.now();
    call.read(move |work| {
        let list = sessions::list(work, &state.auth, caller.staff, caller.session, now)?;
        Ok(Answer::ok(list))
    })
    .await
}
