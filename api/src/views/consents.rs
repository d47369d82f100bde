//! The ledger of consents as JSON.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    ActorKind, ConsentId,
    consent::{ConsentAct, ConsentChannel, ConsentPurpose},
};
use serde::{Deserialize, Serialize};
use storage::consents::Consent;
use utoipa::ToSchema;
use uuid::Uuid;

/// A consent that a client gave.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordConsent {
    /// For what.
    pub purpose: ConsentPurpose,
    /// The version of the text the client agreed to: 1 to 40 of a–z, 0–9, `-`, `_` and `.`.
    #[schema(example = "wechat-2026-01")]
    pub text_version: String,
    /// How the client said so.
    pub channel: ConsentChannel,
    /// The day on which, in the office's time zone; today unless given.
    #[serde(default)]
    #[schema(example = "2026-01-05")]
    pub said_on: Option<NaiveDate>,
}

/// A consent that a client withdrew.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WithdrawConsent {
    /// For what.
    pub purpose: ConsentPurpose,
    /// How the client said so.
    pub channel: ConsentChannel,
    /// The day on which, in the office's time zone; today unless given.
    #[serde(default)]
    #[schema(example = "2026-01-05")]
    pub said_on: Option<NaiveDate>,
}

/// One entry of a client's ledger. The last one for a purpose says what holds.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConsentView {
    /// UUIDv7.
    pub id: ConsentId,
    /// For what.
    pub purpose: ConsentPurpose,
    /// Given or withdrawn.
    pub act: ConsentAct,
    /// The version of the text the client agreed to.
    #[schema(example = "wechat-2026-01")]
    pub text_version: String,
    /// How the client said so.
    pub channel: ConsentChannel,
    /// The day on which, in the office's time zone.
    pub said_on: NaiveDate,
    /// Who wrote it down: staff, or the client.
    pub recorded_by_kind: ActorKind,
    /// Which one.
    pub recorded_by: Option<Uuid>,
    /// UTC.
    pub recorded_at: DateTime<Utc>,
}

impl From<Consent> for ConsentView {
    fn from(entry: Consent) -> Self {
        Self {
            id: entry.id,
            purpose: entry.purpose,
            act: entry.act,
            text_version: entry.text_version,
            channel: entry.channel,
            said_on: entry.said_on,
            recorded_by_kind: entry.recorded_by_kind,
            recorded_by: entry.recorded_by.map(storage::AnyId::uuid),
            recorded_at: entry.recorded_at,
        }
    }
}
