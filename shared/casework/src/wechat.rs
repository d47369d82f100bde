//! Ending the binding of a client's WeChat account.

use domain::{ClientId, WechatBindingId};
use storage::{client_sessions, wechat_bindings};

use crate::work::{Work, WorkError};

/// Ends the client's bindings in force, or `only` this one, with the sessions they opened; answers how
/// many. A binding of somebody else's is none of the client's.
pub fn unbind(
    work: &mut Work<'_, '_>,
    client: ClientId,
    only: Option<WechatBindingId>,
    reason: &str,
) -> Result<usize, WorkError> {
    let mut ended = 0;
    for binding in wechat_bindings::of_client(work.tx, work.agency, client)? {
        if binding.ended_at.is_none() && only.is_none_or(|only| only == binding.id) {
            let (id, now) = (binding.id, work.now);
            wechat_bindings::end(work.tx, work.agency, id, now, reason)?;
            client_sessions::revoke_opened_by(work.tx, work.agency, client, id, now, reason)?;
            ended += 1;
        }
    }
    Ok(ended)
}
