use actix_web::{HttpResponse, get};

use crate::{
    answer::Answer, extract::ClientCall, operations::ListMySessions as Op, problem::Problem,
    services::client_sessions, views::client_sessions::MySessionList,
};

/// List one's own sign-ins.
///
/// Every one that goes on, the newest first: for whoever lost a telephone.
#[utoipa::path(
    tag = "Me",
    responses((status = 200, description = "The sessions", body = MySessionList)),
)]
#[get("/v1/me/sessions")]
pub async fn list_my_sessions(call: ClientCall<Op>) -> Result<HttpResponse, Problem> {
    let (caller, now) = (call.caller, call.shared().sign_in_clock.now());
    call.read(move |work| Ok(Answer::ok(client_sessions::list(work, caller, now)?)))
        .await
}
