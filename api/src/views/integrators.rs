//! Other systems with access, as JSON.

use std::fmt;

use chrono::{DateTime, Utc};
use domain::{IntegratorId, role::Permission};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A system that is to have access.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateIntegrator {
    /// What it is called here: 1–60 characters.
    #[schema(example = "县统计平台")]
    pub name: String,
    /// What it may read, in the whole agency: `list_offices`, `list_staff`, `preview_schedules`, and
    /// `read_` with `clients`, `cases`, `escalations`, `messages`, `tasks`, `rule_packs`, `calendars`
    /// or `templates`. Nothing that changes or decides can be given.
    #[schema(value_type = Vec<String>, example = json!(["list_offices", "read_cases"]))]
    pub scopes: Vec<Permission>,
}

/// Another system with access of its own.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct IntegratorView {
    /// UUIDv7.
    pub id: IntegratorId,
    /// What it is called here.
    #[schema(example = "县统计平台")]
    pub name: String,
    /// What it may read.
    #[schema(value_type = Vec<String>, example = json!(["list_offices", "read_cases"]))]
    pub scopes: Vec<Permission>,
    /// Whether it may get tokens.
    pub active: bool,
    /// What it names itself with at `POST /oauth/token`.
    pub client_id: String,
    /// When its secret was made, UTC; `null`: it has none any more.
    pub secret_made_at: Option<DateTime<Utc>>,
    /// When it last got a token by this secret, UTC.
    pub last_used_at: Option<DateTime<Utc>>,
    /// UTC.
    pub created_at: DateTime<Utc>,
    /// UTC.
    pub updated_at: DateTime<Utc>,
}

/// The same with its secret, which is shown this once.
#[derive(Clone, Serialize, ToSchema)]
pub struct IntegratorSecretView {
    /// The system.
    #[serde(flatten)]
    pub integrator: IntegratorView,
    /// Put it into the other system now: it is kept nowhere.
    #[schema(example = "txs_…")]
    pub client_secret: String,
}

/// Shows no secret.
impl fmt::Debug for IntegratorSecretView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IntegratorSecretView")
            .field("integrator", &self.integrator.id)
            .finish_non_exhaustive()
    }
}

/// Nothing has to be said.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RotateIntegratorSecret {}

/// Nothing has to be said.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeactivateIntegrator {}
