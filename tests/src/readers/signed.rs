//! Callbacks of the office's platform, tokens and other credentials, and what proxies say.

use std::{net::SocketAddr, sync::LazyLock};

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use api::{
    auth::{
        AccessTokens, SigningKeys,
        client_refresh::ClientRefreshToken,
        client_secret::{ClientIdText, ClientSecret},
        recovery_code,
        refresh_token::RefreshTokenText,
    },
    extract::request::address_of,
};
use chrono::{DateTime, Utc};
use domain::reply::ReplyMeaning;
use gateways::{
    receipt, reply,
    standard_webhooks::{Secret, SignedHeaders},
};
use storage::Sealer;

use super::text;
use crate::database::{INDEX_KEY, KEY};

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

/// A reply that is taken has an id and ends; what it is kept as means what it meant, and only a whole
/// word acts.
pub fn reply(bytes: &[u8]) {
    let read = reply::parse(bytes);
    if let Ok(read) = &read {
        let id = &read.provider_reply_id;
        assert!(!id.is_empty() && id.chars().count() <= 128 && !id.chars().any(char::is_control));
    }
    let text = read.map_or_else(|_| text(bytes), |read| read.text);
    let kept = domain::reply::kept(&text);
    assert!(kept.chars().count() <= 1_000);
    assert!(!kept.chars().any(|c| c.is_control() && c != '\n'));
    let meant = domain::reply::understand(&text);
    assert_eq!(meant.by.is_none(), meant.meaning == ReplyMeaning::Other);
    // What was cut off is not acted on.
    if kept.chars().count() < 1_000 {
        assert_eq!(domain::reply::understand(&kept), meant);
    }
}

/// Nobody signs who has not the secret; whoever has it does, whatever the body.
pub fn webhook_signature(bytes: &[u8]) {
    static SECRET: LazyLock<Secret> =
        LazyLock::new(|| Secret::parse(&crate::fakes::webhook::SECRET.into()).unwrap());
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

/// What is read back is what was given, in its one spelling; nobody makes a client's token who has
/// not the key.
pub fn credential(bytes: &[u8]) {
    static SEALER: LazyLock<Sealer> = LazyLock::new(|| Sealer::new(&[KEY], &INDEX_KEY).unwrap());
    let input = text(bytes);
    if let Some(id) = ClientIdText::decode(&input) {
        assert_eq!(id.encode(), input);
    }
    if let Some(secret) = ClientSecret::decode(&input) {
        assert_eq!(secret.encode(), input);
    }
    if let Some(token) = RefreshTokenText::decode(&input) {
        assert_eq!(token.encode(), input);
    }
    assert!(ClientRefreshToken::decode(&input, &SEALER).is_none());
    if let Some(code) = recovery_code::read(&input) {
        assert_eq!(recovery_code::read(&code), Some(code));
    }
}

/// Lines of `X-Forwarded-For`: nobody is believed who is not named, and what a proxy says is an
/// address in its one spelling.
pub fn forwarded_for(bytes: &[u8]) {
    let peer: SocketAddr = ([10, 0, 0, 1], 1).into();
    let mut headers = HeaderMap::new();
    for line in bytes.split(|byte| *byte == b'\n') {
        if let Ok(value) = HeaderValue::from_bytes(line) {
            headers.append(HeaderName::from_static("x-forwarded-for"), value);
        }
    }
    assert_eq!(address_of(Some(peer), &headers, &[]), Some(peer.ip()));
    for proxies in ["10.0.0.0/8", "0.0.0.0/0", "::/0"] {
        let found = address_of(Some(peer), &headers, &[proxies.parse().unwrap()]).unwrap();
        assert_eq!(found, found.to_canonical());
    }
}
