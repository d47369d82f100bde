//! Field encryption and blind indexes.
//!
//! A sealed field is `suite (1) ‖ key id (1) ‖ nonce (12) ‖ ciphertext and tag`; the table, the
//! column and the row are bound to it as associated data, so bytes moved elsewhere do not open.
//! Suite 1 is AES-256-GCM with random nonces.

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey},
    hmac,
};
use domain::ids::Id;

use crate::error::StorageError;

const SUITE_INTL: u8 = 1;
const HEADER: usize = 2;
const NONCE: usize = 12;

/// Where a sealed field stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    /// `table.column`
    pub field: &'static str,
    row: uuid::Uuid,
}

/// What the proof of a key says.
const PROVEN: &str = "tongxing";

impl Place {
    /// Where the proof of a key stands.
    const PROOF: Self = Self {
        field: "sealing_keys.proof",
        row: uuid::Uuid::nil(),
    };

    pub(crate) fn new<K>(field: &'static str, row: Id<K>) -> Self {
        Self {
            field,
            row: row.uuid(),
        }
    }

    fn aad(self) -> Aad<Vec<u8>> {
        let mut bytes = Vec::with_capacity(self.field.len() + 17);
        bytes.extend_from_slice(self.field.as_bytes());
        bytes.push(0);
        bytes.extend_from_slice(self.row.as_bytes());
        Aad::from(bytes)
    }
}

/// A 32-byte key and the id it is stored under.
#[derive(Clone)]
pub struct SealingKey {
    /// Written beside every ciphertext.
    pub id: u8,
    /// The key itself.
    pub bytes: [u8; 32],
}

/// Seals with the newest key, opens with any, and computes blind indexes.
pub struct Sealer {
    keys: Vec<(u8, RandomizedNonceKey)>,
    index_key: hmac::Key,
}

impl Sealer {
    /// `keys`: the newest first; at least one. `index_key` must never change while data lives.
    pub fn new(keys: &[SealingKey], index_key: &[u8; 32]) -> Result<Self, StorageError> {
        let keys = keys
            .iter()
            .map(|key| {
                RandomizedNonceKey::new(&AES_256_GCM, &key.bytes)
                    .map(|sealing| (key.id, sealing))
                    .map_err(|aws_lc_rs::error::Unspecified| StorageError::Unsealable("key"))
            })
            .collect::<Result<Vec<_>, _>>()?;
        if keys.is_empty() {
            return Err(StorageError::Unsealable("no key"));
        }
        Ok(Self {
            keys,
            index_key: hmac::Key::new(hmac::HMAC_SHA256, index_key),
        })
    }

    pub(crate) fn seal(&self, place: Place, text: &str) -> Result<Vec<u8>, StorageError> {
        self.seal_under(self.newest()?, place, text)
    }

    fn seal_under(&self, id: u8, place: Place, text: &str) -> Result<Vec<u8>, StorageError> {
        let (_, key) = self
            .keys
            .iter()
            .find(|(known, _)| *known == id)
            .ok_or(StorageError::Unsealable(place.field))?;
        let mut body = text.as_bytes().to_vec();
        let nonce = key
            .seal_in_place_append_tag(place.aad(), &mut body)
            .map_err(|aws_lc_rs::error::Unspecified| StorageError::Unsealable(place.field))?;
        let mut sealed = Vec::with_capacity(HEADER + NONCE + body.len());
        sealed.extend_from_slice(&[SUITE_INTL, id]);
        sealed.extend_from_slice(nonce.as_ref());
        sealed.append(&mut body);
        Ok(sealed)
    }

    pub(crate) fn seal_opt(
        &self,
        place: Place,
        text: Option<&str>,
    ) -> Result<Option<Vec<u8>>, StorageError> {
        text.map(|text| self.seal(place, text)).transpose()
    }

