//! Binding one's own account, and the list of what is bound.

use casework::{Work, consents};
use chrono::{DateTime, Utc};
use domain::{ClientId, Refusal, RefusalCode, consent::ConsentPurpose, wechat::WechatApp};
use gateways::wechat::sign_in::Identity;
use secrecy::{ExposeSecret as _, SecretString};
use storage::wechat_bindings::{self, Account, WechatBinding};

use crate::{failure::Failure, problem::Problem};

/// Whether the client allowed it. To be asked before WeChat is, which tells who it is.
///
/// # Errors
/// `consent_not_in_force`.
pub fn may_bind(work: &mut Work<'_, '_>, client: ClientId) -> Result<(), Failure> {
    if consents::in_force(work, client, ConsentPurpose::Wechat)? {
        return Ok(());
    }
    Err(consents::not_in_force(ConsentPurpose::Wechat).into())
}

/// Binds the account that WeChat vouched for to the client, at `now` in the time of sign-ins (UTC);
/// answers the binding and whether it is new. Doing so again changes nothing.
///
/// # Errors
/// `consent_not_in_force`; `conflict` where somebody has the account, in this agency or `elsewhere`, or
/// the client has another one bound.
pub fn bind(
    work: &mut Work<'_, '_>,
    client: ClientId,
    (app_id, identity): (&str, &Identity),
    elsewhere: bool,
    now: DateTime<Utc>,
) -> Result<(WechatBinding, bool), Failure> {
    may_bind(work, client)?;
    let open_id = identity.open_id.expose_secret();
    match wechat_bindings::find(work.tx, work.agency, app_id, open_id)? {
        Some(known) if known.client_id == client => return Ok((known, false)),
        Some(_) => return Err(is_taken().into()),
        None if elsewhere => return Err(is_taken().into()),
        None => {}
    }
    let mut own = bound(work, client)?.into_iter();
    if own.any(|binding| binding.app_id == app_id) {
        let detail = "another account is bound; unbind it first";
        return Err(Refusal::new(RefusalCode::Conflict, detail).into());
    }
    let binding = WechatBinding {
        agency_id: work.agency,
        id: work.ids.next(),
        client_id: client,
        app: WechatApp::MiniProgram,
        app_id: app_id.to_owned(),
        bound_at: work.now,
        last_used_at: now,
        ended_at: None,
        ended_reason: None,
    };
    let union_id = identity.union_id.as_ref();
    let account = Account {
        open_id,
        union_id: union_id.map(SecretString::expose_secret),
    };
    wechat_bindings::insert(work.tx, &binding, &account)?;
    Ok((binding, true))
}

/// Says that the account cannot be bound, and not whose it is.
pub fn is_taken() -> Problem {
    let detail = "this account cannot be bound here; unbind it first where it is bound";
    Refusal::new(RefusalCode::Conflict, detail).into()
}

/// What is bound to the client now, oldest first.
pub fn bound(work: &mut Work<'_, '_>, client: ClientId) -> Result<Vec<WechatBinding>, Failure> {
    let mut all = wechat_bindings::of_client(work.tx, work.agency, client)?;
    all.retain(|binding| binding.ended_at.is_none());
    Ok(all)
}
