//! One account at WeChat, a service account or a mini program: its client and its access token.

use std::{fmt, time::Duration};

use chrono::{DateTime, Utc};
use reqwest::{Client, Url};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::answer::{self, Answer, Verdict};
use crate::{
    SendError,
    access_token::{AccessToken, Fetch, Granted, deadline, left},
    http::{self, BuildError, ClientSettings},
};

/// Where WeChat answers.
pub const BASE_URL: &str = "https://api.weixin.qq.com/";

/// How an account is reached.
#[derive(Debug, Clone)]
pub struct AccountSettings {
    /// Where the platform answers: [`BASE_URL`] but for tests and proxies.
    pub base_url: SecretString,
    /// Its id, `wx…`.
    pub app_id: String,
    /// Its secret.
    pub secret: SecretString,
    /// Longest time one message may take, its token included.
    pub timeout: Duration,
    /// Longest time to connect.
    pub connect_timeout: Duration,
    /// Whether the platform may stand at an address that is not public.
    pub allow_private_addresses: bool,
}

/// One account. Connections and the token are shared by all that send.
pub struct Account {
    client: Client,
    base: Url,
    app_id: String,
    secret: SecretString,
    timeout: Duration,
    token: AccessToken,
}

/// One call, with a token.
pub(super) struct Call<'a, B> {
    pub path: &'a str,
    /// Beside the token.
    pub query: &'a [(&'a str, &'a str)],
    /// What is posted; none: it is asked for.
    pub body: Option<&'a B>,
}

#[derive(Serialize)]
struct TokenRequest<'a> {
    grant_type: &'static str,
    appid: &'a str,
    secret: &'a str,
    force_refresh: bool,
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: SecretString,
    expires_in: i64,
}

impl Account {
    /// An account by `settings`.
    ///
    /// # Errors
    /// [`BuildError`]: a URL that is none, or an address that is not allowed.
    pub fn new(settings: &AccountSettings) -> Result<Self, BuildError> {
        Ok(Self {
            base: http::check_url(&settings.base_url, settings.allow_private_addresses)?,
            client: http::build(ClientSettings {
                timeout: settings.timeout,
                connect_timeout: settings.connect_timeout,
                allow_private_addresses: settings.allow_private_addresses,
            })?,
            app_id: settings.app_id.clone(),
            secret: settings.secret.clone(),
            timeout: settings.timeout,
            token: AccessToken::default(),
        })
    }

    /// Posts a message at `now` (UTC) and answers the platform's id of it, if it gave one.
    pub(super) async fn post(
        &self,
        path: &str,
        message: &impl Serialize,
        now: DateTime<Utc>,
    ) -> Result<Option<String>, SendError> {
        let call = Call {
            path,
            query: &[],
            body: Some(message),
        };
        let answer: Answer = self.exchange(&call, now).await?;
        answer.into_id()
    }

    /// Makes a call at `now` (UTC). A token that the platform refuses is renewed once.
    pub(super) async fn exchange<T: Verdict>(
        &self,
        call: &Call<'_, impl Serialize>,
        now: DateTime<Utc>,
    ) -> Result<T, SendError> {
        let deadline = deadline(self.timeout);
        let fetch = |how| self.fetch_token(how, deadline, now);
        let token = self.token.get(now, deadline, fetch).await?;
        let first: T = self.once(call, &token, deadline, now).await?;
        if !first.refuses_the_token() {
            return Ok(first);
        }
        let token = self.token.renew(&token, now, deadline, fetch).await?;
        self.once(call, &token, deadline, now).await
    }

    async fn once<T: Verdict>(
        &self,
        call: &Call<'_, impl Serialize>,
        token: &SecretString,
        deadline: Instant,
        now: DateTime<Utc>,
    ) -> Result<T, SendError> {
        let mut url = self.at(call.path)?;
        url.query_pairs_mut()
            .append_pair("access_token", token.expose_secret())
            .extend_pairs(call.query);
        let request = match call.body {
            Some(body) => self.client.post(url).json(body),
            None => self.client.get(url),
        };
        let response = request.timeout(left(deadline)).send().await;
        let response = response.map_err(|error| http::classify_error(&error))?;
        answer::read(response, now).await
    }

    async fn fetch_token(
        &self,
        how: Fetch,
        deadline: Instant,
        now: DateTime<Utc>,
    ) -> Result<Granted, SendError> {
        let request = TokenRequest {
            grant_type: "client_credential",
            appid: &self.app_id,
            secret: self.secret.expose_secret(),
            force_refresh: how == Fetch::Forced,
        };
        let url = self.at("cgi-bin/stable_token")?;
        let request = self.client.post(url).json(&request);
        let response = request.timeout(left(deadline)).send().await;
        let response = response.map_err(|error| http::classify_error(&error))?;
        let answer: TokenAnswer = answer::read_token(response, now).await?;
        Ok(Granted {
            token: answer.access_token,
            expires_in: answer.expires_in,
        })
    }

    fn at(&self, path: &str) -> Result<Url, SendError> {
        let url = self.base.join(path);
        url.or(Err(SendError::new(
            crate::Failure::Configuration,
            "request_invalid",
        )))
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("app_id", &self.app_id)
            .finish_non_exhaustive()
    }
}
