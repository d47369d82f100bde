//! The sandbox's gateway: keeps messages to be looked at, and sends nothing.

use std::{
    collections::VecDeque,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, Utc};
use domain::{AttemptId, Channel, MessageId, MessageKind};

use crate::{Accepted, Failure, MessageGateway, Outgoing, SendError, Sending};

/// One message as it would have gone out. `Debug` shows neither recipient nor text.
#[derive(Clone, PartialEq, Eq)]
pub struct Recorded {
    /// When it was handed over (UTC).
    pub at: DateTime<Utc>,
    pub recipient: String,
    pub text: String,
    pub kind: MessageKind,
    pub message_id: MessageId,
    pub attempt_id: AttemptId,
}

impl fmt::Debug for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorded")
            .field("at", &self.at)
            .field("kind", &self.kind)
            .field("message_id", &self.message_id)
            .field("attempt_id", &self.attempt_id)
            .finish_non_exhaustive()
    }
}

/// Keeps the last messages in memory; clones share them. Every message counts as delivered at
/// once.
#[derive(Clone)]
pub struct RecordingGateway {
    keep: usize,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    sent: VecDeque<Recorded>,
    failures: VecDeque<Failure>,
}

impl RecordingGateway {
    /// A gateway that keeps the last `keep` messages.
    pub fn new(keep: usize) -> Self {
        Self {
            keep,
            state: Arc::default(),
        }
    }

    /// The messages kept, oldest first.
    pub fn sent(&self) -> Vec<Recorded> {
        self.state().sent.iter().cloned().collect()
    }

    /// Makes the next `count` messages fail with `class` instead of being kept.
    pub fn fail_next(&self, count: usize, class: Failure) {
        self.state()
            .failures
            .extend(std::iter::repeat_n(class, count));
    }

    fn record(&self, message: &Outgoing) -> Result<Accepted, SendError> {
        let mut state = self.state();
        if let Some(class) = state.failures.pop_front() {
            return Err(SendError::new(class, "scripted"));
        }
        state.sent.push_back(Recorded {
            at: message.sent_at,
            recipient: message.recipient.clone(),
            text: message.text.clone(),
            kind: message.kind,
            message_id: message.message_id,
            attempt_id: message.attempt_id,
        });
        if state.sent.len() > self.keep {
            state.sent.pop_front();
        }
        let provider_message_id = Some(message.attempt_id.to_string());
        Ok(Accepted {
            provider_message_id,
            delivered: true,
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for RecordingGateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordingGateway")
            .field("keep", &self.keep)
            .field("kept", &self.state().sent.len())
            .finish_non_exhaustive()
    }
}

impl MessageGateway for RecordingGateway {
    fn send<'a>(&'a self, message: &'a Outgoing) -> Sending<'a> {
        Box::pin(async move { self.record(message) })
    }

    fn name(&self) -> &'static str {
        "recording"
    }

    fn channel(&self) -> Channel {
        Channel::Recording
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::example;

    #[tokio::test]
    async fn messages_are_kept_in_order_and_the_oldest_go_first() {
        let gateway = RecordingGateway::new(2);
        for text in ["一", "二", "三"] {
            let message = Outgoing {
                text: text.to_owned(),
                ..example()
            };
            let accepted = gateway.send(&message).await.unwrap();
            assert!(accepted.delivered);
        }
        let texts: Vec<_> = gateway
            .clone()
            .sent()
            .into_iter()
            .map(|sent| sent.text)
            .collect();
        assert_eq!(texts, ["二", "三"]);
    }

    #[tokio::test]
    async fn scripted_failures_come_first_and_keep_nothing() {
        let gateway = RecordingGateway::new(9);
        gateway.fail_next(2, Failure::Transient);
        for _ in 0..2 {
            let error = gateway.send(&example()).await.unwrap_err();
            assert_eq!(error.class, Failure::Transient);
        }
        assert!(gateway.sent().is_empty());
        gateway.send(&example()).await.unwrap();
        assert_eq!(gateway.sent().len(), 1);
    }

    #[tokio::test]
    async fn debug_shows_neither_recipient_nor_text() {
        let gateway = RecordingGateway::new(9);
        gateway.send(&example()).await.unwrap();
        let shown = format!("{gateway:?} {:?} {:?}", gateway.sent(), example());
        assert!(
            !shown.contains("138") && !shown.contains("王先生"),
            "{shown}"
        );
    }
}
