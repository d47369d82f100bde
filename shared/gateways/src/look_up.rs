//! Asking a gateway what it knows of an attempt, after a time-out or when no receipt came.

use std::{fmt, pin::Pin};

use chrono::{DateTime, Utc};
use domain::{AttemptId, delivery::ReceiptOutcome};

use crate::SendError;

/// An attempt to be asked about. `Debug` does not show the recipient.
#[derive(Clone)]
pub struct Sought {
    /// The attempt, as it was handed over.
    pub attempt_id: AttemptId,
    /// Its recipient, as in [`crate::Outgoing`].
    pub recipient: String,
    /// When the attempt was made (UTC).
    pub sent_at: DateTime<Utc>,
    /// When it was over (UTC): its call may have been made at any time until then.
    pub ended_at: DateTime<Utc>,
    /// The gateway's own reference, when it gave one.
    pub provider_message_id: Option<String>,
    /// When it is asked (UTC).
    pub now: DateTime<Utc>,
}

impl fmt::Debug for Sought {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sought")
            .field("attempt_id", &self.attempt_id)
            .field("sent_at", &self.sent_at)
            .field("provider_message_id", &self.provider_message_id)
            .field("now", &self.now)
            .finish_non_exhaustive()
    }
}

/// What a gateway knows of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// It took the message; no receipt came to it yet, or one that nobody can read.
    Taken {
        /// Its own reference.
        provider_message_id: Option<String>,
    },
    /// It took the message and knows what became of it.
    Settled {
        /// What became of it.
        outcome: ReceiptOutcome,
        /// The carrier's code.
        code: Option<String>,
        /// Its own reference.
        provider_message_id: Option<String>,
        /// When that happened (UTC), if it says.
        happened_at: Option<DateTime<Utc>>,
    },
    /// It never took it: proved. Sending again makes no duplicate.
    Absent,
    /// Nothing is proved, either way: this gateway cannot be asked, or not about this, or not yet.
    CannotTell,
}

/// The answer to come of one question. An error is one of asking; it says nothing of the message.
pub type LookingUp<'a> = Pin<Box<dyn Future<Output = Result<Found, SendError>> + Send + 'a>>;
