//! Replies as JSON: as the office's platform posts them (read by [`gateways::reply`]), and as they are
//! shown.

use chrono::{DateTime, Utc};
use domain::{
    Channel, MessageId, ReplyId,
    reply::{ReplyDoubt, ReplyEffect, ReplyMeaning},
};
use serde::Serialize;
use storage::replies::Reply;
use utoipa::ToSchema;

/// What somebody answered. More fields may be there; they are passed over.
#[derive(Serialize, ToSchema)]
#[expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]
pub struct ReplyBody {
    /// `reply.received`.
    #[serde(rename = "type")]
    #[schema(example = "reply.received")]
    pub kind: String,
    /// When it was sent.
    pub timestamp: Option<DateTime<Utc>>,
    /// Who answered what.
    pub data: ReplyData,
}

/// One answer.
#[derive(Serialize, ToSchema)]
#[expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]
pub struct ReplyData {
    /// The platform's own id of it, the same in every repetition.
    #[schema(example = "r-8812")]
    pub id: String,
    /// The number it came from.
    #[schema(example = "13900001111")]
    pub from: String,
    /// What it says.
    #[schema(example = "1")]
    pub text: String,
    /// Our id of the message it answers, where the platform can tell; else it is taken to answer the
    /// last one of the week.
    pub message_id: Option<MessageId>,
}

/// What somebody answered to a message.
#[derive(Serialize, ToSchema)]
#[expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]
pub struct ReplyView {
    /// UUIDv7.
    pub id: ReplyId,
    /// The way it came.
    pub channel: Channel,
    /// By which provider's account.
    pub gateway: String,
    /// What it means, as far as a table of words can tell.
    pub meaning: ReplyMeaning,
    /// What it did.
    pub effect: ReplyEffect,
    /// Why it did not do what it says.
    pub doubt: Option<ReplyDoubt>,
    /// When it was sent, by the gateway's word; UTC.
    pub sent_at: Option<DateTime<Utc>>,
    /// When it came; UTC.
    pub received_at: DateTime<Utc>,
    /// What it says; not in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "我想改期")]
    pub text: Option<String>,
}

impl ReplyView {
    /// A reply; `with_text` shows what it says.
    pub fn new(reply: Reply, with_text: bool) -> Self {
        Self {
            id: reply.id,
            channel: reply.channel,
            gateway: reply.account,
            meaning: reply.meaning,
            effect: reply.effect,
            doubt: reply.doubt,
            sent_at: reply.sent_at,
            received_at: reply.received_at,
            text: with_text.then_some(reply.text),
        }
    }
}
