//! The WeChat accounts of clients: those that follow the office's service account, and the end of a
//! binding.

use chrono::{DateTime, Utc};
use domain::{ClientId, WechatBindingId, consent::ConsentPurpose, wechat::WechatApp};
use storage::{
    client_sessions,
    wechat_bindings::{self, Account, WechatBinding},
};

use crate::{
    consents,
    work::{Work, WorkError},
};

/// Why a binding ends when its client does so.
pub const UNBOUND: &str = "unbound";

/// Somebody who follows the office's service account, and whom the platform says to have bound the mini
/// program. No `Debug`: personal data.
#[expect(
    missing_debug_implementations,
    reason = "an openid never reaches a log"
)]
pub struct Follower<'a> {
    /// The service account's `AppID`.
    pub app_id: &'a str,
    /// The person's ids with it, and with all linked accounts.
    pub account: Account<'a>,
    /// Whether they just began to follow it, rather than used it.
    pub begins: bool,
    /// When, by the platform (UTC).
    pub at: DateTime<Utc>,
}

/// Binds the service account to the client who bound the mini program by `known`; `seen_at` is in the
/// time of sign-ins (UTC). None where that is not to be: the client consents to WeChat no more, has it
/// bound, or unbound it and has not followed it anew.
pub fn follow(
    work: &mut Work<'_, '_>,
    known: &WechatBinding,
    follower: &Follower<'_>,
    seen_at: DateTime<Utc>,
) -> Result<Option<WechatBindingId>, WorkError> {
    let client = known.client_id;
    if !consents::in_force(work, client, ConsentPurpose::Wechat)? {
        return Ok(None);
    }
    let all = wechat_bindings::of_client(work.tx, work.agency, client)?;
    let is_known = |it: &WechatBinding| it.id == known.id && it.ended_at.is_none();
    if !all.iter().any(is_known) {
        return Ok(None);
    }
    let last = all.iter().rfind(|it| it.app_id == follower.app_id);
    let refused = last.is_some_and(|last| match last.ended_reason.as_deref() {
        None => true,
        Some(UNBOUND) => !follower.begins && last.ended_at >= Some(known.bound_at),
        Some(_) => false,
    });
    if refused {
        return Ok(None);
    }
    let id = work.ids.next();
    let binding = WechatBinding {
        agency_id: work.agency,
        id,
        client_id: client,
        app: WechatApp::ServiceAccount,
        app_id: follower.app_id.to_owned(),
        // An unfollowing after it ends it, also one that happened before this was looked into.
        bound_at: follower.at.min(work.now),
        last_used_at: seen_at,
        ended_at: None,
        ended_reason: None,
    };
    wechat_bindings::insert(work.tx, &binding, &follower.account)?;
    Ok(Some(id))
}

/// Ends the client's bindings in force, or `only` this one, with the sessions they opened; answers how
/// many. With the mini program the service account ends too, which was bound because of it. A binding of
/// somebody else's is none of the client's.
pub fn unbind(
    work: &mut Work<'_, '_>,
    client: ClientId,
    only: Option<WechatBindingId>,
    reason: &str,
) -> Result<usize, WorkError> {
    let mut bindings = wechat_bindings::of_client(work.tx, work.agency, client)?;
    bindings.retain(|binding| binding.ended_at.is_none());
    let ends_all = only.is_none_or(|only| {
        let named = bindings.iter().find(|binding| binding.id == only);
        named.is_some_and(|named| named.app == WechatApp::MiniProgram)
    });
    let mut ended = 0;
    for binding in bindings {
        if ends_all || only == Some(binding.id) {
            let (id, now) = (binding.id, work.now);
            wechat_bindings::end(work.tx, work.agency, id, now, reason)?;
            client_sessions::revoke_opened_by(work.tx, work.agency, client, id, now, reason)?;
            ended += 1;
        }
    }
    Ok(ended)
}
