use actix_web::{HttpResponse, delete};
use storage::client_sessions;

use crate::{
    answer::Answer,
    extract::{ClientCall, Json},
    operations::DeleteClientSession as Op,
    problem::Problem,
};

/// Sign out as a client.
///
/// Ends the session of the access token: neither it nor the refresh token is good any more.
#[utoipa::path(
    tag = "Client sign-in",
    responses((status = 204, description = "The session has ended")),
)]
#[delete("/v1/client-sessions/current")]
pub async fn delete_client_session(call: ClientCall<Op>) -> Result<HttpResponse, Problem> {
    let session = call.caller.session;
    let now = call.shared().sign_in_clock.now();
    call.write(Json::none(), move |work, _| {
        client_sessions::revoke(work.tx, work.agency, session, now, "signed_out")?;
        Ok(Answer::done().about(session))
    })
    .await
}
