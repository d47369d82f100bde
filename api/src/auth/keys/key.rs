//! One Ed25519 key, and its public half as others see it.

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{Ed25519KeyPair, KeyPair as _},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, NaiveDateTime, Utc};
use jsonwebtoken::{DecodingKey, EncodingKey};
use serde::Serialize;
use utoipa::ToSchema;

use super::KeyError;

/// How a kid begins: the second the key was made, UTC.
const MADE: &str = "%Y%m%dT%H%M%SZ";

/// A key with its name.
pub(in crate::auth) struct Key {
    pub(in crate::auth) kid: String,
    /// When it was made, as its kid says.
    pub(super) made_at: DateTime<Utc>,
    /// The public half, base64url.
    x: String,
    pub(in crate::auth) sign: EncodingKey,
    pub(in crate::auth) verify: DecodingKey,
}

/// One public key as others need it to check our tokens (RFC 8037).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Jwk {
    /// Always `OKP`.
    #[schema(example = "OKP")]
    pub kty: &'static str,
    /// Always `Ed25519`.
    #[schema(example = "Ed25519")]
    pub crv: &'static str,
    /// Always `EdDSA`.
    #[schema(example = "EdDSA")]
    pub alg: &'static str,
    /// Always `sig`.
    #[serde(rename = "use")]
    #[schema(example = "sig")]
    pub usage: &'static str,
    /// Key id, as in the header of a token.
    pub kid: String,
    /// The public key, base64url.
    pub x: String,
}

impl Key {
    /// Reads PKCS#8; `None` if it is no Ed25519 key.
    pub(super) fn read(kid: String, pkcs8: &[u8]) -> Option<Self> {
        let pair = Ed25519KeyPair::from_pkcs8(pkcs8).ok()?;
        let public = pair.public_key().as_ref();
        Some(Self {
            made_at: made_at(&kid),
            kid,
            x: URL_SAFE_NO_PAD.encode(public),
            sign: EncodingKey::from_ed_der(pkcs8),
            verify: DecodingKey::from_ed_der(public),
        })
    }

    pub(super) fn public(&self) -> Jwk {
        Jwk {
            kty: "OKP",
            crv: "Ed25519",
            alg: "EdDSA",
            usage: "sig",
            kid: self.kid.clone(),
            x: self.x.clone(),
        }
    }
}

/// A new key as PKCS#8.
pub(super) fn generate() -> Result<Vec<u8>, KeyError> {
    Ed25519KeyPair::generate_pkcs8(&SystemRandom::new())
        .map(|document| document.as_ref().to_vec())
        .map_err(|_unspecified| KeyError::Generate)
}

/// What a new key made at `now` is called: the second, and a few letters of its public half.
pub(super) fn name(pkcs8: &[u8], now: DateTime<Utc>) -> Result<String, KeyError> {
    let public = Ed25519KeyPair::from_pkcs8(pkcs8)
        .map_err(|_rejected| KeyError::Generate)?
        .public_key()
        .as_ref()
        .to_vec();
    let print: String = URL_SAFE_NO_PAD
        .encode(public)
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(8)
        .collect();
    Ok(format!("{}-{print}", now.format(MADE)))
}

/// A key under a name of somebody else's making is older than all of ours.
fn made_at(kid: &str) -> DateTime<Utc> {
    kid.split_once('-')
        .and_then(|(made, _)| NaiveDateTime::parse_from_str(made, MADE).ok())
        .map_or(DateTime::<Utc>::MIN_UTC, |made| made.and_utc())
}
