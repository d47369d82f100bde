//! Access tokens of clients: signed with the same keys as those of staff, for another audience, so
//! that neither is taken for the other.

use chrono::{DateTime, Utc};
use domain::{AgencyId, ClientId, ClientSessionId};
use serde::{Deserialize, Serialize};

use super::{AccessTokens, access_token::Rejected};

const TYPE: &str = "at+jwt";
const AUDIENCE: &str = "tongxing-client";
const KIND: &str = "client";

/// A signed-in client, as the token says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientCaller {
    /// The tenant.
    pub agency: AgencyId,
    /// Who.
    pub client: ClientId,
    /// The sign-in the token belongs to.
    pub session: ClientSessionId,
    /// When the token was made, UTC, to the second.
    pub issued_at: DateTime<Utc>,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: ClientId,
    sub_kind: String,
    role: String,
    iat: i64,
    nbf: i64,
    exp: i64,
    agency: AgencyId,
    session: ClientSessionId,
}

impl AccessTokens {
    /// A token for a client, good from its `issued_at`. `None` only if there is no key.
    pub fn issue_to_client(&self, caller: &ClientCaller) -> Option<String> {
        let issued_at = caller.issued_at.timestamp();
        let claims = Claims {
            iss: self.issuer().to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: caller.client,
            sub_kind: KIND.to_owned(),
            role: KIND.to_owned(),
            iat: issued_at,
            nbf: issued_at,
            exp: issued_at.saturating_add(self.life_seconds()),
            agency: caller.agency,
            session: caller.session,
        };
        self.sign(TYPE, &claims, caller.issued_at)
    }

    /// Which client a token speaks for at `now` (UTC).
    pub fn verify_client(&self, token: &str, now: DateTime<Utc>) -> Result<ClientCaller, Rejected> {
        let claims: Claims = self.open((TYPE, AUDIENCE), token, now)?;
        if claims.sub_kind != KIND || claims.nbf > now.timestamp() {
            return Err(Rejected::Invalid);
        }
        if claims.exp <= now.timestamp() {
            return Err(Rejected::Expired);
        }
        Ok(ClientCaller {
            agency: claims.agency,
            client: claims.sub,
            session: claims.session,
            issued_at: DateTime::from_timestamp(claims.iat, 0).ok_or(Rejected::Invalid)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use domain::{OfficeId, Role, SessionId, StaffId};
    use uuid::Uuid;

    use super::*;
    use crate::auth::{Bearer, Caller, SigningKeys};

    fn now() -> DateTime<Utc> {
        "2026-02-16T04:00:00Z".parse().unwrap()
    }

    fn client() -> ClientCaller {
        ClientCaller {
            agency: AgencyId::from_uuid(Uuid::from_u128(1)),
            client: ClientId::from_uuid(Uuid::from_u128(2)),
            session: ClientSessionId::from_uuid(Uuid::from_u128(3)),
            issued_at: now(),
        }
    }

    fn tokens() -> AccessTokens {
        AccessTokens::new(SigningKeys::ephemeral().unwrap(), "tongxing", 900)
    }

    #[test]
    fn a_token_speaks_for_its_client_until_it_expires() {
        let tokens = tokens();
        let token = tokens.issue_to_client(&client()).unwrap();
        let at = |seconds| now() + TimeDelta::seconds(seconds);
        assert_eq!(tokens.verify_client(&token, at(899)), Ok(client()));
        assert_eq!(
            tokens.verify_client(&token, at(900)),
            Err(Rejected::Expired)
        );
    }

    #[test]
    fn clients_and_staff_have_different_tokens() {
        let tokens = tokens();
        let clients = tokens.issue_to_client(&client()).unwrap();
        assert_eq!(tokens.verify(&clients, now()), Err(Rejected::Invalid));
        let staff = Bearer::Staff(Caller {
            agency: client().agency,
            staff: StaffId::from_uuid(Uuid::from_u128(2)),
            role: Role::Caseworker,
            office: Some(OfficeId::from_uuid(Uuid::from_u128(3))),
            area: None,
            session: SessionId::from_uuid(Uuid::from_u128(3)),
            issued_at: now(),
            restriction: None,
        });
        let staffs = tokens.issue(staff).unwrap();
        assert_eq!(tokens.verify_client(&staffs, now()), Err(Rejected::Invalid));
    }
}
