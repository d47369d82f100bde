//! Callbacks of the office's platform, and access tokens.

use std::sync::LazyLock;

use api::auth::{AccessTokens, SigningKeys};
use chrono::{DateTime, Utc};
use gateways::{
    receipt,
    standard_webhooks::{Secret, SignedHeaders},
};

use super::text;

pub(super) fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_756_684_800, 0).unwrap()
}

/// A receipt that is taken names something of ours, and nothing in it is a person's.
pub fn receipt(bytes: &[u8]) {
    if let Ok(read) = receipt::parse(bytes) {
        assert!(read.message_id.is_some() || read.attempt_id.is_some());
        for text in [read.code, read.provider_message_id].into_iter().flatten() {
            assert!(text.len() <= 64, "{text}");
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.:".contains(&byte);
            assert!(text.bytes().all(plain), "{text}");
        }
    }
}

/// Nobody signs who has not the secret; whoever has it does, whatever the body.
pub fn webhook_signature(bytes: &[u8]) {
    static SECRET: LazyLock<Secret> =
        LazyLock::new(|| Secret::parse(&crate::fake_gateway::SECRET.into()).unwrap());
    let input = text(bytes);
    let mut lines = input.splitn(4, '\n');
    let (id, timestamp, signature) = (lines.next(), lines.next(), lines.next());
    let body = lines.next().unwrap_or_default().as_bytes();
    let headers = SignedHeaders {
        id,
        timestamp,
        signature,
    };
    assert!(SECRET.verify(headers, body, now()).is_err());
    let seconds = now().timestamp().to_string();
    let signed = SECRET.sign("receipt-1", now(), bytes);
    let headers = |signature| SignedHeaders {
        id: Some("receipt-1"),
        timestamp: Some(&seconds),
        signature: Some(signature),
    };
    assert!(SECRET.verify(headers(&signed), bytes, now()).is_ok());
    let several = format!("{} {signed}", signature.unwrap_or_default());
    assert!(SECRET.verify(headers(&several), bytes, now()).is_ok());
}

/// Nobody makes a token who has not the key.
pub fn access_token(bytes: &[u8]) {
    static TOKENS: LazyLock<AccessTokens> =
        LazyLock::new(|| AccessTokens::new(SigningKeys::ephemeral().unwrap(), "tongxing", 900));
    assert!(TOKENS.verify(&text(bytes), now()).is_err());
}
