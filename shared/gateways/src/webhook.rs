//! Messages by HTTP POST to the office's own SMS platform, in the Standard Webhooks format.
//!
//! The body is `{"type":"message.send","timestamp":…,"data":{"id":…,"attempt_id":…,"to":…,
//! "text":…,"kind":…}}`. `webhook-id` is the message's id in every attempt, so that the platform
//! can tell a repetition; `webhook-timestamp` is that of the attempt.

use std::{fmt, time::Duration};

use chrono::{DateTime, SecondsFormat, Utc};
use domain::{AttemptId, Channel, MessageId, MessageKind};
use reqwest::{Client, Response, StatusCode, Url, header};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::{
    Accepted, Failure, MessageGateway, Outgoing, SendError, Sending,
    http::{self, BuildError, ClientSettings},
    standard_webhooks::{ID, SIGNATURE, Secret, TIMESTAMP},
    wire_text,
};

/// How much of an answer is read. All that is wanted from it is an id.
const ANSWER_BYTES: usize = 16 * 1024;

/// Where and how to post.
#[derive(Debug, Clone)]
pub struct WebhookSettings {
    /// The platform's URL. A secret: it may carry a token.
    pub url: SecretString,
    /// `whsec_…`
    pub secret: SecretString,
    /// Longest time one message may take.
    pub timeout: Duration,
    /// Longest time to connect.
    pub connect_timeout: Duration,
    /// Whether the platform may stand in the office's own network.
    pub allow_private_addresses: bool,
}

/// Posts messages to one URL. Connections are reused.
pub struct WebhookGateway {
    client: Client,
    url: Url,
    secret: Secret,
}

#[derive(Serialize)]
struct Body<'a> {
    r#type: &'static str,
    timestamp: String,
    data: Data<'a>,
}

#[derive(Serialize)]
struct Data<'a> {
    id: MessageId,
    attempt_id: AttemptId,
    to: &'a str,
    text: &'a str,
    kind: MessageKind,
}

/// What the platform may answer with.
#[derive(Deserialize)]
struct Answer {
    id: String,
}

impl WebhookGateway {
    /// A gateway by `settings`.
    ///
    /// # Errors
    /// [`BuildError`]: a URL or secret that is none, or an address that is not allowed.
    pub fn new(settings: &WebhookSettings) -> Result<Self, BuildError> {
        let url = http::check_url(&settings.url, settings.allow_private_addresses)?;
        let secret = Secret::parse(&settings.secret)?;
        let client = http::build(ClientSettings {
            timeout: settings.timeout,
            connect_timeout: settings.connect_timeout,
            allow_private_addresses: settings.allow_private_addresses,
        })?;
        Ok(Self {
            client,
            url,
            secret,
        })
    }

    async fn post(&self, message: &Outgoing) -> Result<Accepted, SendError> {
        let body = body(message)?;
        let id = message.message_id.to_string();
        let signature = self.secret.sign(&id, message.sent_at, &body);
        let response = self
            .client
            .post(self.url.clone())
            .header(header::CONTENT_TYPE, "application/json")
            .header(ID, id)
            .header(TIMESTAMP, message.sent_at.timestamp())
            .header(SIGNATURE, signature)
            .body(body)
            .send()
            .await
            .map_err(|error| http::classify_error(&error))?;
        if response.status().is_success() {
            return Ok(accepted(response).await);
        }
        Err(refused(
            response.status(),
            response.headers(),
            message.sent_at,
        ))
    }
}

fn body(message: &Outgoing) -> Result<Vec<u8>, SendError> {
    let body = Body {
        r#type: "message.send",
        timestamp: message.sent_at.to_rfc3339_opts(SecondsFormat::AutoSi, true),
        data: Data {
            id: message.message_id,
            attempt_id: message.attempt_id,
            to: &message.recipient,
            text: &message.text,
            kind: message.kind,
        },
    };
    serde_json::to_vec(&body).or(Err(SendError::new(Failure::Permanent, "body_invalid")))
}

/// Any 2xx is acceptance, whatever the body is or however it ends.
async fn accepted(response: Response) -> Accepted {
    let body = http::read_bounded(response, ANSWER_BYTES).await;
    let provider_message_id = serde_json::from_slice::<Answer>(&body)
        .ok()
        .and_then(|answer| wire_text::reference(&answer.id));
    Accepted {
        provider_message_id,
        delivered: false,
    }
}

/// What a refusal means. A server error counts as "not taken": the platform can tell a repetition
/// by `webhook-id`, while a person cannot be told of a test that was never announced.
fn refused(status: StatusCode, headers: &header::HeaderMap, now: DateTime<Utc>) -> SendError {
    let class = match status.as_u16() {
        400 | 413 | 422 => Failure::Permanent,
        429 => Failure::Quota,
        408 | 425 | 500..=599 => Failure::Transient,
        // Redirects, 401, 403, 404, 405, 410 (unsubscribed) and the like: the wrong place, or the
        // wrong key.
        _ => Failure::Configuration,
    };
    SendError {
        class,
        code: format!("http_{}", status.as_u16()),
        retry_after: http::retry_after(headers, now),
    }
}

impl fmt::Debug for WebhookGateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookGateway(..)")
    }
}

impl MessageGateway for WebhookGateway {
    fn send<'a>(&'a self, message: &'a Outgoing) -> Sending<'a> {
        Box::pin(self.post(message))
    }

    fn name(&self) -> &'static str {
        "webhook"
    }

    fn channel(&self) -> Channel {
        Channel::Webhook
    }
}

#[cfg(test)]
mod tests;