    pub(crate) fn open(&self, place: Place, sealed: &[u8]) -> Result<String, StorageError> {
        let refused = || StorageError::Unsealable(place.field);
        let ([suite, id], rest) = sealed.split_first_chunk::<HEADER>().ok_or_else(refused)?;
        let (nonce, body) = rest.split_first_chunk::<NONCE>().ok_or_else(refused)?;
        if *suite != SUITE_INTL {
            return Err(refused());
        }
        let (_, key) = self
            .keys
            .iter()
            .find(|(known, _)| known == id)
            .ok_or_else(refused)?;
        let mut body = body.to_vec();
        let plain = key
            .open_in_place(Nonce::assume_unique_for_key(*nonce), place.aad(), &mut body)
            .map_err(|aws_lc_rs::error::Unspecified| refused())?;
        String::from_utf8(plain.to_vec()).map_err(|_utf8| refused())
    }

    pub(crate) fn open_opt(
        &self,
        place: Place,
        sealed: Option<&[u8]>,
    ) -> Result<Option<String>, StorageError> {
        sealed.map(|sealed| self.open(place, sealed)).transpose()
    }

    /// The ids of the keys at hand, the newest first.
    pub(crate) fn key_ids(&self) -> impl Iterator<Item = u8> {
        self.keys.iter().map(|(id, _)| *id)
    }

    /// The id of the key that seals.
    pub(crate) fn newest(&self) -> Result<u8, StorageError> {
        self.key_ids()
            .next()
            .ok_or(StorageError::Unsealable("no key"))
    }

    /// Shows, without telling it, which key has this id.
    pub(crate) fn proof(&self, id: u8) -> Result<Vec<u8>, StorageError> {
        self.seal_under(id, Place::PROOF, PROVEN)
    }

    /// Whether the key with this id made the proof.
    pub(crate) fn is_proof(&self, id: u8, proof: &[u8]) -> bool {
        proof.get(1) == Some(&id)
            && self
                .open(Place::PROOF, proof)
                .is_ok_and(|text| text == PROVEN)
    }

    /// Shows, without telling it, which key the blind indexes are made with.
    pub(crate) fn index_proof(&self) -> Vec<u8> {
        self.blind_index(Place::PROOF.field, PROVEN)
    }

    /// A keyed fingerprint of bytes that may hold a secret: who sees it stored can test no guess.
    pub fn fingerprint(&self, bytes: &[u8]) -> Vec<u8> {
        hmac::sign(&self.index_key, bytes).as_ref().to_vec()
    }

    /// A keyed fingerprint by which an exact value can be looked up. `field` keeps equal values of
    /// different fields apart.
    pub(crate) fn blind_index(&self, field: &str, normalised: &str) -> Vec<u8> {
        let mut context = hmac::Context::with_key(&self.index_key);
        context.update(field.as_bytes());
        context.update(&[0]);
        context.update(normalised.as_bytes());
        context.sign().as_ref().to_vec()
    }
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sealer")
            .field("keys", &self.keys.len())
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SealingKey")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealer(ids: &[u8]) -> Sealer {
        let keys: Vec<_> = ids
            .iter()
            .map(|id| SealingKey {
                id: *id,
                bytes: [*id; 32],
            })
            .collect();
        Sealer::new(&keys, &[9; 32]).unwrap()
    }

    fn place(row: u128) -> Place {
        Place::new(
            "clients.name",
            domain::ClientId::from_uuid(uuid::Uuid::from_u128(row)),
        )
    }

    #[test]
    fn opens_what_it_sealed_also_after_a_new_key() {
        let sealed = sealer(&[1]).seal(place(1), "王小明").unwrap();
        assert_eq!(sealer(&[2, 1]).open(place(1), &sealed).unwrap(), "王小明");
    }

    #[test]
    fn refuses_moved_altered_and_foreign_bytes() {
        let sealer_1 = sealer(&[1]);
        let mut sealed = sealer_1.seal(place(1), "王小明").unwrap();
        assert!(sealer_1.open(place(2), &sealed).is_err());
        assert!(sealer(&[2]).open(place(1), &sealed).is_err());
        *sealed.last_mut().unwrap() ^= 1;
        assert!(sealer_1.open(place(1), &sealed).is_err());
        assert!(sealer_1.open(place(1), &[1]).is_err());
    }

    #[test]
    fn the_blind_index_is_stable_and_kept_apart_by_field() {
        let sealer = sealer(&[1]);
        assert_eq!(
            sealer.blind_index("phone", "1"),
            sealer.blind_index("phone", "1")
        );
        assert_ne!(
            sealer.blind_index("phone", "1"),
            sealer.blind_index("name", "1")
        );
    }
}
