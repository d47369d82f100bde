//! Standard Webhooks (standardwebhooks.com, version 1.0.0): HMAC-SHA256 over id, time and body.

use std::fmt;

use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::{DateTime, TimeDelta, Utc};
use secrecy::{ExposeSecret as _, SecretString, zeroize::Zeroizing};

/// Header with the id of the message, the same in every attempt.
pub const ID: &str = "webhook-id";
/// Header with the time of the attempt, in whole seconds since 1970 (UTC).
pub const TIMESTAMP: &str = "webhook-timestamp";
/// Header with the signatures, separated by spaces.
pub const SIGNATURE: &str = "webhook-signature";

/// How far the sender's clock may be from ours, either way (specification, "Verifying webhook
/// authenticity"; the value is that of the reference libraries).
pub const TOLERANCE: TimeDelta = TimeDelta::minutes(5);

/// Mark of a symmetric secret.
const SECRET_PREFIX: &str = "whsec_";
/// Mark of a symmetric signature.
const VERSION: &str = "v1";

/// A signing secret, ready for use. Shows nothing.
#[derive(Clone)]
pub struct Secret(hmac::Key);

/// Text that is no signing secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a signing secret: expected whsec_ and the base64 of 24 to 64 bytes")]
pub struct NotASecret;

/// Why a signed request is not to be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// A header is missing, or is not what it should be.
    #[error("the header {0} is missing or malformed")]
    Header(&'static str),
    /// Signed too long ago: perhaps a replay.
    #[error("the timestamp is too old")]
    TooOld,
    /// Signed in the future.
    #[error("the timestamp is in the future")]
    TooNew,
    /// No signature fits.
    #[error("no signature matches")]
    NoMatch,
}

/// The three headers of a signed request, as received.
#[derive(Debug, Clone, Copy, Default)]
pub struct SignedHeaders<'a> {
    /// `webhook-id`
    pub id: Option<&'a str>,
    /// `webhook-timestamp`
    pub timestamp: Option<&'a str>,
    /// `webhook-signature`
    pub signature: Option<&'a str>,
}

