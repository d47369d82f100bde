//! One message on its way out, and the answer to it.

use std::fmt;

use chrono::{DateTime, Utc};
use domain::{AttemptId, MessageId, MessageKind};

/// One attempt at one message. `Debug` shows neither recipient nor text.
#[derive(Clone)]
pub struct Outgoing {
    /// The attempt, recorded before the call; the gateway's reference for its receipts.
    pub attempt_id: AttemptId,
    /// The message; the same in every attempt.
    pub message_id: MessageId,
    /// Phone number in E.164 (`+8613800138000`).
    pub recipient: String,
    /// The whole text with its signature.
    pub text: String,
    /// What it is about.
    pub kind: MessageKind,
    /// When this attempt is made, in UTC.
    pub sent_at: DateTime<Utc>,
}

impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outgoing")
            .field("attempt_id", &self.attempt_id)
            .field("message_id", &self.message_id)
            .field("kind", &self.kind)
            .field("sent_at", &self.sent_at)
            .finish_non_exhaustive()
    }
}

/// The gateway took the message over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The gateway's own reference, when it gave one.
    pub provider_message_id: Option<String>,
    /// Whether it is delivered already and no receipt will come.
    pub delivered: bool,
}

/// A message for tests.
#[cfg(test)]
pub(crate) fn example() -> Outgoing {
    Outgoing {
        attempt_id: "0190163d-8694-739b-aea5-966c26f8ad91".parse().unwrap(),
        message_id: "0190163d-8694-739b-aea5-966c26f8ad90".parse().unwrap(),
        recipient: "+8613800138000".to_owned(),
        text: "【城东服务站】王先生您好,您预约的服务请于6月12日17:00前到站办理。".to_owned(),
        kind: MessageKind::AppointmentReminder,
        sent_at: "2026-06-05T01:00:00Z".parse().unwrap(),
    }
}
