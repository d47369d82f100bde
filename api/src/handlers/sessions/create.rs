use actix_web::{HttpResponse, post};
use casework::Actor;
use secrecy::ExposeSecret as _;
use storage::staff::{self, Staff};

use crate::{
    answer::Answer,
    auth::password::Busy,
    extract::{Json, OpenCall},
    operations::CreateSession as Op,
    problem::Problem,
    problem_code::ProblemCode,
    services::{
        self,
        sign_in::{self, Attempt, Proven},
    },
    views::sessions::{CreateSession, SessionView},
};

/// Sign in.
///
/// Answers an access token for 15 minutes and a refresh token for the next one. A wrong password, an
/// unknown username and a locked account are one answer, and take the same time. After five failures
/// a wait begins, which doubles up to 15 minutes; where somebody signed in before, failures from
/// elsewhere make them wait for nothing.
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
    let CreateSession {
        username,
        password,
        totp,
    } = body.value;
    let username = username.trim().to_lowercase();
    let address = call.request.address.as_deref();
    let attempt = Attempt::new(call.state.store.sealer(), &username, address);
    let (asked, now) = (attempt.clone(), call.now);
    // What can be no username is not looked for: PostgreSQL takes not every text.
    let username = services::staff::username(&username).ok();
    let (refusal, found) = call
        .look_up(move |tx| {
            let refusal = asked.refusal(tx, now)?;
            let login = match &username {
                Some(username) => staff::find_login(tx, username)?,
                None => None,
            };
            let found = match login {
                Some((agency, id)) => {
                    tx.enter(agency)?;
                    staff::get(tx, agency, id)?
                }
                None => None,
            };
            Ok((refusal, found))
        })
        .await?;
    if let Some(refusal) = refusal {
        return Err(refusal);
    }
    let passwords = &call.state.passwords;
    let hash = found.as_ref().map(|staff| staff.password_hash.clone());
    let verdict = passwords.verify(password.clone(), hash).await;
    let verdict = verdict.map_err(Busy::problem)?;
    let Some(staff) = found.as_ref().filter(|it| verdict.fits && it.active) else {
        count_failure(&call, attempt, found).await?;
        return Err(sign_in::invalid());
    };
    let new_hash = if verdict.outdated {
        // Where there is no time for it now, there is at the next sign-in.
        passwords.hash(password).await.ok()
    } else {
        None
    };
    let proven = Proven {
        staff: staff.clone(),
        code: totp.map(|code| code.expose_secret().to_owned()),
        new_hash,
    };
    let (state, attempted) = (call.state.clone(), attempt.clone());
    let written = call
        .write(staff.agency_id, Actor::staff(staff.id), move |work| {
            let (id, view) = sign_in::let_in(work, &state, &attempted, &proven, now)?;
            Ok(Answer::created("/v1/sessions/current".to_owned(), view).about(id))
        })
        .await;
    if let Err(problem) = &written
        && problem.code() == ProblemCode::InvalidCredentials
    {
        count_failure(&call, attempt, found).await?;
    }
    Ok(written?.respond("/v1/sessions", ""))
}

/// Counts a failed attempt, at an account or at nobody's; with an entry in the trail of the account's
/// agency.
async fn count_failure(
    call: &OpenCall<Op>,
    attempt: Attempt,
    found: Option<Staff>,
) -> Result<(), Problem> {
    let now = call.now;
    let Some(staff) = found else {
        return call.note(move |tx| attempt.fail(tx, now)).await;
    };
    let (id, reason) = (staff.id.to_string(), ProblemCode::InvalidCredentials);
    call.refused(staff.agency_id, id, reason.as_str(), move |work| {
        attempt.fail(work.tx, now)
    })
    .await
}
