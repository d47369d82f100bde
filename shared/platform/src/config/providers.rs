//! `[[providers]]` and `[[office_providers]]`: the accounts messages leave by.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    time::Duration,
};

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::{Config, Network, Profile, list::list};

/// Characters that the secret of a path has at least: 128 bits, even in hexadecimal digits.
const CALLBACK_SECRET: usize = 32;
/// Characters of a token that signs WeChat's callbacks; its console takes 3 to 32 letters and digits.
const CALLBACK_TOKEN: std::ops::RangeInclusive<usize> = 16..=32;
/// Characters of an EncodingAESKey.
const CALLBACK_AES_KEY: usize = 43;

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
        self.check_callback(problems);
        if profile != Profile::Production {
            return;
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

impl ProviderConfig {
    /// What the vendor posts to has to be nothing that somebody guesses, and to survive in a URL.
    fn check_callback(&self, problems: &mut Vec<String>) {
        let name = &self.name;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        if let Some(secret) = &self.callback_secret {
            let secret = secret.expose_secret();
            if secret.len() < CALLBACK_SECRET || !secret.bytes().all(plain) {
                problems.push(format!(
                    "providers.{name}: callback_secret is not {CALLBACK_SECRET} or more of A-Z, a-z, \
                     0-9, '-' and '_'"
                ));
            }
            if !matches!(self.kind, ProviderKind::Aliyun | ProviderKind::Tencent) {
                problems.push(format!(
                    "providers.{name}: only accounts at Aliyun and Tencent Cloud have a callback_secret"
                ));
            }
        }
        self.check_signed_callback(problems);
    }

    /// WeChat signs with a token and encrypts with a key; the two are given together.
    fn check_signed_callback(&self, problems: &mut Vec<String>) {
        let name = &self.name;
        let length = |secret: &SecretString| {
            let text = secret.expose_secret();
            let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric());
            plain.then_some(text.len())
        };
        let (token, key) = (&self.callback_token, &self.callback_aes_key);
        if token.is_some() != key.is_some()
            || (self.previous_callback_aes_key.is_some() && key.is_none())
        {
            problems.push(format!(
                "providers.{name}: callback_token and callback_aes_key are given together"
            ));
        }
        if let Some(token) = token
            && !length(token).is_some_and(|length| CALLBACK_TOKEN.contains(&length))
        {
            problems.push(format!(
                "providers.{name}: callback_token is not 16 to 32 letters and digits"
            ));
        }
        let keys = key.iter().chain(&self.previous_callback_aes_key);
        if keys
            .into_iter()
            .any(|key| length(key) != Some(CALLBACK_AES_KEY))
        {
            problems.push(format!(
                "providers.{name}: callback_aes_key is not {CALLBACK_AES_KEY} letters and digits"
            ));
        }
        let is_wechat = matches!(
            self.kind,
            ProviderKind::WechatTemplate | ProviderKind::WechatSubscribe
        );
        if token.is_some() && !is_wechat {
            problems.push(format!(
                "providers.{name}: only accounts at WeChat have a callback_token"
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

#[cfg(test)]
mod tests {
    use super::super::{Config, ConfigError};

    /// What is wrong with the accounts of a settings file.
    fn problems(name: &str, text: &str) -> Vec<String> {
        let dir = std::env::temp_dir().join(format!("tongxing-providers-{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        let path = dir.join(name);
        std::fs::write(&path, text).unwrap();
        let env = [
            ("TONGXING__PROFILE", "sandbox"),
            ("TONGXING__DATABASE__URL", "sqlite://x.db"),
        ];
        let env = env.map(|(key, value)| (key.to_owned(), value.to_owned()));
        let config = Config::load(Some(&path), env.into_iter()).unwrap();
        match config.validate() {
            Ok(()) => Vec::new(),
            Err(ConfigError::Contradictions(problems)) => problems,
            Err(other) => panic!("{other}"),
        }
    }

    const GOOD: &str = r#"
        [[providers]]
        name = "aliyun-main"
        kind = "aliyun"
        weight = 70
        per_second = 50
        key_id = "LTAI"
        secret = "hunter2"

        [[providers]]
        name = "town-hall"
        kind = "webhook"
        url = "https://sms.example.gov.cn/in"
        secret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"

        [[office_providers]]
        office_id = "0190163d-8694-739b-aea5-966c26f8ad90"
        weights = { town-hall = 1 }
    "#;

    #[test]
    fn accounts_that_are_complete_need_no_gateway_beside_them() {
        assert_eq!(problems("good.toml", GOOD), Vec::<String>::new());
    }

    #[test]
    fn what_is_wrong_with_accounts_is_named_all_at_once() {
        let text = GOOD
            .replace("key_id = \"LTAI\"", "timeout_seconds = 120")
            .replace("per_second = 50", "per_second = 0")
            .replace("name = \"town-hall\"", "name = \"aliyun-main\"")
            .replace("secret = \"hunter2\"", "");
        let problems = problems("bad.toml", &text).join("\n");
        for expected in [
            "providers.aliyun-main: key_id is not set",
            "providers.aliyun-main: secret (or secret_file) is not set",
            "providers.aliyun-main: per_second or per_number_a_day is 0",
            "two of the providers are named \"aliyun-main\"",
            "there is no provider \"town-hall\"",
            "must be longer than the timeout_seconds of providers.aliyun-main",
        ] {
            assert!(
                problems.contains(expected),
                "{expected} is missing in {problems}"
            );
        }
        assert!(!problems.contains("hunter2"));
    }

    const FOR_STAFF: &str = r#"
        [[providers]]
        name = "wecom"
        kind = "wecom"
        corp_id = "ww1"
        agent_id = 1000002
        secret = "corp"

        [[providers]]
        name = "mail"
        kind = "email"
        host = "smtp.example.gov.cn"
        tls = "starttls"
        user = "notice"
        from = "城东服务站 <notice@example.gov.cn>"
        secret = "hunter2"
    "#;

    #[test]
    fn accounts_for_staff_stand_beside_one_for_clients() {
        let both = format!("{GOOD}{FOR_STAFF}");
        assert_eq!(problems("both.toml", &both), Vec::<String>::new());
        let alone = problems("alone.toml", FOR_STAFF).join("\n");
        assert!(alone.contains("lead to staff only"), "{alone}");
        let bad = both
            .replace("corp_id = \"ww1\"", "")
            .replace("from = ", "region = ")
            .replace("user = \"notice\"", "");
        let bad = problems("bad-staff.toml", &bad).join("\n");
        for expected in [
            "providers.wecom: corp_id is not set",
            "providers.mail: from is not set",
            "providers.mail: user and secret (or secret_file) is not set",
        ] {
            assert!(bad.contains(expected), "{expected} is missing in {bad}");
        }
        assert!(!bad.contains("hunter2"));
    }

    #[test]
    fn in_production_mail_goes_in_the_open_to_this_machine_only() {
        let said = |host: &str| {
            let text = format!("{GOOD}{FOR_STAFF}")
                .replace("smtp.example.gov.cn", host)
                .replace("\"starttls\"", "\"none\"");
            let mut config = Config::defaults().unwrap();
            let table: toml::Table = text.parse().unwrap();
            config.providers = table["providers"].clone().try_into().unwrap();
            let mut problems = Vec::new();
            config.check_providers(&mut problems);
            problems.join("\n")
        };
        assert!(said("smtp.example.gov.cn").contains("tls is \"none\""));
        assert!(!said("127.0.0.1").contains("tls is \"none\""));
    }

    #[test]
    fn what_a_vendor_posts_to_is_not_guessed() {
        let with = |secret: &str| {
            GOOD.replace(
                "key_id = \"LTAI\"",
                &format!("key_id = \"LTAI\"\ncallback_secret = \"{secret}\""),
            )
        };
        let long = "0123456789abcdefghijABCDEFGHI-_x";
        assert_eq!(problems("callback.toml", &with(long)), Vec::<String>::new());
        for bad in [
            &long[1..],
            &long.replace('x', "/"),
            &long.replace('x', "密"),
        ] {
            let problems = problems("callback-bad.toml", &with(bad)).join("\n");
            assert!(problems.contains("callback_secret is not 32"), "{problems}");
            assert!(!problems.contains("0123456789"), "{problems}");
        }
        let text = with(long).replace("kind = \"aliyun\"", "kind = \"recording\"");
        let problems = problems("callback-kind.toml", &text).join("\n");
        assert!(problems.contains("have a callback_secret"), "{problems}");
    }

    #[test]
    fn what_wechat_signs_with_is_whole() {
        let token = "callback_token = \"0123456789abcdef\"\n";
        let key = format!("callback_aes_key = \"{}\"\n", "k".repeat(43));
        let previous = format!(
            "previous_{}",
            key.replace('k', "j")
                .replace("callbacj_aes_jey", "callback_aes_key")
        );
        let with = |lines: &str| {
            format!(
                "[[providers]]\nname = \"service\"\nkind = \"wechat_template\"\napp_id = \"wx\"\n\
                 secret = \"hunter2\"\n{lines}"
            )
        };
        let found = |file: &str, lines: &str| problems(file, &with(lines)).join("\n");
        assert_eq!(found("signed.toml", &format!("{token}{key}{previous}")), "");
        assert_eq!(found("unsigned.toml", ""), "");
        for (file, lines, expected) in [
            ("no-key.toml", token.to_owned(), "are given together"),
            ("no-token.toml", key.clone(), "are given together"),
            ("only-previous.toml", previous.clone(), "are given together"),
            (
                "short.toml",
                format!("callback_token = \"abc\"\n{key}"),
                "16 to 32",
            ),
            (
                "odd-key.toml",
                format!("{token}callback_aes_key = \"{}=\"\n", "k".repeat(42)),
                "is not 43 letters",
            ),
        ] {
            let problems = found(file, &lines);
            assert!(problems.contains(expected), "{file}: {problems}");
            assert!(
                !problems.contains("kkk") && !problems.contains("abcdef"),
                "{problems}"
            );
        }
        let other = with(&format!("{token}{key}")).replace("wechat_template", "recording");
        let other = problems("other.toml", &other).join("\n");
        assert!(other.contains("only accounts at WeChat"), "{other}");
    }

    #[test]
    fn in_production_an_account_sends_and_not_in_the_open() {
        let text = GOOD
            .replace("https://sms", "http://sms")
            .replace("kind = \"aliyun\"", "kind = \"recording\"");
        let mut config = Config::defaults().unwrap();
        let table: toml::Table = text.parse().unwrap();
        config.providers = table["providers"].clone().try_into().unwrap();
        let mut problems = Vec::new();
        config.check_providers(&mut problems);
        let problems = problems.join("\n");
        assert!(problems.contains("nobody would be reminded"), "{problems}");
        assert!(problems.contains("url is not https://"), "{problems}");
    }
}
