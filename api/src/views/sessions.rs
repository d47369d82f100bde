//! Sign-ins as JSON.

use std::fmt;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::views::staff::StaffView;

/// Who signs in.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateSession {
    /// Case does not matter.
    #[schema(example = "li.na")]
    pub username: String,
    /// The password.
    #[schema(value_type = String, format = Password, example = "一个足够长的密码-2026")]
    pub password: SecretString,
}

/// The tokens of a session.
#[derive(Clone, Serialize, ToSchema)]
pub struct SessionView {
    /// Send it as `Authorization: Bearer …`.
    pub access_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    pub token_type: &'static str,
    /// Seconds until the access token expires.
    #[schema(example = 900)]
    pub expires_in: i64,
    /// Good once, for `POST /v1/sessions/refresh`.
    pub refresh_token: String,
    /// Who signed in.
    pub staff: StaffView,
}

/// A refresh token to be exchanged.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefreshSession {
    /// The newest refresh token of the session.
    #[schema(value_type = String)]
    pub refresh_token: SecretString,
}

/// Shows no token.
impl fmt::Debug for SessionView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionView")
            .field("staff", &self.staff.id)
            .finish_non_exhaustive()
    }
}
