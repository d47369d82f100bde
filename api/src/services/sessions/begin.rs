//! Beginning a session, and the tokens of one.

use casework::Work;
use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use domain::{RefreshTokenId, SessionId};
use storage::{
    refresh_tokens::{self, RefreshToken},
    sessions::{self, Session},
    staff::Staff,
};

use crate::{
    auth::{Caller, refresh_token::RefreshTokenText},
    failure::Failure,
    problem::Problem,
    services::sign_in::restriction_of,
    state::AppState,
    views::sessions::SessionView,
};

/// Begins a session of a staff member whose password was right, at `now` in the time of sign-ins.
pub fn begin(
    work: &mut Work<'_, '_>,
    state: &AppState,
    staff: &Staff,
    now: DateTime<Utc>,
) -> Result<(SessionId, SessionView), Failure> {
    let session = Session {
        agency_id: staff.agency_id,
        id: work.ids.next(),
        staff_id: staff.id,
        created_at: now,
        last_used_at: now,
        expires_at: now + TimeDelta::hours(i64::from(state.auth.session_absolute_hours)),
        revoked_at: None,
        revoked_reason: None,
    };
    sessions::insert(work.tx, &session)?;
    Ok((session.id, issue(work, state, staff, &session, 0, now)?))
}

/// A new pair of tokens for a session; `generation` counts its refresh tokens from 0.
pub(super) fn issue(
    work: &mut Work<'_, '_>,
    state: &AppState,
    staff: &Staff,
    session: &Session,
    generation: i32,
    now: DateTime<Utc>,
) -> Result<SessionView, Failure> {
    let id: RefreshTokenId = work.ids.next();
    let text = RefreshTokenText::new(session.agency_id, session.id, id, &state.randomness);
    let idle = now + TimeDelta::minutes(i64::from(state.auth.session_idle_minutes));
    refresh_tokens::insert(
        work.tx,
        &RefreshToken {
            agency_id: session.agency_id,
            id,
            session_id: session.id,
            secret_hash: text.secret_hash(),
            generation,
            issued_at: now,
            expires_at: idle.min(session.expires_at),
            used_at: None,
            voided_at: None,
        },
    )?;
    let issued_at = now.trunc_subsecs(0);
    // No token goes on after its session.
    let left = (session.expires_at - issued_at).num_seconds();
    let seconds = left.min(state.tokens.life_seconds());
    let caller = Caller {
        agency: session.agency_id,
        staff: staff.id,
        role: staff.role,
        office: staff.office_id,
        area: staff.area_code,
        session: session.id,
        issued_at,
        restriction: restriction_of(work, &state.auth, staff, now)?,
    };
    Ok(SessionView {
        access_token: state
            .tokens
            .issue_for(&caller, seconds)
            .ok_or_else(Problem::internal)?,
        token_type: "Bearer",
        expires_in: seconds,
        refresh_token: text.encode(),
        restriction: caller.restriction,
        staff: staff.clone().into(),
        account: None,
    })
}
