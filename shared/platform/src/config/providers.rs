//! `[[providers]]` and `[[office_providers]]`: the accounts messages leave by.

mod callback;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    time::Duration,
};

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::{Config, Network, Profile, list::list};

/// What kind of provider an account is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProviderKind {
    Recording,
    Webhook,
    Aliyun,
    Tencent,
    WechatTemplate,
    WechatSubscribe,
    /// For staff.
    Wecom,
    /// For staff.
    Email,
}

impl ProviderKind {
    /// Whether it leads to staff only.
    const fn is_for_staff(self) -> bool {
        matches!(self, Self::Wecom | Self::Email)
    }

    /// Whether nobody signs what comes in its name.
    const fn posts_unsigned(self) -> bool {
        matches!(self, Self::Aliyun | Self::Tencent)
    }
}

/// How the connection to an SMTP server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SmtpTls {
    /// From the first byte (RFC 8314), usually on port 465.
    #[default]
    Implicit,
    /// STARTTLS, usually on port 587.
    Starttls,
    None,
}

/// Which build of the mini program a subscribe message opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MiniProgramState {
    Developer,
    Trial,
    /// What is published.
    #[default]
    Formal,
}

/// One of `[[providers]]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderConfig {
    pub name: String,
    pub kind: ProviderKind,
    #[serde(default = "one")]
    pub weight: u32,
    pub per_second: Option<u32>,
    pub per_number_a_day: Option<u32>,
    pub confirm_receipts: Option<bool>,
    #[serde(default = "fifteen")]
    pub timeout_seconds: u64,
    #[serde(default = "five")]
    pub connect_timeout_seconds: u64,
    #[serde(default)]
    pub allow_private_addresses: bool,
    pub url: Option<SecretString>,
    pub key_id: Option<String>,
    pub app_id: Option<String>,
    pub region: Option<String>,
    pub page: Option<String>,
    #[serde(default)]
    pub miniprogram_state: MiniProgramState,
    pub corp_id: Option<String>,
    pub agent_id: Option<i64>,
    pub host: Option<String>,
    pub port: Option<u16>,
    #[serde(default)]
    pub tls: SmtpTls,
    pub user: Option<String>,
    pub from: Option<String>,
    pub subject: Option<String>,
    pub secret: Option<SecretString>,
    pub secret_file: Option<PathBuf>,
    pub callback_secret: Option<SecretString>,
    pub callback_secret_file: Option<PathBuf>,
    pub callback_token: Option<SecretString>,
    pub callback_token_file: Option<PathBuf>,
    pub callback_aes_key: Option<SecretString>,
    pub callback_aes_key_file: Option<PathBuf>,
    pub previous_callback_aes_key: Option<SecretString>,
    pub previous_callback_aes_key_file: Option<PathBuf>,
    #[serde(default, deserialize_with = "list")]
    pub callback_addresses: Vec<Network>,
}

/// One of `[[office_providers]]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfficeProvidersConfig {
    pub office_id: String,
    pub weights: BTreeMap<String, u32>,
}

const fn one() -> u32 {
    1
}

const fn five() -> u64 {
    5
}

const fn fifteen() -> u64 {
    15
}

