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
    /// The same text as a template of the gateway's vendor, where it takes no other. Without one such
    /// a gateway refuses the message.
    pub template: Option<ProviderTemplate>,
    /// When this attempt is made, in UTC.
    pub sent_at: DateTime<Utc>,
}

/// A text that the vendor has on file, and what is filled in. `Debug` shows no values.
#[derive(Clone, PartialEq, Eq)]
pub struct ProviderTemplate {
    /// The vendor's id of the template.
    pub provider_template_id: String,
    /// Name and value of each variable, in the order the template has them. A vendor whose variables
    /// have places instead of names takes the values in this order.
    pub params: Vec<(String, String)>,
}

impl Outgoing {
    /// The words of the text's signature 【…】, which vendors of SMS want by themselves.
    pub fn signature(&self) -> Option<&str> {
        let (signature, _) = self.text.strip_prefix('【')?.split_once('】')?;
        Some(signature)
    }
}

impl fmt::Debug for ProviderTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.params.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("ProviderTemplate")
            .field("provider_template_id", &self.provider_template_id)
            .field("params", &names)
            .finish()
    }
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
        template: None,
        sent_at: "2026-06-05T01:00:00Z".parse().unwrap(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_stands_at_the_beginning() {
        let of = |text: &str| {
            let message = Outgoing {
                text: text.to_owned(),
                ..example()
            };
            message.signature().map(ToOwned::to_owned)
        };
        assert_eq!(
            of("【城东服务站】您好【再见】").as_deref(),
            Some("城东服务站")
        );
        for without in ["", "您好", "您好【城东服务站】", "【城东服务站"] {
            assert_eq!(of(without), None, "{without}");
        }
    }

    #[test]
    fn no_value_is_shown() {
        let template = ProviderTemplate {
            provider_template_id: "SMS_1".to_owned(),
            params: vec![("name".to_owned(), "王先生".to_owned())],
        };
        let message = Outgoing {
            template: Some(template.clone()),
            ..example()
        };
        let shown = format!("{template:?} {message:?}");
        assert!(shown.contains("SMS_1") && !shown.contains('王'), "{shown}");
    }
}
