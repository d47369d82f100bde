use actix_web::{HttpResponse, post};
use casework::Actor;
use secrecy::ExposeSecret as _;
use storage::sessions as stored_sessions;

use crate::{
    answer::Answer,
    auth::refresh_token::RefreshTokenText,
    extract::{Json, OpenCall},
    operations::RefreshSession as Op,
    problem::Problem,
    problem_code::ProblemCode,
    services::sessions,
    views::sessions::{RefreshSession, SessionView},
};

/// Refresh a session.
///
/// Exchanges the refresh token for a new pair of tokens. A refresh token is good once: whoever uses
/// it again ends the session, for then two hold it. Only the last one may be sent once more, as long
/// as its successor was not used: an answer can get lost.
#[utoipa::path(
    tag = "Sessions",
    request_body = RefreshSession,
    responses((status = 201, description = "The session's new tokens", body = SessionView)),
)]
#[post("/v1/sessions/refresh")]
pub async fn refresh_session(
    call: OpenCall<Op>,
    body: Json<RefreshSession>,
) -> Result<HttpResponse, Problem> {
    let text = RefreshTokenText::decode(body.value.refresh_token.expose_secret())
        .ok_or_else(sessions::invalid)?;
    let (agency, session) = (text.agency, text.session);
    // The agency named in a token that nobody made has no trail to write into.
    let staff = call
        .look_up(move |tx| {
            tx.enter(agency)?;
            stored_sessions::get(tx, agency, session)
        })
        .await?
        .map(|session| session.staff_id)
        .ok_or_else(sessions::invalid)?;
    let (state, now) = (call.state.clone(), call.now);
    let refreshed = call
        .write(agency, Actor::staff(staff), move |work| {
            let view = sessions::refresh(work, &state, &text, now)?;
            Ok(Answer::created("/v1/sessions/current".to_owned(), view).about(session))
        })
        .await;
    if let Err(problem) = &refreshed
        && problem.code() == ProblemCode::RefreshTokenReused
    {
        let reason = problem.code().as_str();
        call.refused(agency, session.to_string(), reason, move |work| {
            sessions::end(work, session, now, reason)
        })
        .await?;
        let until = call.state.tokens.last_until(now);
        call.state.ended.end(session, now, until);
    }
    Ok(refreshed?.respond("/v1/sessions/refresh", ""))
}
