//! What proves that a post is a provider's: a secret path, or WeChat's token and key.

use std::ops::RangeInclusive;

use secrecy::{ExposeSecret as _, SecretString};

use super::{ProviderConfig, ProviderKind};

/// Characters that the secret of a path has at least: 128 bits, even in hexadecimal digits.
const SECRET: usize = 32;
/// Characters of a token that signs WeChat's callbacks; its console takes 3 to 32 letters and digits.
const TOKEN: RangeInclusive<usize> = 16..=32;
/// Characters of an EncodingAESKey.
const AES_KEY: usize = 43;

impl ProviderConfig {
    /// What the vendor posts to has to be nothing that somebody guesses, and to survive in a URL.
    pub(super) fn check_callback(&self, problems: &mut Vec<String>) {
        let name = &self.name;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        if let Some(secret) = &self.callback_secret {
            let secret = secret.expose_secret();
            if secret.len() < SECRET || !secret.bytes().all(plain) {
                problems.push(format!(
                    "providers.{name}: callback_secret is not {SECRET} or more of A-Z, a-z, \
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
            && !length(token).is_some_and(|length| TOKEN.contains(&length))
        {
            problems.push(format!(
                "providers.{name}: callback_token is not 16 to 32 letters and digits"
            ));
        }
        let keys = key.iter().chain(&self.previous_callback_aes_key);
        if keys.into_iter().any(|key| length(key) != Some(AES_KEY)) {
            problems.push(format!(
                "providers.{name}: callback_aes_key is not {AES_KEY} letters and digits"
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
