//! What tells one number of a client from another, without telling the number.

use crate::sealed::Sealer;

/// A keyed fingerprint of a client's number.
#[derive(Clone, PartialEq, Eq)]
pub struct PhoneIndex(pub(crate) Vec<u8>);

impl PhoneIndex {
    /// Of a number of 11 digits.
    pub fn of(sealer: &Sealer, phone: &str) -> Self {
        Self(sealer.blind_index("clients.phone", phone))
    }
}

/// Shows nothing of it: who has the key finds a number by trying them all.
impl std::fmt::Debug for PhoneIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("PhoneIndex").finish_non_exhaustive()
    }
}
