//! `[wechat]`

use std::{path::PathBuf, time::Duration};

use secrecy::SecretString;
use serde::Deserialize;

/// The office's own accounts with WeChat.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WechatConfig {
    pub mini_program: MiniProgramConfig,
}

/// `[wechat.mini_program]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MiniProgramConfig {
    pub app_id: Option<String>,
    pub secret: Option<SecretString>,
    pub secret_file: Option<PathBuf>,
    pub base_url: String,
    pub timeout_seconds: u64,
    pub connect_timeout_seconds: u64,
    pub allow_private_addresses: bool,
}

impl MiniProgramConfig {
    /// AppID and AppSecret, where there is a mini program.
    pub fn account(&self) -> Option<(&str, &SecretString)> {
        self.app_id.as_deref().zip(self.secret.as_ref())
    }

    /// Longest time for one question.
    pub const fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_seconds)
    }

    /// Longest time to connect.
    pub const fn connect_timeout(&self) -> Duration {
        Duration::from_secs(self.connect_timeout_seconds)
    }

    /// What contradicts itself, for the operator.
    pub(super) fn check(&self, in_production: bool, problems: &mut Vec<String>) {
        let mut refuse = |wrong: bool, problem: &str| {
            if wrong {
                problems.push(format!("wechat.mini_program.{problem}"));
            }
        };
        refuse(
            self.app_id.is_some() != self.secret.is_some(),
            "app_id and wechat.mini_program.secret (or secret_file) go together: set both or neither",
        );
        refuse(self.timeout_seconds == 0, "timeout_seconds is 0");
        refuse(
            self.connect_timeout_seconds == 0,
            "connect_timeout_seconds is 0",
        );
        let scheme = self.base_url.split("://").next().unwrap_or_default();
        refuse(
            !matches!(scheme, "https" | "http"),
            "base_url starts with neither https:// nor http://",
        );
        refuse(
            in_production && scheme == "http",
            "base_url is http:// in production: the secret would travel in the open",
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::Config;

    fn problems(in_production: bool, change: impl FnOnce(&mut super::MiniProgramConfig)) -> String {
        let mut config = Config::defaults().unwrap().wechat.mini_program;
        change(&mut config);
        let mut problems = Vec::new();
        config.check(in_production, &mut problems);
        problems.join("\n")
    }

    #[test]
    fn half_an_account_and_a_secret_in_the_open_are_refused() {
        assert_eq!(problems(true, |_| {}), "");
        let found = problems(true, |config| config.app_id = Some("wx0".to_owned()));
        assert!(found.contains("both or neither"), "{found}");
        let open = |config: &mut super::MiniProgramConfig| {
            config.base_url = "http://proxy.example.gov.cn".to_owned();
        };
        assert!(problems(true, open).contains("in the open"));
        assert_eq!(problems(false, open), "");
        let found = problems(false, |config| {
            config.base_url = "api.weixin.qq.com".to_owned();
            config.timeout_seconds = 0;
        });
        assert!(found.contains("neither https") && found.contains("timeout_seconds is 0"));
    }

    #[test]
    fn an_account_is_both_halves_and_shows_no_secret() {
        let mut config = Config::defaults().unwrap().wechat.mini_program;
        config.app_id = Some("wx0".to_owned());
        assert!(config.account().is_none());
        config.secret = Some("hunter2".into());
        assert_eq!(config.account().unwrap().0, "wx0");
        assert!(!format!("{config:?}").contains("hunter2"));
    }
}
