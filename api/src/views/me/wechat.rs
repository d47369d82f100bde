//! One's own WeChat accounts. WeChat's own id of an account never goes out.

use chrono::{DateTime, Utc};
use domain::{WechatBindingId, wechat::WechatApp};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use storage::wechat_bindings::WechatBinding;
use utoipa::ToSchema;

/// The account to bind. No `Debug`: a secret.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BindMyWechat {
    /// What `wx.login` answered in the mini program: good once, for five minutes.
    #[schema(value_type = String, example = "0f1Xq3000abcde1234000LQx7x1Xq30Q")]
    pub code: SecretString,
}

/// A WeChat account that is bound.
#[derive(Clone, Serialize, ToSchema)]
pub struct MyWechatBinding {
    /// UUIDv7.
    pub id: WechatBindingId,
    /// What it is bound for.
    pub app: WechatApp,
    /// Since when (UTC).
    pub bound_at: DateTime<Utc>,
    /// When it last signed in, or was bound (UTC).
    pub last_used_at: DateTime<Utc>,
}

/// What is bound.
#[derive(Serialize, ToSchema)]
pub struct MyWechatBindings {
    /// The oldest first.
    pub items: Vec<MyWechatBinding>,
}

impl From<WechatBinding> for MyWechatBinding {
    fn from(binding: WechatBinding) -> Self {
        Self {
            id: binding.id,
            app: binding.app,
            bound_at: binding.bound_at,
            last_used_at: binding.last_used_at,
        }
    }
}
