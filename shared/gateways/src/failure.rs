//! Why a message was not handed over.

use std::time::Duration;

use domain::delivery::Failure;

/// Why a message was not handed over. Carries no personal data, no text and no URL: it may be
/// stored and logged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{class}: {code}")]
pub struct SendError {
    /// What it means for the message.
    pub class: Failure,
    /// A short stable word, such as `connect`, `timeout` or `http_503`.
    pub code: String,
    /// How long the gateway asked to be left alone, as it said it. Whoever plans the next attempt
    /// puts bounds to it.
    pub retry_after: Option<Duration>,
}

impl SendError {
    /// A failure without a wish to be left alone.
    pub fn new(class: Failure, code: impl Into<String>) -> Self {
        Self {
            class,
            code: code.into(),
            retry_after: None,
        }
    }
}
