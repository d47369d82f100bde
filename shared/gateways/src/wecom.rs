//! App messages to staff by WeCom (企业微信). Clients get nothing this way: what WeCom calls messages to
//! customers waits for an employee to confirm each.
//!
//! A message counts as taken when its recipient is not among those the answer names as invalid; there is
//! no receipt beyond that (WeCom, "发送应用消息").

mod answer;

use std::{fmt, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{Channel, staff_notice::is_wecom_user};
use reqwest::{Client, Response, Url};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use tokio::time::Instant;

use self::answer::{Answer, TokenAnswer};
use crate::{
    Accepted, Failure, MessageGateway, Outgoing, SendError, Sending,
    access_token::{AccessToken, Granted, deadline, left},
    http::{self, BuildError, ClientSettings},
};

/// Where WeCom answers.
pub const BASE_URL: &str = "https://qyapi.weixin.qq.com/";
/// Longest text, in bytes; WeCom cuts a longer one.
const TEXT_BYTES: usize = 2_048;
/// How long WeCom drops a repetition of the same text to the same person; its longest.
pub const REPETITION_KNOWN_FOR: TimeDelta = TimeDelta::hours(4);

/// How an app of the office's WeCom is reached.
#[derive(Debug, Clone)]
pub struct WecomSettings {
    /// Where the platform answers: [`BASE_URL`] but for tests and proxies.
    pub base_url: SecretString,
    /// CorpID, `ww…`.
    pub corp_id: String,
    /// The app's secret.
    pub secret: SecretString,
    /// The app's number.
    pub agent_id: i64,
    /// Longest time one message may take, its token included.
    pub timeout: Duration,
    /// Longest time to connect.
    pub connect_timeout: Duration,
    /// Whether the platform may stand at an address that is not public.
    pub allow_private_addresses: bool,
}

/// Sends to members of the office's WeCom; the recipient is a user id.
pub struct WecomGateway {
    client: Client,
    base: Url,
    settings: WecomSettings,
    token: AccessToken,
}

#[derive(Serialize)]
struct Body<'a> {
    touser: &'a str,
    msgtype: &'static str,
    agentid: i64,
    text: Text<'a>,
    enable_duplicate_check: u8,
    duplicate_check_interval: i64,
}

#[derive(Serialize)]
struct Text<'a> {
    content: &'a str,
}

impl WecomGateway {
    /// A gateway by `settings`.
    ///
    /// # Errors
    /// [`BuildError`]: a URL that is none, or an address that is not allowed.
    pub fn new(settings: WecomSettings) -> Result<Self, BuildError> {
        Ok(Self {
            base: http::check_url(&settings.base_url, settings.allow_private_addresses)?,
            client: http::build(ClientSettings {
                timeout: settings.timeout,
                connect_timeout: settings.connect_timeout,
                allow_private_addresses: settings.allow_private_addresses,
            })?,
            settings,
            token: AccessToken::default(),
        })
    }

    async fn post(&self, message: &Outgoing) -> Result<Accepted, SendError> {
        let user = user(&message.recipient)?;
        let text = marked(message);
        if text.len() > TEXT_BYTES {
            return Err(SendError::new(Failure::Permanent, "text_too_long"));
        }
        let body = Body {
            touser: user,
            msgtype: "text",
            agentid: self.settings.agent_id,
            text: Text { content: &text },
            enable_duplicate_check: 1,
            duplicate_check_interval: REPETITION_KNOWN_FOR.num_seconds(),
        };
        let (now, deadline) = (message.sent_at, deadline(self.settings.timeout));
        // Another token than the present one cannot be forced: it is asked for in one way.
        let fetch = |_| self.fetch_token(deadline, now);
        let token = self.token.get(now, deadline, fetch).await?;
        let first = self.once(&token, &body, deadline, now).await?;
        let last = if first.refuses_the_token() {
            let token = self.token.renew(&token, now, deadline, fetch).await?;
            self.once(&token, &body, deadline, now).await?
        } else {
            first
        };
        last.verdict(user)
    }

    async fn once(
        &self,
        token: &SecretString,
        body: &Body<'_>,
        deadline: Instant,
        now: DateTime<Utc>,
    ) -> Result<Answer, SendError> {
        let query = [("access_token", token.expose_secret())];
        let url = self.at("cgi-bin/message/send", &query)?;
        let response = self
            .client
            .post(url)
            .json(body)
            .timeout(left(deadline))
            .send();
        let body = body_of(response.await, now).await?;
        serde_json::from_slice(&body).or(Err(SendError::new(Failure::Unknown, "answer_invalid")))
    }

    async fn fetch_token(
        &self,
        deadline: Instant,
        now: DateTime<Utc>,
    ) -> Result<Granted, SendError> {
        let query = [
            ("corpid", self.settings.corp_id.as_str()),
            ("corpsecret", self.settings.secret.expose_secret()),
        ];
        let url = self.at("cgi-bin/gettoken", &query)?;
        let response = self.client.get(url).timeout(left(deadline)).send();
        let body = body_of(response.await, now).await?;
        let answer: Result<TokenAnswer, _> = serde_json::from_slice(&body);
        let unreadable = SendError::new(Failure::Transient, "answer_invalid");
        answer.or(Err(unreadable))?.into_token()
    }

    fn at(&self, path: &str, query: &[(&str, &str)]) -> Result<Url, SendError> {
        let url = self.base.join(path);
        let mut url = url.or(Err(SendError::new(
            Failure::Configuration,
            "request_invalid",
        )))?;
        url.query_pairs_mut().extend_pairs(query);
        Ok(url)
    }
}

/// The text with a mark of its message. The platform tells a repetition by the text alone and drops it
/// without a word: two tries at a message say the same, and two messages never do, though they happened in
/// one minute and are worded alike.
fn marked(message: &Outgoing) -> String {
    let id = message.message_id.uuid().as_u128();
    format!("{}\n编号{:06X}", message.text, id & 0xFF_FFFF)
}

/// A user id: never several, and never `@all`.
fn user(recipient: &str) -> Result<&str, SendError> {
    if is_wecom_user(recipient) {
        return Ok(recipient);
    }
    Err(SendError::new(Failure::Permanent, "recipient_invalid"))
}

/// The body of an answer with status 200, which is also that of a refusal. After a fault on the other
/// side the message may have been taken.
async fn body_of(
    response: Result<Response, reqwest::Error>,
    now: DateTime<Utc>,
) -> Result<Vec<u8>, SendError> {
    let response = response.map_err(|error| http::classify_error(&error))?;
    http::json_body(response, now).await
}

impl fmt::Debug for WecomGateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WecomGateway")
            .field("corp_id", &self.settings.corp_id)
            .field("agent_id", &self.settings.agent_id)
            .finish_non_exhaustive()
    }
}

impl MessageGateway for WecomGateway {
    fn send<'a>(&'a self, message: &'a Outgoing) -> Sending<'a> {
        Box::pin(self.post(message))
    }

    fn name(&self) -> &'static str {
        "wecom"
    }

    fn channel(&self) -> Channel {
        Channel::Wecom
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_person_is_one_recipient() {
        for good in ["zhangsan", "Li.Si-2_x@office", "7"] {
            assert_eq!(user(good), Ok(good));
        }
        for bad in ["", "@all", "a|b", "|", "张三", "a b", "-a"] {
            assert!(user(bad).is_err(), "{bad}");
        }
    }
}
