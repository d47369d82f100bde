use actix_web::{HttpResponse, post};
use casework::Actor;
use secrecy::ExposeSecret as _;
use storage::client_sessions as stored;

use crate::{
    answer::Answer,
    auth::client_refresh::ClientRefreshToken,
    extract::{Json, OpenCall},
    operations::RefreshClientSession as Op,
    problem::Problem,
    problem_code::ProblemCode,
    services::client_sessions,
    views::client_sessions::{ClientSessionView, RefreshClientSession},
};

/// Refresh a client's session.
///
/// Exchanges the refresh token for a new pair of tokens. A refresh token is good once: whoever uses
/// it again ends the session. Only the last one may be sent once more, as long as its successor was
/// not used: an answer can get lost.
#[utoipa::path(
    tag = "Client sign-in",
    request_body = RefreshClientSession,
    responses((status = 201, description = "The session's new tokens", body = ClientSessionView)),
)]
#[post("/v1/client-sessions/refresh")]
pub async fn refresh_client_session(
    call: OpenCall<Op>,
    body: Json<RefreshClientSession>,
) -> Result<HttpResponse, Problem> {
    let text = body.value.refresh_token.expose_secret();
    let token = ClientRefreshToken::decode(text, call.state.store.sealer())
        .ok_or_else(client_sessions::invalid)?;
    let (agency, session) = (token.agency, token.session);
    let client = call
        .before_sign_in(move |store| store.read_in(agency, |tx| stored::get(tx, agency, session)))
        .await?
        .map(|session| session.client_id)
        .ok_or_else(client_sessions::invalid)?;
    let (state, now) = (call.state.clone(), call.now);
    let refreshed = call
        .write(agency, Actor::client(client), move |work| {
            let view = client_sessions::refresh(work, &state, &token, now)?;
            Ok(Answer::created("/v1/me".to_owned(), view).about(session))
        })
        .await;
    if let Err(problem) = &refreshed
        && problem.code() == ProblemCode::RefreshTokenReused
    {
        let reason = problem.code().as_str();
        call.refused(agency, session.to_string(), reason, move |work| {
            stored::revoke(work.tx, work.agency, session, now, reason)?;
            Ok(())
        })
        .await?;
    }
    Ok(refreshed?.respond("/v1/client-sessions/refresh", ""))
}
