//! The product's own HTTP API, as any program would call it.

use std::{net::SocketAddr, time::Duration};

use gateways::http::{self, ClientSettings};
use reqwest::Method;
use serde_json::Value;

use super::error::DemoError;

/// The sandbox's API.
#[derive(Debug)]
pub struct Api {
    http: reqwest::Client,
    /// Where it is, without a slash at the end.
    pub base: String,
}

impl Api {
    /// The API that listens on `address`.
    pub fn new(address: SocketAddr) -> Result<Self, DemoError> {
        let settings = ClientSettings {
            timeout: Duration::from_mins(2),
            connect_timeout: Duration::from_secs(5),
            allow_private_addresses: true,
        };
        Ok(Self {
            http: http::build(settings).map_err(DemoError::start)?,
            base: format!("http://{address}"),
        })
    }

    /// The answer to a GET.
    pub async fn get(&self, token: &str, path: &str) -> Result<Value, DemoError> {
        self.call(Method::GET, Some(token), path, None).await
    }

    /// The answer to a POST.
    pub async fn post(&self, token: &str, path: &str, body: Value) -> Result<Value, DemoError> {
        self.call(Method::POST, Some(token), path, Some(body)).await
    }

    /// The answer to a PUT.
    pub async fn put(&self, token: &str, path: &str, body: Value) -> Result<Value, DemoError> {
        self.call(Method::PUT, Some(token), path, Some(body)).await
    }

    /// The access token of a new session.
    pub async fn sign_in(&self, username: &str, password: &str) -> Result<String, DemoError> {
        let body = serde_json::json!({ "username": username, "password": password });
        let session = self
            .call(Method::POST, None, "/v1/sessions", Some(body))
            .await?;
        Ok(super::json::text(&session, "/access_token")?.to_owned())
    }

    /// Every item of a list, over all its pages.
    pub async fn all(&self, token: &str, path: &str) -> Result<Vec<Value>, DemoError> {
        let join = if path.contains('?') { '&' } else { '?' };
        let mut items = Vec::new();
        let mut next = format!("{path}{join}limit=100");
        loop {
            let page = self.get(token, &next).await?;
            items.extend_from_slice(super::json::list(&page, "/items")?);
            match page.pointer("/next_cursor").and_then(Value::as_str) {
                Some(cursor) => next = format!("{path}{join}limit=100&cursor={cursor}"),
                None => return Ok(items),
            }
        }
    }

    async fn call(
        &self,
        method: Method,
        token: Option<&str>,
        path: &str,
        body: Option<Value>,
    ) -> Result<Value, DemoError> {
        let call = format!("{method} {path}");
        let silent = |error: reqwest::Error| DemoError::Silent(call.clone(), error);
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await.map_err(silent)?;
        let status = response.status();
        let text = response.text().await.map_err(silent)?;
        if !status.is_success() {
            return Err(DemoError::Refused {
                call,
                status: status.as_u16(),
                body: text,
            });
        }
        if text.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_str(&text).map_err(DemoError::start)
    }
}
