//! The session that asks.

use casework::Work;
use platform::config::AuthConfig;
use storage::sessions;

use super::list::open;
use crate::{
    auth::Caller,
    failure::Failure,
    services::{account, staff},
    views::account::CurrentSessionView,
};

/// The caller's session, and what the owner of its account should notice.
///
/// # Errors
/// `not_found` when it is not on file any more.
pub fn current(
    work: &mut Work<'_, '_>,
    auth: &AuthConfig,
    caller: Caller,
) -> Result<CurrentSessionView, Failure> {
    let session = sessions::get(work.tx, work.agency, caller.session)?
        .ok_or_else(|| Failure::not_found("session"))?;
    let staff = staff::get(work, caller.staff)?;
    Ok(CurrentSessionView {
        session: open(&session, caller.session),
        account: account::show(work, auth, &staff, caller.session)?,
        restriction: caller.restriction,
        notices: (&staff.notices).into(),
        staff: staff.into(),
    })
}
