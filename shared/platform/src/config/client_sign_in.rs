//! `[client_sign_in]`

use serde::Deserialize;

/// How clients sign in.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientSignInConfig {
    pub codes_per_address_hour: i32,
    pub codes_per_hour: i32,
    pub wechat_per_address_hour: i32,
    pub session_idle_days: u32,
    pub session_absolute_days: u32,
}

impl ClientSignInConfig {
    /// What contradicts itself, for the operator.
    pub(super) fn check(&self, problems: &mut Vec<String>) {
        for (key, positive) in [
            ("codes_per_address_hour", self.codes_per_address_hour > 0),
            ("codes_per_hour", self.codes_per_hour > 0),
            ("wechat_per_address_hour", self.wechat_per_address_hour > 0),
            ("session_idle_days", self.session_idle_days > 0),
        ] {
            if !positive {
                problems.push(format!("client_sign_in.{key} is 0"));
            }
        }
        if self.session_absolute_days < self.session_idle_days {
            problems.push(
                "client_sign_in.session_absolute_days is shorter than \
                 client_sign_in.session_idle_days"
                    .to_owned(),
            );
        }
    }
}
