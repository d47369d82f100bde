use actix_web::{HttpResponse, post};
use casework::Actor;
use domain::contact::Phone;
use secrecy::ExposeSecret as _;
use storage::sign_in_codes;

use crate::{
    answer::Answer,
    extract::{Json, OpenCall},
    operations::CreateClientSession as Op,
    problem::Problem,
    problem_code::ProblemCode,
    services::client_sessions::{self, Choice},
    views::client_sessions::{ClientSessionView, CreateClientSession},
};

/// Sign in as a client.
///
/// With the number and the code that was sent to it. Numbers are shared and handed on, so the first
/// sign-in, one after 90 days and one with a shared number need the date of birth too
/// (`second_fact_required`; the code stays good). Five guesses void a code, ten in a day lock the
/// number for the rest of it; whatever is wrong, the answer is the same.
#[utoipa::path(
    tag = "Client sign-in",
    request_body = CreateClientSession,
    responses((status = 201, description = "The session's tokens", body = ClientSessionView)),
)]
#[post("/v1/client-sessions")]
pub async fn create_client_session(
    call: OpenCall<Op>,
    body: Json<CreateClientSession>,
) -> Result<HttpResponse, Problem> {
    let CreateClientSession {
        phone,
        code,
        birth_date,
    } = body.value;
    let phone = Phone::parse(&phone)?;
    let now = call.now;
    let guessed = phone.clone();
    // Counted first, and for good: a guess stays one whatever happens after it.
    let found = call
        .before_sign_in(move |store| {
            let right = store.write(|tx| {
                sign_in_codes::guess(tx, guessed.as_str(), code.expose_secret(), now)
            })?;
            let Some(id) = right else {
                return Ok(None);
            };
            Ok(Some((
                id,
                client_sessions::candidates(store, guessed.as_str())?,
            )))
        })
        .await?;
    let Some((id, candidates)) = found else {
        metrics::counter!("client_sign_ins_refused_total").increment(1);
        return Err(client_sessions::refused());
    };
    let client = match client_sessions::choose(candidates, birth_date, now) {
        Choice::Client(client) => client,
        Choice::AskSecondFact => {
            return Err(Problem::new(
                ProblemCode::SecondFactRequired,
                "send the date of birth as well",
            ));
        }
        Choice::Nobody(first) => {
            if let Some((agency, client)) = first {
                let code = ProblemCode::InvalidCode.as_str();
                call.refused(agency, client.to_string(), code, |_| Ok(()))
                    .await?;
            }
            return Err(client_sessions::refused());
        }
    };
    // For the trail.
    let proved = match birth_date {
        Some(_) => "code,birth_date",
        None => "code",
    };
    let state = call.state.clone();
    let written = call
        .write(client.agency_id, Actor::client(client.id), move |work| {
            if !sign_in_codes::use_up(work.tx, phone.as_str(), id, now)? {
                return Err(client_sessions::refused().into());
            }
            let begun = client_sessions::begin(work, &state, client.id, phone.as_str(), now)?;
            let answer = Answer::created("/v1/me".to_owned(), begun.1).about(begun.0);
            Ok(answer.because(proved.to_owned()))
        })
        .await?;
    Ok(written.respond("/v1/client-sessions", ""))
}
