//! Sign-ins of clients.

mod begin;
mod by_wechat;
mod candidates;
mod own;
mod refresh;
mod request_code;

pub use self::{
    begin::begin,
    by_wechat::{begin_by_wechat, doubtful, fits, not_bound},
    candidates::{Choice, candidates, choose},
    own::{end_own, list},
    refresh::{invalid, refresh},
    request_code::{Asked, request_code},
};

use chrono::{DateTime, SubsecRound as _, Utc};
use storage::{Sealer, client_sessions::ClientSession};

use crate::{
    auth::{ClientCaller, client_refresh::ClientRefreshToken},
    failure::Failure,
    problem::Problem,
    problem_code::ProblemCode,
    state::AppState,
    views::client_sessions::ClientSessionView,
};

/// The one answer to a code that is wrong, void or unknown, whatever the reason.
pub fn refused() -> Problem {
    Problem::new(
        ProblemCode::InvalidCode,
        "the code is not right or not good any more; ask for a new one",
    )
}

/// The tokens of a session as it is now.
fn tokens(
    state: &AppState,
    sealer: &Sealer,
    session: &ClientSession,
    now: DateTime<Utc>,
) -> Result<ClientSessionView, Failure> {
    let caller = ClientCaller {
        agency: session.agency_id,
        client: session.client_id,
        session: session.id,
        issued_at: now.trunc_subsecs(0),
    };
    let refresh = ClientRefreshToken {
        agency: session.agency_id,
        session: session.id,
        generation: session.generation,
    };
    Ok(ClientSessionView {
        access_token: state
            .tokens
            .issue_to_client(&caller)
            .ok_or_else(Problem::internal)?,
        token_type: "Bearer",
        expires_in: state.tokens.life_seconds(),
        refresh_token: refresh.encode(sealer),
    })
}
