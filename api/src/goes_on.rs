//! Whether the session, or the secret, behind an access token still goes on.

use casework::Work;
use chrono::{DateTime, Utc};
use storage::{StorageError, integrators, sessions};

use crate::{
    auth::Bearer, failure::Failure, problem::Problem, problem_code::ProblemCode, state::AppState,
};

/// Refuses what ended, as far as this process knows; looks now and then, at `now` in the time of
/// sign-ins, what others ended. Blocks on the database then.
///
/// # Errors
/// `unauthenticated`.
pub(crate) fn check(state: &AppState, bearer: &Bearer, now: DateTime<Utc>) -> Result<(), Failure> {
    let (agency, life) = (bearer.agency(), state.tokens.last_until(now) - now);
    if let Some(since) = state.ended.look(agency, now, life) {
        let found = state.store.read_in(agency, |tx| {
            let sessions = sessions::revoked_since(tx, agency, since)?;
            let secrets = integrators::revoked_since(tx, agency, since)?;
            let sessions = sessions.into_iter().map(domain::SessionId::uuid);
            let secrets = secrets.into_iter().map(domain::CredentialId::uuid);
            Ok::<_, StorageError>(sessions.chain(secrets).collect::<Vec<_>>())
        });
        match found {
            Ok(ids) => state.ended.learn(ids, now, state.tokens.last_until(now)),
            Err(error) => {
                state.ended.look_again(agency);
                return Err(error.into());
            }
        }
    }
    if state.ended.has_ended(bearer.ends_with()) {
        return Err(ended().into());
    }
    Ok(())
}

/// Refuses what has ended at `now` in the time of sign-ins, by the database itself.
///
/// # Errors
/// `unauthenticated`.
pub(crate) fn check_stored(
    work: &mut Work<'_, '_>,
    bearer: &Bearer,
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    // A machine changes nothing, and so nothing sensitive.
    let Bearer::Staff(caller) = bearer else {
        return Err(ended().into());
    };
    sessions::get(work.tx, work.agency, caller.session)?
        .filter(|session| session.revoked_at.is_none() && session.expires_at > now)
        .map(|_goes_on| ())
        .ok_or_else(|| ended().into())
}

/// The one answer to every token whose session has ended.
pub(crate) fn ended() -> Problem {
    Problem::new(ProblemCode::Unauthenticated, "the session has ended")
}
