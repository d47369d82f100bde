//! The text of a client's refresh token: which session, which generation, and a keyed hash that
//! nobody else can make. Nothing of it has to be stored.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{AgencyId, ClientSessionId};
use storage::Sealer;
use uuid::Uuid;

const PREFIX: &str = "txc_";
const PURPOSE: &[u8] = b"client_refresh_token";

/// A refresh token that was made here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientRefreshToken {
    /// The tenant.
    pub agency: AgencyId,
    /// The sign-in.
    pub session: ClientSessionId,
    /// Which of its tokens, from 0.
    pub generation: i32,
}

impl ClientRefreshToken {
    /// The text handed out.
    pub fn encode(&self, sealer: &Sealer) -> String {
        let mut bytes = self.head();
        bytes.extend_from_slice(&self.proof(sealer));
        format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Reads a text; `None` unless it was made by [`Self::encode`] under the same key.
    pub fn decode(text: &str, sealer: &Sealer) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text.strip_prefix(PREFIX)?).ok()?;
        let (agency, rest) = bytes.split_first_chunk::<16>()?;
        let (session, rest) = rest.split_first_chunk::<16>()?;
        let (generation, proof) = rest.split_first_chunk::<4>()?;
        let token = Self {
            agency: AgencyId::from_uuid(Uuid::from_bytes(*agency)),
            session: ClientSessionId::from_uuid(Uuid::from_bytes(*session)),
            generation: i32::from_be_bytes(*generation),
        };
        aws_lc_rs::constant_time::verify_slices_are_equal(&token.proof(sealer), proof).ok()?;
        Some(token)
    }

    fn head(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(16 + 16 + 4 + 32);
        bytes.extend_from_slice(self.agency.uuid().as_bytes());
        bytes.extend_from_slice(self.session.uuid().as_bytes());
        bytes.extend_from_slice(&self.generation.to_be_bytes());
        bytes
    }

    fn proof(&self, sealer: &Sealer) -> Vec<u8> {
        let mut bytes = PURPOSE.to_vec();
        bytes.extend_from_slice(&self.head());
        sealer.fingerprint(&bytes)
    }
}

#[cfg(test)]
mod tests {
    use storage::SealingKey;

    use super::*;

    fn sealer(index: u8) -> Sealer {
        let key = SealingKey {
            id: 1,
            bytes: [1; 32],
        };
        Sealer::new(&[key], &[index; 32]).unwrap()
    }

    #[test]
    fn only_what_was_made_here_reads_back() {
        let token = ClientRefreshToken {
            agency: AgencyId::from_uuid(Uuid::from_u128(1)),
            session: ClientSessionId::from_uuid(Uuid::from_u128(2)),
            generation: 7,
        };
        let text = token.encode(&sealer(1));
        assert_eq!(ClientRefreshToken::decode(&text, &sealer(1)), Some(token));
        assert_eq!(ClientRefreshToken::decode(&text, &sealer(2)), None);
        assert_eq!(
            ClientRefreshToken::decode(&text[..text.len() - 2], &sealer(1)),
            None
        );
        let next = ClientRefreshToken {
            generation: 8,
            ..token
        };
        let forged = format!("{}{}", &next.encode(&sealer(1))[..52], &text[52..]);
        assert_eq!(ClientRefreshToken::decode(&forged, &sealer(1)), None);
    }
}