impl Secret {
    /// Reads `whsec_…`.
    ///
    /// # Errors
    /// [`NotASecret`], which does not repeat the text.
    pub fn parse(text: &SecretString) -> Result<Self, NotASecret> {
        let encoded = text
            .expose_secret()
            .strip_prefix(SECRET_PREFIX)
            .ok_or(NotASecret)?;
        let bytes = Zeroizing::new(STANDARD.decode(encoded).or(Err(NotASecret))?);
        if !(24..=64).contains(&bytes.len()) {
            return Err(NotASecret);
        }
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, &bytes)))
    }

    /// The value of [`SIGNATURE`] for a body sent at `timestamp` (UTC; its seconds count).
    pub fn sign(&self, id: &str, timestamp: DateTime<Utc>, body: &[u8]) -> String {
        let tag = self
            .tag(id, &timestamp.timestamp().to_string(), body)
            .sign();
        format!("{VERSION},{}", STANDARD.encode(tag))
    }

    /// Whether a request received at `now` (UTC) was signed with this secret within
    /// [`TOLERANCE`]. Several signatures may be given, as while a secret is being replaced; one
    /// that fits is enough. Compared in constant time.
    ///
    /// # Errors
    /// [`VerifyError`].
    pub fn verify(
        &self,
        headers: SignedHeaders<'_>,
        body: &[u8],
        now: DateTime<Utc>,
    ) -> Result<(), VerifyError> {
        let id = headers
            .id
            .filter(|id| !id.is_empty())
            .ok_or(VerifyError::Header(ID))?;
        let timestamp = headers.timestamp.ok_or(VerifyError::Header(TIMESTAMP))?;
        let signatures = headers.signature.ok_or(VerifyError::Header(SIGNATURE))?;
        let signed_at = timestamp
            .parse()
            .ok()
            .and_then(|seconds| DateTime::from_timestamp(seconds, 0))
            .ok_or(VerifyError::Header(TIMESTAMP))?;
        if signed_at < now - TOLERANCE {
            return Err(VerifyError::TooOld);
        }
        if signed_at > now + TOLERANCE {
            return Err(VerifyError::TooNew);
        }
        let expected = self.tag(id, timestamp, body).sign();
        let fits = |signature: &str| {
            signature
                .split_once(',')
                .filter(|(version, _)| *version == VERSION)
                .and_then(|(_, encoded)| STANDARD.decode(encoded).ok())
                .is_some_and(|given| {
                    aws_lc_rs::constant_time::verify_slices_are_equal(&given, expected.as_ref())
                        .is_ok()
                })
        };
        if signatures.split(' ').any(fits) {
            Ok(())
        } else {
            Err(VerifyError::NoMatch)
        }
    }

    fn tag(&self, id: &str, timestamp: &str, body: &[u8]) -> hmac::Context {
        let mut context = hmac::Context::with_key(&self.0);
        for part in [id.as_bytes(), b".", timestamp.as_bytes(), b".", body] {
            context.update(part);
        }
        context
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct Fixture {
        cases: Vec<Case>,
    }

    #[derive(Deserialize)]
    struct Case {
        secret: String,
        id: String,
        timestamp: i64,
        payload: String,
        signature: String,
    }

    fn cases() -> Vec<Case> {
        let text = include_str!("../fixtures/standard_webhooks.json");
        serde_json::from_str::<Fixture>(text).unwrap().cases
    }

    fn secret(text: &str) -> Secret {
        Secret::parse(&text.into()).unwrap()
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn the_reference_signatures_are_reproduced_byte_for_byte_and_accepted() {
        assert_eq!(cases().len(), 2);
        for case in cases() {
            let secret = secret(&case.secret);
            let body = case.payload.as_bytes();
            assert_eq!(
                secret.sign(&case.id, at(case.timestamp), body),
                case.signature
            );
            let timestamp = case.timestamp.to_string();
            let headers = SignedHeaders {
                id: Some(&case.id),
                timestamp: Some(&timestamp),
                signature: Some(&case.signature),
            };
            assert_eq!(
                secret.verify(headers, body, at(case.timestamp + 300)),
                Ok(())
            );
        }
    }

    #[test]
    fn one_of_several_signatures_is_enough_and_other_versions_are_passed_over() {
        let case = &cases()[0];
        let timestamp = case.timestamp.to_string();
        let bare = case.signature.strip_prefix("v1,").unwrap();
        let verify = |signature: &str| {
            let headers = SignedHeaders {
                id: Some(&case.id),
                timestamp: Some(&timestamp),
                signature: Some(signature),
            };
            secret(&case.secret).verify(headers, case.payload.as_bytes(), at(case.timestamp))
        };
        assert_eq!(
            verify(&format!("v1,AAAA v1a,{bare} {}", case.signature)),
            Ok(())
        );
        for wrong in [
            "",
            "v1,",
            "v1,!!",
            "v1,AAAA",
            bare,
            &format!("v1a,{bare}"),
            "v1",
        ] {
            assert_eq!(verify(wrong), Err(VerifyError::NoMatch), "{wrong}");
        }
    }

    #[test]
    fn any_change_and_any_distance_in_time_is_refused() {
        let case = &cases()[1];
        let secret = secret(&case.secret);
        let timestamp = case.timestamp.to_string();
        let good = SignedHeaders {
            id: Some(&case.id),
            timestamp: Some(&timestamp),
            signature: Some(&case.signature),
        };
        let body = case.payload.as_bytes();
        let now = at(case.timestamp);
        assert_eq!(secret.verify(good, b"{}", now), Err(VerifyError::NoMatch));
        let other_id = SignedHeaders {
            id: Some("msg_other"),
            ..good
        };
        assert_eq!(
            secret.verify(other_id, body, now),
            Err(VerifyError::NoMatch)
        );
        let late = at(case.timestamp + 301);
        assert_eq!(secret.verify(good, body, late), Err(VerifyError::TooOld));
        let early = at(case.timestamp - 301);
        assert_eq!(secret.verify(good, body, early), Err(VerifyError::TooNew));
        for timestamp in [
            None,
            Some(""),
            Some("soon"),
            Some("1e9"),
            Some("99999999999999999"),
        ] {
            let headers = SignedHeaders { timestamp, ..good };
            assert_eq!(
                secret.verify(headers, body, now),
                Err(VerifyError::Header(TIMESTAMP))
            );
        }
        let without_id = SignedHeaders { id: None, ..good };
        assert_eq!(
            secret.verify(without_id, body, now),
            Err(VerifyError::Header(ID))
        );
        let unsigned = SignedHeaders {
            signature: None,
            ..good
        };
        assert_eq!(
            secret.verify(unsigned, body, now),
            Err(VerifyError::Header(SIGNATURE))
        );
    }

    #[test]
    fn what_is_no_secret_is_refused_and_a_secret_shows_nothing() {
        let short = format!("whsec_{}", STANDARD.encode([7; 23]));
        let long = format!("whsec_{}", STANDARD.encode([7; 65]));
        for text in [
            "",
            "whsec_",
            "C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
            "whsec_!",
            &short,
            &long,
        ] {
            assert_eq!(
                Secret::parse(&text.into()).err(),
                Some(NotASecret),
                "{text}"
            );
        }
        assert_eq!(format!("{:?}", secret(&cases()[0].secret)), "Secret(..)");
    }
}
