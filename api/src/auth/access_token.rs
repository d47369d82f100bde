//! Access tokens: short-lived EdDSA JWTs (RFC 9068), verified without the database.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    AgencyId, CredentialId, IntegratorId, OfficeId, Role, SessionId, StaffId,
    area::AreaCode,
    machine::{parse_scopes, write_scopes},
};
use jsonwebtoken::{Algorithm, Header, Validation, decode, decode_header, encode};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::auth::{
    Bearer, Caller, Machine, Restriction, SigningKeys,
    keys::{Jwk, Key},
};

const AUDIENCE: &str = "tongxing";

/// The media type of an access token (RFC 9068 §2.1): nothing else that we sign passes for one.
const TYPE: &str = "at+jwt";

/// How far the clocks of two of our machines may be apart.
const LEEWAY: TimeDelta = TimeDelta::seconds(5);

/// Tokens kept as verified. A verification costs some 60 µs, a look-up less than one.
const REMEMBERED: usize = 20_000;

/// Those that have run out are looked for this often at most: the look holds everybody up, and where
/// more tokens run than are remembered it finds nothing.
const TIDY_EVERY: TimeDelta = TimeDelta::seconds(10);

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    iat: i64,
    nbf: i64,
    exp: i64,
    agency: AgencyId,
    #[serde(flatten)]
    subject: Subject,
}

/// Whom the token speaks for.
#[derive(Serialize, Deserialize)]
#[serde(tag = "sub_kind", rename_all = "snake_case")]
enum Subject {
    Staff {
        sub: StaffId,
        role: Role,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        office: Option<OfficeId>,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        area: Option<AreaCode>,
        session: SessionId,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        restriction: Option<Restriction>,
    },
    Integrator {
        sub: IntegratorId,
        credential: CredentialId,
        scope: String,
    },
}

/// Why a token is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rejected {
    /// Not one of ours, altered, or not good yet.
    Invalid,
    /// Past its time.
    Expired,
}

/// Until when a token is good: from `nbf` to `exp`, in seconds since 1970.
#[derive(Debug, Clone, Copy)]
struct Span {
    nbf: i64,
    exp: i64,
}

impl Span {
    fn check(self, now: DateTime<Utc>) -> Result<(), Rejected> {
        if self.nbf > (now + LEEWAY).timestamp() {
            Err(Rejected::Invalid)
        } else if self.exp <= (now - LEEWAY).timestamp() {
            Err(Rejected::Expired)
        } else {
            Ok(())
        }
    }
}

/// Makes and verifies access tokens.
pub struct AccessTokens {
    keys: SigningKeys,
    issuer: String,
    life: TimeDelta,
    validation: Validation,
    verified: RwLock<Verified>,
}

#[derive(Default)]
struct Verified {
    tokens: HashMap<Box<str>, (Bearer, Span)>,
    tidied_at: DateTime<Utc>,
}

impl AccessTokens {
    /// Tokens of `issuer` that live `life_seconds`.
    pub fn new(keys: SigningKeys, issuer: &str, life_seconds: u32) -> Self {
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[issuer]);
        validation.set_required_spec_claims(&["iss", "aud", "sub", "exp", "nbf"]);
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

    /// The public keys that tokens are checked with at `now` (UTC), the next one among them.
    pub fn public_keys(&self, now: DateTime<Utc>) -> Vec<Jwk> {
        self.keep_up(now, false);
        self.keys.public(now, self.longest())
    }

    /// How long a token lives, in seconds.
    pub fn life_seconds(&self) -> i64 {
        self.life.num_seconds()
    }

    /// When the last token made at `now` (UTC) is refused by every process.
    pub fn last_until(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        now + self.longest()
    }

    /// A token for `bearer`, good from its `issued_at`. `None` only if there is no key.
    pub fn issue(&self, bearer: impl Into<Bearer>) -> Option<String> {
        self.issue_for(bearer, self.life_seconds())
    }

