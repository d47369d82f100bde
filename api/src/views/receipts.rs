//! Receipts of gateways, for the document; they are read by [`gateways::receipt`].

use chrono::{DateTime, Utc};
use domain::{AttemptId, MessageId};
use serde::Serialize;
use utoipa::ToSchema;

/// What became of a message. More fields may be there; they are passed over.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReceiptBody {
    /// `message.delivered` or `message.failed`; other types are kept and settle nothing.
    #[serde(rename = "type")]
    #[schema(example = "message.delivered")]
    pub kind: String,
    /// When it happened.
    pub timestamp: Option<DateTime<Utc>>,
    /// The message and what is known of it.
    pub data: ReceiptData,
}

/// Names the message: at least one of `id` and `attempt_id`.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReceiptData {
    /// Our id of the message.
    pub id: Option<MessageId>,
    /// Our id of the attempt.
    pub attempt_id: Option<AttemptId>,
    /// The platform's own reference.
    #[schema(example = "8812")]
    pub provider_id: Option<String>,
    /// The carrier's or platform's code.
    #[schema(example = "DELIVRD")]
    pub code: Option<String>,
    /// With `message.failed`: whether another try is pointless.
    pub permanent: Option<bool>,
}
