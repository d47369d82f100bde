//! What somebody is shown of their own account.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    auth::Restriction,
    views::{
        sessions::OpenSessionView,
        staff::{NoticesView, StaffView},
    },
};

/// Whether others tried an account, and what of it changed or runs out: for its owner to notice.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AccountView {
    /// The newest sign-in besides this one, UTC; `null`: none on file, for they are kept half a year.
    pub last_sign_in: Option<DateTime<Utc>>,
    /// Failed attempts at the account since then. Whoever did not make them changes the password and
    /// tells the security administration.
    #[schema(example = 0)]
    pub failed_since: u64,
    /// Since when the password is in use, UTC.
    pub password_changed_at: DateTime<Utc>,
    /// When the password has to be changed, UTC; a temporary one is not good any more then. `null`:
    /// it does not age.
    pub password_expires_at: Option<DateTime<Utc>>,
    /// Since when the second factor is in use, UTC; `null`: there is none.
    pub second_factor_since: Option<DateTime<Utc>>,
    /// Recovery codes that were not used yet.
    #[schema(example = 10)]
    pub recovery_codes_left: i64,
}

/// The session that asks, and the account it is of.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CurrentSessionView {
    /// The session.
    pub session: OpenSessionView,
    /// Whose it is.
    pub staff: StaffView,
    /// How they are told of their work.
    pub notices: NoticesView,
    /// What has to be done first; until then the session does nothing else. `null`: nothing.
    pub restriction: Option<Restriction>,
    /// What the owner should notice.
    pub account: AccountView,
}
