//! Pauses of sending as JSON.

use chrono::{DateTime, Utc};
use domain::{OfficeId, SendingPauseId, StaffId};
use serde::{Deserialize, Serialize};
use storage::sending_pauses::{Paused, SendingPause};
use utoipa::{IntoParams, ToSchema};

/// Somebody stopped sending.
#[derive(Serialize, ToSchema)]
#[expect(
    missing_debug_implementations,
    reason = "what people write never reaches a log"
)]
pub struct SendingPauseView {
    /// UUIDv7.
    pub id: SendingPauseId,
    /// The office whose messages are held back; `null`: a gateway's are.
    pub office_id: Option<OfficeId>,
    /// The gateway by which no message is sent for the agency, one-time codes aside; `null`: it is an
    /// office's pause.
    pub gateway: Option<String>,
    /// Why.
    pub reason: String,
    /// Whether it stands.
    pub standing: bool,
    /// Who made it.
    pub made_by: StaffId,
    /// UTC.
    pub made_at: DateTime<Utc>,
    /// Who ended it.
    pub ended_by: Option<StaffId>,
    /// UTC.
    pub ended_at: Option<DateTime<Utc>>,
}

impl From<SendingPause> for SendingPauseView {
    fn from(pause: SendingPause) -> Self {
        let (office_id, gateway) = match pause.paused {
            Paused::Office(office) => (Some(office), None),
            Paused::Gateway(gateway) => (None, Some(gateway)),
        };
        Self {
            id: pause.id,
            office_id,
            gateway,
            reason: pause.reason,
            standing: pause.ended_at.is_none(),
            made_by: pause.made_by,
            made_at: pause.made_at,
            ended_by: pause.ended_by,
            ended_at: pause.ended_at,
        }
    }
}

/// What is not to be sent, and why: an office's messages, or whatever would leave by a gateway.
/// One-time codes for signing in go on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_debug_implementations,
    reason = "what people write never reaches a log"
)]
pub struct CreateSendingPause {
    /// The office; not with `gateway`.
    pub office_id: Option<OfficeId>,
    /// The gateway, by its name in the settings, which have to list it; attempts show it too. Not with
    /// `office_id`.
    #[schema(example = "aliyun-main")]
    pub gateway: Option<String>,
    /// Why, in words; up to 2,000 characters.
    #[schema(example = "运营商通知今晚割接")]
    pub reason: String,
}

/// Which pauses to list.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListSendingPauses {
    /// `true`: only those that are not ended.
    pub standing: Option<bool>,
    /// Items on the page, 1–100.
    #[param(minimum = 1, maximum = 100, default = 20, example = 20)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}
