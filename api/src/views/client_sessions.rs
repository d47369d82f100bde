//! Sign-ins of clients as JSON.
#![expect(
    missing_debug_implementations,
    reason = "personal data and secrets never reach a log"
)]

use chrono::{DateTime, NaiveDate, Utc};
use domain::ClientSessionId;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Whose code. No `Debug`: personal data.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestClientCode {
    /// Mainland mobile number.
    #[schema(example = "13800138000")]
    pub phone: String,
}

/// What holds for every number, known or not.
#[derive(Serialize, ToSchema)]
pub struct ClientCodeView {
    /// Seconds for which the code is good.
    #[schema(example = 300)]
    pub expires_in: i64,
    /// Seconds before another one can be asked for.
    #[schema(example = 60)]
    pub resend_after: i64,
}

/// Who signs in. No `Debug`: personal data.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateClientSession {
    /// The number the code was sent to.
    #[schema(example = "13800138000")]
    pub phone: String,
    /// The six digits.
    #[schema(value_type = String, example = "123456")]
    pub code: SecretString,
    /// Asked for when the number alone does not show who it is (`second_fact_required`).
    #[schema(example = "1990-03-07")]
    pub birth_date: Option<NaiveDate>,
}

/// Who signs in with WeChat. No `Debug`: personal data.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateWechatSession {
    /// What `wx.login` answered in the mini program: good once, for five minutes.
    #[schema(value_type = String, example = "0f1Xq3000abcde1234000LQx7x1Xq30Q")]
    pub code: SecretString,
    /// Asked for when the account alone is not enough (`second_fact_required`).
    #[schema(example = "1990-03-07")]
    pub birth_date: Option<NaiveDate>,
}

/// The tokens of a client's session.
#[derive(Clone, Serialize, ToSchema)]
pub struct ClientSessionView {
    /// Send it as `Authorization: Bearer …`.
    pub access_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    pub token_type: &'static str,
    /// Seconds until the access token expires.
    #[schema(example = 900)]
    pub expires_in: i64,
    /// Good once, for `POST /v1/client-sessions/refresh`.
    pub refresh_token: String,
}

/// A sign-in of a client that goes on.
#[derive(Clone, Serialize, ToSchema)]
pub struct MySessionView {
    /// UUIDv7.
    pub id: ClientSessionId,
    /// Whether it is the one that asks.
    pub current: bool,
    /// UTC.
    pub created_at: DateTime<Utc>,
    /// When it last got tokens, UTC.
    pub last_used_at: DateTime<Utc>,
    /// When it ends if it is not used, UTC.
    pub idle_ends_at: DateTime<Utc>,
    /// When it ends however much it is used, UTC.
    pub expires_at: DateTime<Utc>,
}

/// The sign-ins of a client that go on.
#[derive(Serialize, ToSchema)]
pub struct MySessionList {
    /// The newest first.
    pub items: Vec<MySessionView>,
}

/// A refresh token to be exchanged.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefreshClientSession {
    /// The newest refresh token of the session.
    #[schema(value_type = String)]
    pub refresh_token: SecretString,
}
