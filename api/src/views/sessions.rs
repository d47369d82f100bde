//! Sign-ins as JSON.

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
#[derive(Serialize, ToSchema)]
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
