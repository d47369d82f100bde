//! Access tokens: short-lived EdDSA JWTs, verified without the database.

use std::{
    collections::HashMap,
    fmt,
    sync::{PoisonError, RwLock},
};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{AgencyId, OfficeId, Role, SessionId, StaffId};
use jsonwebtoken::{Algorithm, Header, Validation, decode, decode_header, encode};
use serde::{Deserialize, Serialize};

use crate::auth::SigningKeys;

const AUDIENCE: &str = "tongxing";

/// Tokens kept as verified. A verification costs some 60 µs, a look-up less than one.
const REMEMBERED: usize = 20_000;

/// A signed-in staff member, as the token says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// The tenant.
    pub agency: AgencyId,
    /// Who.
    pub staff: StaffId,
    /// What they may do.
    pub role: Role,
    /// Where they work; `None`: for the agency as a whole.
    pub office: Option<OfficeId>,
    /// The sign-in the token belongs to.
    pub session: SessionId,
    /// When the token was made, UTC, to the second.
    pub issued_at: DateTime<Utc>,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: StaffId,
    iat: i64,
    exp: i64,
    agency: AgencyId,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    office: Option<OfficeId>,
    role: Role,
    session: SessionId,
}

/// Why a token is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rejected {
    /// Not one of ours, or altered.
    Invalid,
    /// Past its time.
    Expired,
}

/// Makes and verifies access tokens.
pub struct AccessTokens {
    keys: SigningKeys,
    issuer: String,
    life: TimeDelta,
    validation: Validation,
    verified: RwLock<HashMap<Box<str>, (Caller, i64)>>,
}

impl AccessTokens {
    /// Tokens of `issuer` that live `life_seconds`.
    pub fn new(keys: SigningKeys, issuer: &str, life_seconds: u32) -> Self {
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[issuer]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["iss", "aud", "sub", "exp"]);
        // Checked below against `now`: the library would ask the machine's clock.
        validation.validate_exp = false;
        Self {
            keys,
            issuer: issuer.to_owned(),
            life: TimeDelta::seconds(i64::from(life_seconds)),
            validation,
            verified: RwLock::default(),
        }
    }

    /// The keys behind the tokens.
    pub fn keys(&self) -> &SigningKeys {
        &self.keys
    }

    /// How long a token lives, in seconds.
    pub fn life_seconds(&self) -> i64 {
        self.life.num_seconds()
    }

    /// A token for `caller`, good from its `issued_at`. `None` only if there is no key.
    pub fn issue(&self, caller: &Caller) -> Option<String> {
        let (kid, key) = self.keys.newest()?;
        let header = Header {
            kid: Some(kid.to_owned()),
            ..Header::new(Algorithm::EdDSA)
        };
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: AUDIENCE.to_owned(),
            sub: caller.staff,
            iat: caller.issued_at.timestamp(),
            exp: (caller.issued_at + self.life).timestamp(),
            agency: caller.agency,
            office: caller.office,
            role: caller.role,
            session: caller.session,
        };
        encode(&header, &claims, key).ok()
    }

    /// Who a token speaks for at `now` (UTC).
    pub fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<Caller, Rejected> {
        let known = self
            .verified
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(token)
            .copied();
        let (caller, exp) = match known {
            Some(known) => known,
            None => self.verify_signature(token)?,
        };
        if exp <= now.timestamp() {
            return Err(Rejected::Expired);
        }
        if known.is_none() {
            self.remember(token, caller, exp, now);
        }
        Ok(caller)
    }

    fn verify_signature(&self, token: &str) -> Result<(Caller, i64), Rejected> {
        let kid = decode_header(token)
            .ok()
            .and_then(|header| header.kid)
            .ok_or(Rejected::Invalid)?;
        let key = self.keys.find(&kid).ok_or(Rejected::Invalid)?;
        let claims = decode::<Claims>(token, key, &self.validation)
            .map_err(|_why_is_not_told| Rejected::Invalid)?
            .claims;
        let caller = Caller {
            agency: claims.agency,
            staff: claims.sub,
            role: claims.role,
            office: claims.office,
            session: claims.session,
            issued_at: DateTime::from_timestamp(claims.iat, 0).ok_or(Rejected::Invalid)?,
        };
        Ok((caller, claims.exp))
    }

    fn remember(&self, token: &str, caller: Caller, exp: i64, now: DateTime<Utc>) {
        let mut verified = self
            .verified
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        if verified.len() >= REMEMBERED {
            verified.retain(|_, (_, exp)| *exp > now.timestamp());
        }
        if verified.len() < REMEMBERED {
            verified.insert(token.into(), (caller, exp));
        }
    }
}

impl fmt::Debug for AccessTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessTokens")
            .field("keys", &self.keys)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn caller() -> Caller {
        Caller {
            agency: AgencyId::from_uuid(Uuid::from_u128(1)),
            staff: StaffId::from_uuid(Uuid::from_u128(2)),
            role: Role::Caseworker,
            office: Some(OfficeId::from_uuid(Uuid::from_u128(3))),
            session: SessionId::from_uuid(Uuid::from_u128(4)),
            issued_at: "2026-02-16T04:00:00Z".parse().unwrap(),
        }
    }

    fn tokens() -> AccessTokens {
        AccessTokens::new(SigningKeys::ephemeral().unwrap(), "tongxing", 900)
    }

    #[test]
    fn a_token_speaks_for_its_caller_until_it_expires() {
        let tokens = tokens();
        let token = tokens.issue(&caller()).unwrap();
        let at = |seconds| caller().issued_at + TimeDelta::seconds(seconds);
        for _remembered_or_not in 0..2 {
            assert_eq!(tokens.verify(&token, at(899)), Ok(caller()));
        }
        assert_eq!(tokens.verify(&token, at(900)), Err(Rejected::Expired));
    }

    #[test]
    fn a_foreign_or_altered_token_is_refused() {
        let (ours, theirs) = (tokens(), tokens());
        let token = ours.issue(&caller()).unwrap();
        let now = caller().issued_at;
        assert_eq!(theirs.verify(&token, now), Err(Rejected::Invalid));
        for text in ["", "a.b.c", &token[1..], &format!("{token}A")] {
            assert_eq!(ours.verify(text, now), Err(Rejected::Invalid), "{text}");
        }
        let (head, rest) = token.split_once('.').unwrap();
        let (_, signature) = rest.split_once('.').unwrap();
        let other = ours
            .issue(&Caller {
                role: Role::Supervisor,
                ..caller()
            })
            .unwrap();
        let payload = other.split('.').nth(1).unwrap();
        let forged = format!("{head}.{payload}.{signature}");
        assert_eq!(ours.verify(&forged, now), Err(Rejected::Invalid));
    }

    #[test]
    fn another_issuer_is_refused() {
        let keys = SigningKeys::ephemeral().unwrap();
        let mut tokens = AccessTokens::new(keys, "elsewhere", 900);
        let token = tokens.issue(&caller()).unwrap();
        tokens.validation.set_issuer(&["tongxing"]);
        assert_eq!(
            tokens.verify(&token, caller().issued_at),
            Err(Rejected::Invalid)
        );
    }
}
