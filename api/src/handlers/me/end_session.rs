use actix_web::{HttpResponse, delete};
use domain::ClientSessionId;

use crate::{
    answer::Answer,
    extract::{ClientCall, Json, Path},
    operations::EndMySession as Op,
    problem::Problem,
    services::client_sessions,
};

/// End one of one's own sign-ins.
///
/// Neither its access token nor its refresh token is good any more.
#[utoipa::path(
    tag = "Me",
    params(("id" = ClientSessionId, Path, description = "The session")),
    responses((status = 204, description = "The session has ended")),
)]
#[delete("/v1/me/sessions/{id}")]
pub async fn end_my_session(
    call: ClientCall<Op>,
    id: Path<ClientSessionId>,
) -> Result<HttpResponse, Problem> {
    let (caller, now) = (call.caller, call.shared().sign_in_clock.now());
    call.write(Json::none(), move |work, _| {
        client_sessions::end_own(work, caller, id.0, now)?;
        Ok(Answer::done().about(id.0))
    })
    .await
}
