//! Exchanging a client's refresh token.

use casework::Work;
use chrono::{DateTime, TimeDelta, Utc};
use storage::{
    StorageError,
    client_sessions::{self, ClientSession},
};

use super::tokens;
use crate::{
    auth::client_refresh::ClientRefreshToken, failure::Failure, problem::Problem,
    problem_code::ProblemCode, state::AppState, views::client_sessions::ClientSessionView,
};

/// Exchanges a refresh token for a new pair, at `now` in the time of sign-ins.
///
/// A token is good once. The last one used is taken once more as long as its successor is unused:
/// then the answer was lost on its way. Any other second use means that two hold the token.
///
/// # Errors
/// `invalid_refresh_token`, or `refresh_token_reused`: then the caller has to end the session.
pub fn refresh(
    work: &mut Work<'_, '_>,
    state: &AppState,
    token: &ClientRefreshToken,
    now: DateTime<Utc>,
) -> Result<ClientSessionView, Failure> {
    let session = client_sessions::get(work.tx, work.agency, token.session)?
        .filter(|session| session.goes_on(now))
        .ok_or_else(invalid)?;
    let is_newest = token.generation == session.generation;
    if !is_newest && session.retry_generation != Some(token.generation) {
        return Err(Problem::new(
            ProblemCode::RefreshTokenReused,
            "this refresh token was used before; the session has ended, sign in again",
        )
        .into());
    }
    let generation = session.generation;
    let idle = TimeDelta::days(i64::from(state.client_sign_in.session_idle_days));
    let next = ClientSession {
        generation: generation.saturating_add(1),
        retry_generation: is_newest.then_some(token.generation),
        last_used_at: now,
        idle_ends_at: now + idle,
        ..session
    };
    if !client_sessions::save(work.tx, &next, generation)? {
        // Somebody else used it this very moment: look again.
        return Err(StorageError::Collision.into());
    }
    tokens(state, state.store.sealer(), &next, now)
}

/// The one answer to every token that is not good.
pub fn invalid() -> Problem {
    Problem::new(
        ProblemCode::InvalidRefreshToken,
        "the refresh token is not valid; sign in again",
    )
}
