//! What clients allow, in the app.

use chrono::NaiveDate;
use domain::consent::{ConsentAct, ConsentChannel, ConsentPurpose};
use serde::{Deserialize, Serialize};
use storage::consents::Consent;
use utoipa::ToSchema;

/// A consent to be given.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GiveMyConsent {
    /// For what.
    pub purpose: ConsentPurpose,
    /// The version of the text that was shown: 1 to 40 of a–z, 0–9, `-`, `_` and `.`.
    #[schema(example = "wechat-2026-01")]
    pub text_version: String,
}

/// A consent to be withdrawn.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WithdrawMyConsent {
    /// For what.
    pub purpose: ConsentPurpose,
}

/// What was said last about a purpose.
#[derive(Debug, Serialize, ToSchema)]
pub struct MyConsent {
    /// For what.
    pub purpose: ConsentPurpose,
    /// Given or withdrawn.
    pub act: ConsentAct,
    /// The version of the text.
    #[schema(example = "wechat-2026-01")]
    pub text_version: String,
    /// By which way it was said.
    pub channel: ConsentChannel,
    /// The day on which, in the office's time zone.
    pub said_on: NaiveDate,
}

/// What holds.
#[derive(Debug, Serialize, ToSchema)]
pub struct MyConsents {
    /// By purpose.
    pub items: Vec<MyConsent>,
}

impl From<Consent> for MyConsent {
    fn from(entry: Consent) -> Self {
        Self {
            purpose: entry.purpose,
            act: entry.act,
            text_version: entry.text_version,
            channel: entry.channel,
            said_on: entry.said_on,
        }
    }
}
