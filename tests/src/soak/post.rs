//! What vendors post to the API.

use chrono::{DateTime, Utc};
use reqwest::{Method, StatusCode};
use serde_json::Value;

use super::vendors::{MINI_PROGRAM, SERVICE_ACCOUNT, Vendors};
use crate::{
    TestApp,
    fakes::wechat::{self, event, finished, sent},
};

/// One post.
pub(super) enum Post {
    /// Receipts of a vendor of text messages, to the account's own path.
    Receipts(&'static str, Value),
    /// An event of WeChat about an account, signed and encrypted.
    Wechat(&'static str, String),
    /// A receipt of the office's platform, signed.
    Platform(Value),
}

impl Post {
    /// What WeChat says of a message. That it failed is for want of something of its own.
    pub fn wechat(taken: &wechat::Taken, delivered: bool, now: DateTime<Utc>) -> Self {
        let id = taken.msgid.to_string();
        let (account, parts) = if taken.call == "subscribe" {
            let code = if delivered { "0" } else { "-1" };
            (MINI_PROGRAM, sent(&id, &taken.template_id, code))
        } else {
            let status = if delivered {
                "success"
            } else {
                "failed: system failed"
            };
            (SERVICE_ACCOUNT, finished(&id, status))
        };
        Self::Wechat(account, event(&taken.to, now.timestamp(), &parts))
    }

    /// Posts it; answers the status.
    pub async fn send(self, app: &TestApp, vendors: &Vendors) -> StatusCode {
        match self {
            Self::Receipts(account, body) => app.vendor_posts(account, &body).await.status,
            Self::Wechat(account, event) => app.wechat_calls(account, &event).await.status,
            Self::Platform(body) => {
                let body = body.to_string().into_bytes();
                let path = format!("/v1/agencies/{}/receipts", app.seed().agency);
                let mut request = app
                    .request(Method::POST, &path)
                    .header("content-type", "application/json");
                let at = app.sign_in_clock().now();
                for (name, value) in vendors.platform.sign("soak", at, &body) {
                    request = request.header(name, value);
                }
                app.send(request.body(body)).await.status
            }
        }
    }
}
