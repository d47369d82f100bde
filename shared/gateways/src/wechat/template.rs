//! Template messages of a service account.

use std::{collections::BTreeMap, sync::Arc};

use chrono::TimeDelta;
use domain::Channel;
use serde::Serialize;

use super::account::Account;
use crate::{Accepted, Failure, MessageGateway, Outgoing, SendError, Sending};

/// How long after its first try a repetition is surely known: the platform drops one to the same
/// recipient within ten minutes (developers.weixin.qq.com, template message, `client_msg_id`), less what
/// a message may wait for its turn.
pub const REPETITION_KNOWN_FOR: TimeDelta = TimeDelta::minutes(8);

/// Sends to those who follow the service account; the recipient is the openid they have with it.
#[derive(Debug)]
pub struct TemplateGateway(Arc<Account>);

/// The body of `cgi-bin/message/template/send`.
#[derive(Serialize)]
struct Body<'a> {
    touser: &'a str,
    template_id: &'a str,
    client_msg_id: String,
    data: BTreeMap<&'a str, Value<'a>>,
}

/// One field, for this message and the subscribe message.
#[derive(Serialize)]
pub(super) struct Value<'a> {
    value: &'a str,
}

impl TemplateGateway {
    /// Sends from this account, which may be asked about its followers as well.
    pub fn new(account: impl Into<Arc<Account>>) -> Self {
        Self(account.into())
    }

    async fn post(&self, message: &Outgoing) -> Result<Accepted, SendError> {
        let (template_id, data) = fields(message)?;
        let body = Body {
            touser: &message.recipient,
            template_id,
            // A repetition is known by it, so a message keeps its id over all attempts.
            client_msg_id: message.message_id.uuid().simple().to_string(),
            data,
        };
        let path = "cgi-bin/message/template/send";
        Ok(accepted(self.0.post(path, &body, message.sent_at).await?))
    }
}

/// The template and its filled-in fields, each checked against the rule of its type: the platform would
/// refuse the whole message (47003).
pub(super) fn fields(message: &Outgoing) -> Result<(&str, BTreeMap<&str, Value<'_>>), SendError> {
    let template = message.template.as_ref();
    let template = template.ok_or_else(|| SendError::new(Failure::Configuration, "no_template"))?;
    let mut data = BTreeMap::new();
    for (name, value) in &template.params {
        if domain::channel_limits::wechat::check(name, value).is_err() {
            return Err(SendError::new(Failure::Permanent, "field_unfit"));
        }
        data.insert(name.as_str(), Value { value });
    }
    Ok((&template.provider_template_id, data))
}

/// Taken, not delivered: an event says what became of it.
pub(super) const fn accepted(id: Option<String>) -> Accepted {
    Accepted {
        provider_message_id: id,
        delivered: false,
    }
}

impl MessageGateway for TemplateGateway {
    fn send<'a>(&'a self, message: &'a Outgoing) -> Sending<'a> {
        Box::pin(self.post(message))
    }

    fn name(&self) -> &'static str {
        "wechat_template"
    }

    fn channel(&self) -> Channel {
        Channel::Wechat
    }
}
