//! The accounts that post to the API, and what they post.

use platform::config::ProviderConfig;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    Response, TestApp,
    fakes::wechat::{AES_KEY, APP_ID, Callback, TOKEN, callback},
};

/// The account at Aliyun.
pub const ALIYUN: &str = "aliyun-main";
/// The account at Tencent Cloud.
pub const TENCENT: &str = "tencent-main";
/// The service account at WeChat.
pub const SERVICE_ACCOUNT: &str = "service-account";
/// The mini program.
pub const MINI_PROGRAM: &str = "mini-program";
/// The secret in the path of each vendor of SMS.
pub const PATH_SECRET: &str = "k3Jd8sPq0ZxV5nB7mW2yT4uR6cL9aE1h";

/// The accounts, as the settings list them.
///
/// # Panics
/// Never.
pub fn accounts() -> Vec<ProviderConfig> {
    let accounts = json!([
        { "name": ALIYUN, "kind": "aliyun", "callback_secret": PATH_SECRET },
        { "name": TENCENT, "kind": "tencent", "callback_secret": PATH_SECRET },
        {
            "name": SERVICE_ACCOUNT, "kind": "wechat_template", "app_id": APP_ID,
            "callback_token": TOKEN, "callback_aes_key": AES_KEY,
        },
        {
            "name": MINI_PROGRAM, "kind": "wechat_subscribe", "app_id": APP_ID,
            "callback_token": TOKEN, "callback_aes_key": AES_KEY,
        },
    ]);
    serde_json::from_value(accounts).unwrap()
}

/// Where an account posts receipts, with this secret.
pub fn receipts_path(account: &str, secret: &str) -> String {
    format!("/v1/gateways/{account}/{secret}/receipts")
}

/// Where WeChat calls back about an account, with what signs the call.
pub fn wechat_path(account: &str, call: &Callback) -> String {
    let Callback {
        timestamp,
        nonce,
        msg_signature,
        signature,
        ..
    } = call;
    format!(
        "/v1/gateways/{account}/wechat?signature={signature}&timestamp={timestamp}&nonce={nonce}\
         &openid=o-1&encrypt_type=aes&msg_signature={msg_signature}&echostr=5838479218127813673"
    )
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

    /// WeChat calls back with this message, now.
    pub async fn wechat_calls(&self, account: &str, message: &str) -> Response {
        let call = callback(message, self.sign_in_clock().now());
        self.wechat_called(account, call).await
    }

    /// A call back of WeChat comes in.
    pub async fn wechat_called(&self, account: &str, call: Callback) -> Response {
        let request = self.request(Method::POST, &wechat_path(account, &call));
        let request = request.header("content-type", "text/xml");
        self.send(request.body(call.body)).await
    }
}
