//! The text of a refresh token: where it is stored, and the secret that proves it.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{AgencyId, RefreshTokenId, SessionId};
use platform::Randomness;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

const PREFIX: &str = "txr_";
const SECRET: usize = 32;

/// A refresh token taken apart.
#[derive(Clone)]
pub struct RefreshTokenText {
    /// The tenant.
    pub agency: AgencyId,
    /// The sign-in.
    pub session: SessionId,
    /// The row.
    pub id: RefreshTokenId,
    secret: [u8; SECRET],
}

impl RefreshTokenText {
    /// A new token with a secret from `randomness`.
    pub fn new(
        agency: AgencyId,
        session: SessionId,
        id: RefreshTokenId,
        randomness: &Randomness,
    ) -> Self {
        let mut secret = [0; SECRET];
        randomness.fill(&mut secret);
        Self {
            agency,
            session,
            id,
            secret,
        }
    }

    /// The text handed out.
    pub fn encode(&self) -> String {
        let mut bytes = Vec::with_capacity(3 * 16 + SECRET);
        for id in [self.agency.uuid(), self.session.uuid(), self.id.uuid()] {
            bytes.extend_from_slice(id.as_bytes());
        }
        bytes.extend_from_slice(&self.secret);
        format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Reads a text; `None` if it was not made by [`Self::encode`].
    pub fn decode(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text.strip_prefix(PREFIX)?).ok()?;
        let (agency, rest) = bytes.split_first_chunk::<16>()?;
        let (session, rest) = rest.split_first_chunk::<16>()?;
        let (id, secret) = rest.split_first_chunk::<16>()?;
        Some(Self {
            agency: AgencyId::from_uuid(Uuid::from_bytes(*agency)),
            session: SessionId::from_uuid(Uuid::from_bytes(*session)),
            id: RefreshTokenId::from_uuid(Uuid::from_bytes(*id)),
            secret: secret.try_into().ok()?,
        })
    }

    /// What is stored of the secret. It has 256 random bits: a plain hash cannot be searched.
    pub fn secret_hash(&self) -> Vec<u8> {
        Sha256::digest(self.secret).to_vec()
    }

    /// Whether the stored hash is this secret's, in a time that tells nothing.
    pub fn fits(&self, stored: &[u8]) -> bool {
        aws_lc_rs::constant_time::verify_slices_are_equal(&self.secret_hash(), stored).is_ok()
    }
}

/// Does not show the secret.
impl fmt::Debug for RefreshTokenText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RefreshTokenText")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_reads_back_and_proves_itself() {
        let id = |n| Uuid::from_u128(n);
        let token = RefreshTokenText::new(
            AgencyId::from_uuid(id(1)),
            SessionId::from_uuid(id(2)),
            RefreshTokenId::from_uuid(id(3)),
            &Randomness::seeded(1),
        );
        let read = RefreshTokenText::decode(&token.encode()).unwrap();
        assert_eq!(
            (read.agency, read.session, read.id),
            (token.agency, token.session, token.id)
        );
        assert!(read.fits(&token.secret_hash()));
        let text = token.encode();
        assert!(RefreshTokenText::decode(&text[..text.len() - 2]).is_none());
        assert!(RefreshTokenText::decode(&text[1..]).is_none());
        assert!(!read.fits(&[0; 32]));
    }
}
