//! A client's session by a WeChat account that is bound.

use casework::Work;
use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    ClientSessionId,
    sign_in_code::{Held, asks_second_fact},
};
use gateways::wechat::sign_in::Identity;
use secrecy::ExposeSecret as _;
use storage::wechat_bindings::{self, WechatBinding};

use super::begin::open;
use crate::{
    failure::Failure, problem::Problem, problem_code::ProblemCode, services::wechat::Found,
    state::AppState, views::client_sessions::ClientSessionView,
};

/// The one answer to an account that opens nothing, whatever the reason.
pub fn not_bound() -> Problem {
    Problem::new(
        ProblemCode::NotBound,
        "this account opens nothing here; sign in with a number, then bind it",
    )
}

/// Whether the account is not enough at `now` in the time of sign-ins (UTC). What makes a number
/// doubtful makes an account doubtful that may be on the same telephone: staff took back that the
/// number is the client's, or nobody signed in with it for long.
pub fn doubtful(found: &Found, now: DateTime<Utc>) -> bool {
    let held = Held {
        shared: false,
        state: found.client.phone_state,
        last_used_at: Some(found.binding.last_used_at),
    };
    asks_second_fact(&held, now)
}

/// Whether the second fact, if one is given, is the client's.
pub fn fits(found: &Found, birth_date: Option<NaiveDate>) -> bool {
    birth_date.is_none_or(|date| found.client.birth_date == Some(date))
}

/// Begins a session by an account that WeChat vouched for, at `now` in the time of sign-ins (UTC). It
/// proves nothing about the client's number.
///
/// # Errors
/// `not_bound` when the binding has ended since.
pub fn begin_by_wechat(
    work: &mut Work<'_, '_>,
    state: &AppState,
    (binding, identity): (&WechatBinding, &Identity),
    now: DateTime<Utc>,
) -> Result<(ClientSessionId, ClientSessionView), Failure> {
    if !wechat_bindings::note_use(work.tx, work.agency, binding.id, now)? {
        return Err(not_bound().into());
    }
    if let Some(union_id) = &identity.union_id {
        let union_id = union_id.expose_secret();
        wechat_bindings::note_union(work.tx, work.agency, binding.id, union_id)?;
    }
    open(work, state, binding.client_id, Some(binding.id), now)
}
