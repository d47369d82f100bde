//! Asks accounts what became of messages, outside any unit of work.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use futures_util::{StreamExt as _, stream};
use gateways::{Found, MessageGateway, Sought};
use storage::{attempts::Try, messages::Message};

use crate::{Provider, job::Context};

/// How much longer than its own time-out a gateway is given to come back.
const SLACK: Duration = Duration::from_secs(2);

/// One message to be asked about.
pub(super) struct Question {
    pub message: Message,
    account: String,
    gateway: Arc<dyn MessageGateway>,
    sought: Sought,
    /// The answer, once it came.
    pub found: Option<Found>,
}

impl Question {
    /// By the number it went to, in E.164.
    pub fn new(
        message: &Message,
        last: &Try,
        provider: &Provider,
        recipient: String,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            message: message.clone(),
            account: provider.name.clone(),
            gateway: Arc::clone(&provider.gateway),
            sought: Sought {
                attempt_id: last.attempt_id,
                recipient,
                sent_at: last.started_at,
                provider_message_id: last.provider_message_id.clone(),
                now,
            },
            found: None,
        }
    }
}

/// Asks, so many at a time. A question that failed could not be answered.
pub(super) async fn ask(context: &Context, questions: Vec<Question>) -> Vec<Question> {
    let longest = context.parts.settings.send_timeout + SLACK;
    let asking = questions.into_iter().map(|mut one| async move {
        let asked = one.gateway.look_up(&one.sought);
        let found = match tokio::time::timeout(longest, asked).await {
            Ok(Ok(found)) => found,
            Ok(Err(error)) => {
                tracing::warn!(account = %one.account, class = %error.class, code = %error.code, "a look-up failed");
                Found::CannotTell
            }
            Err(_elapsed) => Found::CannotTell,
        };
        one.found = Some(found);
        one
    });
    stream::iter(asking)
        .buffer_unordered(context.parts.settings.concurrency)
        .inspect(|_answered| context.goes_on(super::NAME))
        .collect()
        .await
}
