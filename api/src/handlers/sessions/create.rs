use actix_web::{HttpResponse, post};
use casework::Actor;
use storage::staff;

use crate::{
    answer::Answer,
    extract::{Json, OpenCall},
    operations::CreateSession as Op,
    problem::Problem,
    problem_code::ProblemCode,
    services::sessions,
    views::sessions::{CreateSession, SessionView},
};

/// Sign in.
///
/// Answers an access token for 15 minutes and a refresh token for the next one. A wrong password, an
/// unknown username and a locked account are one answer, and take the same time.
#[utoipa::path(
    tag = "Sessions",
    request_body = CreateSession,
    responses((status = 201, description = "The session's tokens", body = SessionView)),
)]
#[post("/v1/sessions")]
pub async fn create_session(
    call: OpenCall<Op>,
    body: Json<CreateSession>,
) -> Result<HttpResponse, Problem> {
    let CreateSession { username, password } = body.value;
    let username = username.trim().to_lowercase();
    let found = call
        .look_up(move |tx| match staff::find_login(tx, &username)? {
            Some((agency, id)) => staff::get(tx, agency, id),
            None => Ok(None),
        })
        .await?;
    let hash = found.as_ref().map(|staff| staff.password_hash.clone());
    let fits = call
        .state
        .passwords
        .verify(password, hash)
        .await
        .map_err(|_busy| too_many())?;
    let Some(staff) = found.as_ref().filter(|staff| fits && staff.active).cloned() else {
        let code = ProblemCode::InvalidCredentials;
        if let Some(staff) = found {
            let id = staff.id.to_string();
            call.refused(staff.agency_id, id, code.as_str(), |_| Ok(()))
                .await?;
        }
        return Err(Problem::new(
            code,
            "the username or the password is not right",
        ));
    };
    let (state, now) = (call.state.clone(), call.now);
    let written = call
        .write(staff.agency_id, Actor::staff(staff.id), move |work| {
            let (id, view) = sessions::begin(work, &state, &staff, now)?;
            Ok(Answer::created("/v1/sessions/current".to_owned(), view).about(id))
        })
        .await?;
    Ok(written.respond("/v1/sessions", ""))
}

fn too_many() -> Problem {
    Problem::new(
        ProblemCode::TooManyRequests,
        "too many people are signing in",
    )
    .retry_after(2)
}