    /// The same, good for `seconds`: where its session ends sooner than a token does.
    pub fn issue_for(&self, bearer: impl Into<Bearer>, seconds: i64) -> Option<String> {
        let bearer = bearer.into();
        let issued_at = bearer.issued_at();
        let subject = match &bearer {
            Bearer::Staff(caller) => Subject::Staff {
                sub: caller.staff,
                role: caller.role,
                office: caller.office,
                area: caller.area,
                session: caller.session,
                restriction: caller.restriction,
            },
            Bearer::Machine(machine) => Subject::Integrator {
                sub: machine.integrator,
                credential: machine.credential,
                scope: write_scopes(&machine.scopes),
            },
        };
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: AUDIENCE.to_owned(),
            iat: issued_at.timestamp(),
            nbf: issued_at.timestamp(),
            exp: issued_at.timestamp().saturating_add(seconds),
            agency: bearer.agency(),
            subject,
        };
        self.sign(TYPE, &claims, issued_at)
    }

    /// Whom a token speaks for at `now` (UTC).
    pub fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<Bearer, Rejected> {
        self.keep_up(now, false);
        let known = self
            .verified
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .tokens
            .get(token)
            .cloned();
        if let Some((bearer, span)) = known {
            return span.check(now).map(|()| bearer);
        }
        let (bearer, span) = self.verify_signature(token, now)?;
        span.check(now)?;
        self.remember(token, bearer.clone(), span, now);
        Ok(bearer)
    }

    /// The longest that a token may be taken for good after it was made.
    fn longest(&self) -> TimeDelta {
        self.life + LEEWAY
    }

    /// Takes up keys that were added or removed beside us.
    fn keep_up(&self, now: DateTime<Utc>, unknown: bool) {
        if self.keys.is_due(now, unknown) && self.keys.read_again(now) {
            self.verified
                .write()
                .unwrap_or_else(PoisonError::into_inner)
                .tokens
                .clear();
        }
    }

    fn key(&self, kid: &str, now: DateTime<Utc>) -> Option<Arc<Key>> {
        let find = || self.keys.verifier(kid, now, self.longest());
        find().or_else(|| {
            self.keep_up(now, true);
            find()
        })
    }

    fn verify_signature(
        &self,
        token: &str,
        now: DateTime<Utc>,
    ) -> Result<(Bearer, Span), Rejected> {
        let claims: Claims = self.open((TYPE, AUDIENCE), token, now)?;
        let agency = claims.agency;
        let span = Span {
            nbf: claims.nbf,
            exp: claims.exp,
        };
        let issued_at = DateTime::from_timestamp(claims.iat, 0).ok_or(Rejected::Invalid)?;
        let bearer = match claims.subject {
            Subject::Staff {
                sub: staff,
                role,
                office,
                area,
                session,
                restriction,
            } => Bearer::Staff(Caller {
                agency,
                staff,
                role,
                office,
                area,
                session,
                issued_at,
                restriction,
            }),
            Subject::Integrator {
                sub: integrator,
                credential,
                scope,
            } => Bearer::Machine(Machine {
                agency,
                integrator,
                credential,
                // A scope that was taken from the table meanwhile makes the token worthless.
                scopes: parse_scopes(&scope)
                    .map_err(|_no_longer_one| Rejected::Invalid)?
                    .into(),
                issued_at,
            }),
        };
        Ok((bearer, span))
    }

    /// Signs claims of another kind at `now` (UTC), under the header `typ` (RFC 8725 §3.11). `None`
    /// only if there is no key.
    pub(super) fn sign(
        &self,
        typ: &str,
        claims: &impl Serialize,
        now: DateTime<Utc>,
    ) -> Option<String> {
        self.keep_up(now, false);
        let key = self.keys.signer(now)?;
        let header = Header {
            typ: Some(typ.to_owned()),
            kid: Some(key.kid.clone()),
            ..Header::new(Algorithm::EdDSA)
        };
        encode(&header, claims, &key.sign).ok()
    }

    /// The claims of what we signed as `typ` for `audience`, for whoever asks at `now` (UTC). Whether
    /// its time is over is for the caller to check.
    pub(super) fn open<C: DeserializeOwned>(
        &self,
        (typ, audience): (&str, &str),
        token: &str,
        now: DateTime<Utc>,
    ) -> Result<C, Rejected> {
        self.keep_up(now, false);
        let header = decode_header(token).map_err(|_not_a_token| Rejected::Invalid)?;
        if header.typ.as_deref() != Some(typ) || header.alg != Algorithm::EdDSA {
            return Err(Rejected::Invalid);
        }
        let kid = header.kid.ok_or(Rejected::Invalid)?;
        let key = self.key(&kid, now).ok_or(Rejected::Invalid)?;
        let mut validation = self.validation.clone();
        validation.set_audience(&[audience]);
        decode::<C>(token, &key.verify, &validation)
            .map(|opened| opened.claims)
            .map_err(|_why_is_not_told| Rejected::Invalid)
    }

    /// `iss` of all that is signed.
    pub(super) fn issuer(&self) -> &str {
        &self.issuer
    }

    fn remember(&self, token: &str, bearer: Bearer, span: Span, now: DateTime<Utc>) {
        let mut verified = self
            .verified
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let Verified { tokens, tidied_at } = &mut *verified;
        if tokens.len() >= REMEMBERED && now - *tidied_at >= TIDY_EVERY {
            tokens.retain(|_, (_, span)| span.check(now).is_ok());
            *tidied_at = now;
        }
        if tokens.len() < REMEMBERED {
            tokens.insert(token.into(), (bearer, span));
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
mod tests;
