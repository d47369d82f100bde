//! One-time subscribe messages of a mini program: each takes one credit of its recipient
//! ([`domain::subscription_credit`]).

use std::collections::BTreeMap;

use domain::Channel;
use serde::Serialize;

use super::{
    account::Account,
    template::{Value, accepted, fields},
};
use crate::{Accepted, MessageGateway, Outgoing, SendError, Sending};

/// Sends to those who accepted a message; the recipient is the openid they have with the mini program.
///
/// The platform knows no repetition: a message whose fate is unknown takes a second credit when it is
/// sent again.
#[derive(Debug)]
pub struct SubscribeGateway {
    account: Account,
    page: Option<String>,
    state: MiniProgramState,
}

/// Which build of the mini program a message opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MiniProgramState {
    /// What its developers try out.
    Developer,
    /// What is tried out before it is published.
    Trial,
    /// What everybody has.
    #[default]
    Formal,
}

/// The body of `cgi-bin/message/subscribe/send`.
#[derive(Serialize)]
struct Body<'a> {
    touser: &'a str,
    template_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<&'a str>,
    data: BTreeMap<&'a str, Value<'a>>,
    miniprogram_state: MiniProgramState,
    lang: &'static str,
}

impl SubscribeGateway {
    /// Sends from this account; `page` is the page of the mini program that the message opens, with its
    /// query, if it opens one.
    pub const fn new(account: Account, page: Option<String>, state: MiniProgramState) -> Self {
        Self {
            account,
            page,
            state,
        }
    }

    async fn post(&self, message: &Outgoing) -> Result<Accepted, SendError> {
        let (template_id, data) = fields(message)?;
        let body = Body {
            touser: &message.recipient,
            template_id,
            page: self.page.as_deref(),
            data,
            miniprogram_state: self.state,
            lang: "zh_CN",
        };
        let path = "cgi-bin/message/subscribe/send";
        let id = self.account.post(path, &body, message.sent_at).await?;
        Ok(accepted(id))
    }
}

impl MessageGateway for SubscribeGateway {
    fn send<'a>(&'a self, message: &'a Outgoing) -> Sending<'a> {
        Box::pin(self.post(message))
    }

    fn name(&self) -> &'static str {
        "wechat_subscribe"
    }

    fn channel(&self) -> Channel {
        Channel::Wechat
    }
}
