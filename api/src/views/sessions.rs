//! Sign-ins as JSON.

use std::fmt;

use chrono::{DateTime, Utc};
use domain::SessionId;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    auth::Restriction,
    views::{account::AccountView, staff::StaffView},
};

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
    /// Whoever has a second factor: the six digits that the authenticator shows, or a recovery code.
    /// Each is good once.
    #[schema(value_type = Option<String>, example = "123456")]
    pub totp: Option<SecretString>,
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
    /// What has to be done first; until then the session does nothing else. `null`: nothing.
    pub restriction: Option<Restriction>,
    /// Who signed in.
    pub staff: StaffView,
    /// What the owner of the account should notice; `null` when tokens are refreshed.
    pub account: Option<AccountView>,
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

/// A sign-in that goes on.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OpenSessionView {
    /// UUIDv7.
    pub id: SessionId,
    /// Whether it is the one that asks.
    pub current: bool,
    /// UTC.
    pub created_at: DateTime<Utc>,
    /// When it last got tokens, UTC.
    pub last_used_at: DateTime<Utc>,
    /// When it ends however much it is used, UTC.
    pub expires_at: DateTime<Utc>,
}

/// The sign-ins of a staff member that go on.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OpenSessionList {
    /// The newest first, at most a hundred.
    pub items: Vec<OpenSessionView>,
}

/// A password in place of the present one.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangePassword {
    /// The present password.
    #[schema(value_type = String, format = Password)]
    pub current_password: SecretString,
    /// 12–128 characters; none that is guessed first, without username, office or agency.
    #[schema(value_type = String, format = Password, example = "另一个足够长的密码-2026")]
    pub new_password: SecretString,
}

/// Whoever sets up a second factor proves once more who they are.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BeginSecondFactor {
    /// The password.
    #[schema(value_type = String, format = Password)]
    pub password: SecretString,
    /// Whoever has a second factor already: one of its codes, or a recovery code.
    #[schema(value_type = Option<String>, example = "123456")]
    pub totp: Option<SecretString>,
}

/// A second factor to be. It is shown once.
#[derive(Clone, Serialize, ToSchema)]
pub struct NewSecondFactorView {
    /// To be typed into an authenticator: base32.
    #[schema(example = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")]
    pub secret: String,
    /// The same as an authenticator reads it.
    pub otpauth_url: String,
    /// The same as a picture to be scanned: an SVG document.
    pub qr_svg: String,
}

/// Shows no secret.
impl fmt::Debug for NewSecondFactorView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewSecondFactorView")
    }
}

/// What shows that the authenticator works.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmSecondFactor {
    /// The six digits it shows.
    #[schema(value_type = String, example = "123456")]
    pub totp: SecretString,
}

/// Codes for the day the authenticator is lost. They are shown once.
#[derive(Clone, Serialize, ToSchema)]
pub struct RecoveryCodesView {
    /// Each is good once, in place of a code of the authenticator.
    #[schema(example = json!(["ABCD-EFGH-IJKL-MNOP"]))]
    pub recovery_codes: Vec<String>,
}

/// Shows no code.
impl fmt::Debug for RecoveryCodesView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCodesView")
    }
}
