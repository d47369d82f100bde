use std::time::Duration;

use actix_web::{HttpResponse, post};
use casework::Actor;
use domain::{AgencyId, StaffId};
use secrecy::ExposeSecret as _;
use storage::staff::{self, Staff};
use uuid::Uuid;

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

/// What counting a failure takes at least: longer than it takes but on a machine that is overloaded.
const COUNTING: Duration = Duration::from_millis(25);

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
            // Nobody is looked for as somebody is: after the same statements.
            let (agency, id) = login.unwrap_or_else(nobody);
            tx.enter(agency)?;
            Ok((refusal, staff::get(tx, agency, id)?))
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
            let begun = sign_in::let_in(work, &state, &attempted, &proven, now)?;
            let answer = Answer::created("/v1/sessions/current".to_owned(), begun.view);
            Ok(answer
                .about(begun.session)
                .because(begun.factors.to_owned()))
        })
        .await;
    if let Err(problem) = &written
        && problem.code() == ProblemCode::InvalidCredentials
    {
        count_failure(&call, attempt, found).await?;
    }
    Ok(written?.respond("/v1/sessions", ""))
}

/// Where somebody would be who is nobody.
fn nobody() -> (AgencyId, StaffId) {
    let nil = Uuid::nil();
    (AgencyId::from_uuid(nil), StaffId::from_uuid(nil))
}

/// Counts a failed attempt, at an account or at nobody's. It takes as long in both cases, though
/// only an account has a trail to write into: whoever waits for the answer learns nothing from when
/// it comes (OWASP ASVS 5.0, 6.3.8).
async fn count_failure(
    call: &OpenCall<Op>,
    attempt: Attempt,
    found: Option<Staff>,
) -> Result<(), Problem> {
    let counted = async {
        match found {
            Some(staff) => count_at(call, attempt, &staff).await,
            None => count_at_nobodys(call, attempt).await,
        }
    };
    tokio::join!(counted, tokio::time::sleep(COUNTING)).0
}

/// With an entry in the trail of the account's agency.
async fn count_at(call: &OpenCall<Op>, attempt: Attempt, staff: &Staff) -> Result<(), Problem> {
    let (now, id) = (call.now, staff.id.to_string());
    let reason = ProblemCode::InvalidCredentials.as_str();
    call.refused(staff.agency_id, id, reason, move |work| {
        attempt.fail(work.tx, now)
    })
    .await
}

/// No agency's trail is told of a name that nobody has; the log of the process is, without the name:
/// it may be a password that was typed into the wrong field.
async fn count_at_nobodys(call: &OpenCall<Op>, attempt: Attempt) -> Result<(), Problem> {
    metrics::counter!("sign_ins_under_unknown_names_total").increment(1);
    tracing::warn!(
        request_id = call.request.id,
        account = attempt.account_mark(),
        "somebody tried to sign in under a name that nobody has"
    );
    let now = call.now;
    call.note(move |tx| attempt.fail(tx, now)).await
}
