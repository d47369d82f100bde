//! Exchanging a refresh token.

use casework::Work;
use chrono::{DateTime, Utc};
use storage::{
    StorageError,
    refresh_tokens::{self, RefreshToken},
    sessions::{self, Session},
    staff::{self, Staff},
};

use super::begin::issue;
use crate::{
    auth::refresh_token::RefreshTokenText, failure::Failure, problem::Problem,
    problem_code::ProblemCode, state::AppState, views::sessions::SessionView,
};

/// Exchanges a refresh token for a new pair, at `now` in the time of sign-ins.
///
/// A token is good once. The last one used is taken once more as long as its successor is unused:
/// then the answer was lost on its way, and the successor is void. Any other second use, and any use
/// of a void one, means that two hold tokens of the session.
///
/// # Errors
/// `invalid_refresh_token`, or `refresh_token_reused`: then the caller has to end the session.
pub fn refresh(
    work: &mut Work<'_, '_>,
    state: &AppState,
    text: &RefreshTokenText,
    now: DateTime<Utc>,
) -> Result<SessionView, Failure> {
    let (token, session, staff) = load(work, text, now)?;
    sessions::touch(work.tx, work.agency, session.id, now)?;
    if token.voided_at.is_some() {
        return Err(reused().into());
    }
    if token.used_at.is_none() {
        won(refresh_tokens::mark_used(
            work.tx,
            work.agency,
            token.id,
            now,
        )?)?;
        return issue(work, state, &staff, &session, token.generation + 1, now);
    }
    let newest = refresh_tokens::newest(work.tx, work.agency, session.id)?;
    match newest {
        // A second retry finds the generation after next; a void one was retried before.
        Some(next)
            if next.generation == token.generation + 1
                && next.used_at.is_none()
                && next.voided_at.is_none() =>
        {
            won(refresh_tokens::mark_void(
                work.tx,
                work.agency,
                next.id,
                now,
            )?)?;
            issue(work, state, &staff, &session, next.generation + 1, now)
        }
        _ => Err(reused().into()),
    }
}

fn reused() -> Problem {
    Problem::new(
        ProblemCode::RefreshTokenReused,
        "this refresh token was used before; the session has ended, sign in again",
    )
}

fn load(
    work: &mut Work<'_, '_>,
    text: &RefreshTokenText,
    now: DateTime<Utc>,
) -> Result<(RefreshToken, Session, Staff), Failure> {
    let token = refresh_tokens::get(work.tx, work.agency, text.id)?
        .filter(|token| token.session_id == text.session && text.fits(&token.secret_hash))
        .filter(|token| token.expires_at > now)
        .ok_or_else(invalid)?;
    let session = sessions::get(work.tx, work.agency, text.session)?
        .filter(|session| session.revoked_at.is_none() && session.expires_at > now)
        .ok_or_else(invalid)?;
    let staff = staff::get(work.tx, work.agency, session.staff_id)?
        .filter(|staff| staff.active)
        .ok_or_else(invalid)?;
    Ok((token, session, staff))
}

/// Whether this unit of work changed the token; if somebody else did this very moment, it looks
/// again.
fn won(changed: bool) -> Result<(), Failure> {
    if changed {
        Ok(())
    } else {
        Err(StorageError::Collision.into())
    }
}

/// The one answer to every token that is not good.
pub fn invalid() -> Problem {
    Problem::new(
        ProblemCode::InvalidRefreshToken,
        "the refresh token is not valid; sign in again",
    )
}
