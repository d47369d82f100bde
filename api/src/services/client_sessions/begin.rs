//! Beginning a client's session.

use casework::Work;
use chrono::{DateTime, TimeDelta, Utc};
use domain::{ClientId, ClientSessionId, PhoneState, WechatBindingId};
use storage::{
    Scope, client_numbers,
    client_sessions::{self, ClientSession},
    clients,
};

use super::{refused, tokens};
use crate::{failure::Failure, state::AppState, views::client_sessions::ClientSessionView};

/// Begins a session of a client who proved to hold `phone`, at `now` in the time of sign-ins. The
/// number counts as verified from then on.
///
/// # Errors
/// `invalid_code` when the number is not the client's any more.
pub fn begin(
    work: &mut Work<'_, '_>,
    state: &AppState,
    client: ClientId,
    phone: &str,
    now: DateTime<Utc>,
) -> Result<(ClientSessionId, ClientSessionView), Failure> {
    // Read again: staff may have changed the number since the client was chosen.
    let client = clients::get(work.tx, work.agency, Scope::default(), client)?
        .filter(|client| client.phone.as_deref() == Some(phone))
        .ok_or_else(refused)?;
    client_numbers::note_use(work.tx, work.agency, client.id, phone, now)?;
    if client.phone_state != PhoneState::Verified {
        let verified = PhoneState::Verified;
        clients::set_phone_state(work.tx, work.agency, client.id, verified, work.now)?;
    }
    open(work, state, client.id, None, now)
}

/// Opens a session of a client who showed who they are, at `now` in the time of sign-ins (UTC).
pub(super) fn open(
    work: &mut Work<'_, '_>,
    state: &AppState,
    client: ClientId,
    wechat_binding_id: Option<WechatBindingId>,
    now: DateTime<Utc>,
) -> Result<(ClientSessionId, ClientSessionView), Failure> {
    let session = ClientSession {
        agency_id: work.agency,
        id: work.ids.next(),
        client_id: client,
        generation: 0,
        retry_generation: None,
        created_at: now,
        last_used_at: now,
        idle_ends_at: now + TimeDelta::days(i64::from(state.client_sign_in.session_idle_days)),
        expires_at: now + TimeDelta::days(i64::from(state.client_sign_in.session_absolute_days)),
        revoked_at: None,
        revoked_reason: None,
        wechat_binding_id,
    };
    client_sessions::insert(work.tx, &session)?;
    let sealer = state.store.sealer();
    Ok((session.id, tokens(state, sealer, &session, now)?))
}
