//! What another system proves itself with: its client id and its secret (RFC 6749 §2.3.1).

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{AgencyId, IntegratorId};
use platform::Randomness;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

const ID: &str = "txi_";
const SECRET: &str = "txs_";
const LENGTH: usize = 32;

/// A client id taken apart: it is no secret, and says whose data it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientIdText {
    /// The tenant.
    pub agency: AgencyId,
    /// The system.
    pub integrator: IntegratorId,
}

impl ClientIdText {
    /// The text handed out.
    pub fn encode(self) -> String {
        let mut bytes = self.agency.uuid().as_bytes().to_vec();
        bytes.extend_from_slice(self.integrator.uuid().as_bytes());
        format!("{ID}{}", URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Reads a text; `None` if it was not made by [`Self::encode`].
    pub fn decode(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text.strip_prefix(ID)?).ok()?;
        let (agency, integrator) = bytes.split_first_chunk::<16>()?;
        Some(Self {
            agency: AgencyId::from_uuid(Uuid::from_bytes(*agency)),
            integrator: IntegratorId::from_uuid(Uuid::from_bytes(integrator.try_into().ok()?)),
        })
    }
}

/// A secret: 256 random bits.
pub struct ClientSecret([u8; LENGTH]);

impl ClientSecret {
    /// A new one.
    pub fn new(randomness: &Randomness) -> Self {
        let mut secret = [0; LENGTH];
        randomness.fill(&mut secret);
        Self(secret)
    }

    /// The text handed out, once.
    pub fn encode(&self) -> String {
        format!("{SECRET}{}", URL_SAFE_NO_PAD.encode(self.0))
    }

    /// Reads a text; `None` if it was not made by [`Self::encode`].
    pub fn decode(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text.strip_prefix(SECRET)?).ok()?;
        Some(Self(bytes.try_into().ok()?))
    }

    /// What is stored of it. It has 256 random bits: a plain hash cannot be searched.
    pub fn hash(&self) -> Vec<u8> {
        Sha256::digest(self.0).to_vec()
    }

    /// Whether the stored hash is this secret's, in a time that tells nothing.
    pub fn fits(&self, stored: &[u8]) -> bool {
        aws_lc_rs::constant_time::verify_slices_are_equal(&self.hash(), stored).is_ok()
    }
}

/// Does not show the secret.
impl fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientSecret").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_read_back_and_nothing_else_does() {
        let id = ClientIdText {
            agency: AgencyId::from_uuid(Uuid::from_u128(1)),
            integrator: IntegratorId::from_uuid(Uuid::from_u128(2)),
        };
        assert_eq!(ClientIdText::decode(&id.encode()), Some(id));
        let secret = ClientSecret::new(&Randomness::seeded(1));
        let text = secret.encode();
        assert!(ClientSecret::decode(&text).unwrap().fits(&secret.hash()));
        assert!(!ClientSecret::new(&Randomness::seeded(2)).fits(&secret.hash()));
        assert!(!format!("{secret:?}").contains(&text[4..]));
        for other in [
            "",
            "txs_",
            "txi_",
            "txs_AAAA",
            &text[1..],
            &text[..text.len() - 2],
        ] {
            assert!(ClientSecret::decode(other).is_none(), "{other}");
            assert!(ClientIdText::decode(other).is_none(), "{other}");
        }
    }
}
