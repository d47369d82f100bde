//! Asks accounts what became of messages, outside any unit of work.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use futures_util::{StreamExt as _, stream};
use gateways::{Failure, Found, MessageGateway, SendError, Sought};
use storage::{attempts::Try, messages::Message};

use super::deliver::{Surroundings, e164, texted};
use crate::{Provider, job::Context};

/// How much longer than its own time-out a gateway is given to come back.
const SLACK: Duration = Duration::from_secs(2);

/// One message to be asked about, and what it is asked for.
pub(super) struct Question<T> {
    pub about: T,
    account: String,
    gateway: Arc<dyn MessageGateway>,
    sought: Sought,
    /// The answer, once it came.
    pub found: Option<Found>,
}

impl<T> Question<T> {
    /// What became of a try at a message; none where its account, or the number it went to, cannot be
    /// asked about.
    pub fn new(
        about: T,
        message: &Message,
        made: &Try,
        provider: &Provider,
        loaded: &Surroundings,
        now: DateTime<Utc>,
    ) -> Option<Self> {
        if !provider.gateway.can_be_asked() {
            return None;
        }
        Some(Self {
            account: provider.name.clone(),
            gateway: Arc::clone(&provider.gateway),
            sought: Sought {
                attempt_id: made.attempt_id,
                recipient: number(message, made, loaded)?,
                sent_at: made.started_at,
                ended_at: made.finished_at.unwrap_or(now),
                provider_message_id: made.provider_message_id.clone(),
                now,
            },
            found: None,
            about,
        })
    }
}

/// The number a try went to, in E.164, whether or not it would be texted again. None if it went to an
/// earlier number of the client's: the account finds a message by its number, which is kept nowhere, and
/// would call it absent by another.
fn number(message: &Message, made: &Try, loaded: &Surroundings) -> Option<String> {
    let Some(client) = message.client_id else {
        return texted(loaded.staff.get(&message.staff_id?)?);
    };
    let number = loaded.numbers.get(&client)?;
    let is_theirs = made.phone_index.as_ref() == Some(number);
    let phone = loaded.clients.get(&client)?.phone.as_deref();
    phone.filter(|_| is_theirs).and_then(e164)
}

/// Asks, so many at a time. A question that failed could not be answered.
pub(super) async fn ask<T>(
    context: &Context,
    job: &'static str,
    questions: Vec<Question<T>>,
) -> Vec<Question<T>> {
    let longest = context.parts.settings.send_timeout + SLACK;
    let asking = questions.into_iter().map(|mut one| async move {
        let asked = one.gateway.look_up(&one.sought);
        let found = match tokio::time::timeout(longest, asked).await {
            Ok(Ok(found)) => found,
            Ok(Err(error)) => {
                let SendError { class, code, .. } = &error;
                if *class == Failure::Configuration {
                    tracing::error!(account = %one.account, %class, %code, "an account refuses to be asked: an operator has to act");
                } else {
                    tracing::warn!(account = %one.account, %class, %code, "a look-up failed");
                }
                Found::CannotTell
            }
            Err(_elapsed) => Found::CannotTell,
        };
        one.found = Some(found);
        one
    });
    stream::iter(asking)
        .buffer_unordered(context.parts.settings.concurrency)
        .inspect(|_answered| context.goes_on(job))
        .collect()
        .await
}
