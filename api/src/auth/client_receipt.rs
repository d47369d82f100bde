//! Signed receipts: what a client handed in, and when, so that nobody can later say they did not.
//!
//! A compact JWS (RFC 7515) under the keys of `/.well-known/jwks.json`, of a type and for an audience
//! of its own: no access token is made of it.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use domain::{AgencyId, ClientId};
use serde::Serialize;
use uuid::Uuid;

use super::AccessTokens;

const TYPE: &str = "receipt+jwt";
const AUDIENCE: &str = "tongxing-receipt";

/// What was handed in.
#[derive(Debug, Clone, Copy)]
pub struct HandedIn<'a> {
    /// The tenant.
    pub agency: AgencyId,
    /// By whom.
    pub client: ClientId,
    /// What kind: `check_in`, `excuse`, `help_request`, `correction`.
    pub kind: &'a str,
    /// The id it was given.
    pub id: Uuid,
    /// When (UTC).
    pub at: DateTime<Utc>,
    /// SHA-256 over method, path and body of the request, with a zero byte between.
    pub request: [u8; 32],
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    aud: &'a str,
    sub: ClientId,
    agency: AgencyId,
    kind: &'a str,
    id: Uuid,
    at: DateTime<Utc>,
    iat: i64,
    request_sha256: String,
}

impl AccessTokens {
    /// A receipt, made at `now` in the time of sign-ins (UTC). `None` only if there is no key.
    pub fn receipt(&self, it: &HandedIn<'_>, now: DateTime<Utc>) -> Option<String> {
        let claims = Claims {
            iss: self.issuer(),
            aud: AUDIENCE,
            sub: it.client,
            agency: it.agency,
            kind: it.kind,
            id: it.id,
            at: it.at,
            iat: now.timestamp(),
            request_sha256: URL_SAFE_NO_PAD.encode(it.request),
        };
        self.sign(TYPE, &claims, now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::{SigningKeys, access_token::Rejected};

    #[test]
    fn a_receipt_opens_no_door() {
        let tokens = AccessTokens::new(SigningKeys::ephemeral().unwrap(), "tongxing", 900);
        let now = "2026-02-16T04:00:00Z".parse().unwrap();
        let it = HandedIn {
            agency: AgencyId::from_uuid(Uuid::from_u128(1)),
            client: ClientId::from_uuid(Uuid::from_u128(2)),
            kind: "check_in",
            id: Uuid::from_u128(3),
            at: now,
            request: [7; 32],
        };
        let receipt = tokens.receipt(&it, now).unwrap();
        assert_eq!(tokens.verify(&receipt, now), Err(Rejected::Invalid));
        assert_eq!(tokens.verify_client(&receipt, now), Err(Rejected::Invalid));
        let head = receipt.split('.').next().unwrap();
        let head: serde_json::Value =
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(head).unwrap()).unwrap();
        assert_eq!(head["typ"], TYPE);
        assert_eq!(head["alg"], "EdDSA");
    }
}