impl ProviderConfig {
    /// Longest time one message may take.
    pub const fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_seconds)
    }

    /// Longest time to connect.
    pub const fn connect_timeout(&self) -> Duration {
        Duration::from_secs(self.connect_timeout_seconds)
    }

    /// Whether it is asked about the receipts that are posted in its name: Aliyun and Tencent Cloud, which
    /// sign none, unless the settings say otherwise.
    pub fn confirms_receipts(&self) -> bool {
        self.kind.posts_unsigned() && self.confirm_receipts.unwrap_or(true)
    }

    /// The keys this kind cannot do without, and whether each is there.
    fn needed(&self) -> Vec<(&'static str, bool)> {
        let secret = ("secret (or secret_file)", self.secret.is_some());
        let key_id = ("key_id", self.key_id.is_some());
        let app_id = ("app_id", self.app_id.is_some());
        match self.kind {
            ProviderKind::Recording => Vec::new(),
            ProviderKind::Webhook => vec![("url", self.url.is_some()), secret],
            ProviderKind::Aliyun => vec![key_id, secret],
            ProviderKind::Tencent => vec![key_id, app_id, secret],
            ProviderKind::WechatTemplate | ProviderKind::WechatSubscribe => vec![app_id, secret],
            ProviderKind::Wecom => vec![
                ("corp_id", self.corp_id.is_some()),
                ("agent_id", self.agent_id.is_some()),
                secret,
            ],
            ProviderKind::Email => vec![
                ("host", self.host.is_some()),
                ("from", self.from.is_some()),
                (
                    "user and secret (or secret_file)",
                    self.user.is_some() == self.secret.is_some(),
                ),
            ],
        }
    }

    /// Whether an SMTP server hears the password, and what staff get, over a network in the open.
    fn mails_in_the_open(&self) -> bool {
        let here = matches!(
            self.host.as_deref(),
            Some("localhost" | "127.0.0.1" | "::1")
        );
        self.kind == ProviderKind::Email && self.tls == SmtpTls::None && !here
    }

    /// A page of a mini program: its path, perhaps with a query. WeChat refuses every message with one
    /// that it does not know (41030).
    fn check_page(&self, problems: &mut Vec<String>) {
        let name = &self.name;
        let Some(page) = &self.page else { return };
        if self.kind != ProviderKind::WechatSubscribe {
            problems.push(format!(
                "providers.{name}: page is of \"wechat_subscribe\" only"
            ));
        }
        let plain = |byte: u8| byte.is_ascii_graphic() && byte != b'#';
        if page.starts_with('/') || !(1..=256).contains(&page.len()) || !page.bytes().all(plain) {
            problems.push(format!(
                "providers.{name}: page is no path of a mini program, such as \"pages/visits/index\""
            ));
        }
    }

    fn check(&self, profile: Profile, problems: &mut Vec<String>) {
        let name = &self.name;
        let plain = |byte: u8| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_')
        };
        if !(1..=40).contains(&name.len()) || !name.bytes().all(plain) {
            problems.push(format!(
                "providers: the name {name:?} is not 1 to 40 of a-z, 0-9, '-' and '_'"
            ));
        }
        let missing = self.needed().into_iter().filter(|(_, there)| !there);
        problems.extend(missing.map(|(key, _)| format!("providers.{name}: {key} is not set")));
        if self.per_second == Some(0) || self.per_number_a_day == Some(0) {
            problems.push(format!(
                "providers.{name}: per_second or per_number_a_day is 0"
            ));
        }
        if self.timeout_seconds == 0 || self.connect_timeout_seconds > self.timeout_seconds {
            problems.push(format!(
                "providers.{name}: timeout_seconds is 0 or shorter than connect_timeout_seconds"
            ));
        }
        if self.confirm_receipts.is_some() && !self.kind.posts_unsigned() {
            problems.push(format!(
                "providers.{name}: confirm_receipts is of \"aliyun\" and \"tencent\" only: others sign \
                 what they post"
            ));
        }
        self.check_callback(problems);
        self.check_page(problems);
        if profile != Profile::Production {
            return;
        }
        if self.kind == ProviderKind::WechatSubscribe
            && self.miniprogram_state != MiniProgramState::Formal
        {
            problems.push(format!(
                "profile is \"production\" but providers.{name}: miniprogram_state is not \"formal\": \
                 clients would be led to what is not published"
            ));
        }
        if self.kind == ProviderKind::Recording {
            problems.push(format!(
                "profile is \"production\" but providers.{name} is \"recording\": nobody would be \
                 reminded"
            ));
        }
        if self.mails_in_the_open() {
            problems.push(format!(
                "profile is \"production\" but providers.{name}: tls is \"none\" and host is not this \
                 machine"
            ));
        }
        let in_the_open = self.url.as_ref().is_some_and(|url| {
            !url.expose_secret()
                .to_ascii_lowercase()
                .starts_with("https://")
        });
        if in_the_open {
            problems.push(format!(
                "profile is \"production\" but providers.{name}: url is not https://"
            ));
        }
    }
}

impl Config {
    /// The longest time that any account may take for one message.
    pub fn longest_send(&self) -> Duration {
        let accounts = self.providers.iter().map(ProviderConfig::timeout).max();
        accounts.unwrap_or_else(|| match self.gateway.kind {
            super::GatewayKind::Webhook => self.gateway.webhook.timeout(),
            super::GatewayKind::Recording => Duration::from_secs(1),
        })
    }

    pub(super) fn check_providers(&self, problems: &mut Vec<String>) {
        let mut names = BTreeSet::new();
        for provider in &self.providers {
            provider.check(self.profile, problems);
            if !names.insert(provider.name.as_str()) {
                problems.push(format!(
                    "two of the providers are named {:?}",
                    provider.name
                ));
            }
        }
        if !self.providers.is_empty() && self.providers.iter().all(|it| it.kind.is_for_staff()) {
            problems
                .push("providers lead to staff only: list what reaches clients, too".to_owned());
        }
        for office in &self.office_providers {
            let id = &office.office_id;
            let unknown = office
                .weights
                .keys()
                .filter(|name| !names.contains(name.as_str()));
            problems
                .extend(unknown.map(|name| {
                    format!("office_providers of {id}: there is no provider {name:?}")
                }));
            if office.weights.values().all(|weight| *weight == 0) {
                problems.push(format!("office_providers of {id}: every weight is 0"));
            }
        }
        let lease = self.worker.claim_lease_seconds;
        let slow = self
            .providers
            .iter()
            .filter(|it| lease <= it.timeout_seconds);
        problems.extend(slow.map(|provider| {
            format!(
                "worker.claim_lease_seconds ({lease}) must be longer than the timeout_seconds of \
                 providers.{}: a message could be sent twice",
                provider.name
            )
        }));
    }
}
