//! The accounts that post to the API, and what they post.

use platform::config::ProviderConfig;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{Response, TestApp};

/// The account at Aliyun.
pub const ALIYUN: &str = "aliyun-main";
/// The account at Tencent Cloud.
pub const TENCENT: &str = "tencent-main";
/// The secret in the path of each.
pub const PATH_SECRET: &str = "k3Jd8sPq0ZxV5nB7mW2yT4uR6cL9aE1h";

/// One account at each vendor, as the settings list them.
///
/// # Panics
/// Never.
pub fn accounts() -> Vec<ProviderConfig> {
    let accounts = json!([
        { "name": ALIYUN, "kind": "aliyun", "callback_secret": PATH_SECRET },
        { "name": TENCENT, "kind": "tencent", "callback_secret": PATH_SECRET },
    ]);
    serde_json::from_value(accounts).unwrap()
}

/// Where an account posts receipts, with this secret.
pub fn receipts_path(account: &str, secret: &str) -> String {
    format!("/v1/gateways/{account}/{secret}/receipts")
}

/// What vendors post and are answered, as it was recorded.
///
/// # Panics
/// Never.
pub fn recorded() -> Value {
    let text = include_str!("../../shared/gateways/fixtures/push_payloads_and_responses.json");
    serde_json::from_str(text).unwrap()
}

impl TestApp {
    /// A vendor posts receipts to its path.
    pub async fn vendor_posts(&self, account: &str, body: &Value) -> Response {
        let path = receipts_path(account, PATH_SECRET);
        self.send(self.request(Method::POST, &path).json(body))
            .await
    }
}
