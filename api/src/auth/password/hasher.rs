//! Computing argon2id in memory that is kept while one password follows the other.

use argon2::{Algorithm, Argon2, Block, Params, Version, password_hash::phc::PasswordHash};
use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};

/// Bytes of a hash.
const OUTPUT: usize = 32;

/// What a password turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// It is the one that was hashed.
    pub fits: bool,
    /// The hash was not made by the settings of today: make a new one.
    pub outdated: bool,
}

impl Verdict {
    /// What no password turns out better than.
    pub(super) const NO: Self = Self {
        fits: false,
        outdated: false,
    };
}

/// One thread's workshop. Its memory is kept from one password to the next, since taking 64 MiB anew
/// for each costs the system's time, and given back when none is waiting.
#[derive(Debug)]
pub(super) struct Hasher {
    params: Params,
    memory: Vec<Block>,
}

impl Hasher {
    pub(super) const fn new(params: Params) -> Self {
        Self {
            params,
            memory: Vec::new(),
        }
    }

    /// Gives the memory back until the next password.
    pub(super) fn rest(&mut self) {
        self.memory = Vec::new();
    }

    /// The hash of a password in PHC format; `None` only for parameters that argon2 refuses.
    pub(super) fn hash(&mut self, password: &[u8], salt: &[u8]) -> Option<String> {
        let params = self.params.clone();
        let mut output = [0; OUTPUT];
        self.compute(&params, password, salt, &mut output)?;
        Some(phc(&params, salt, &output))
    }

    /// Whether a password fits a hash in PHC format. What is no such hash fits nothing.
    pub(super) fn verify(&mut self, password: &[u8], stored: &str) -> Verdict {
        self.try_verify(password, stored).unwrap_or(Verdict::NO)
    }

    fn try_verify(&mut self, password: &[u8], stored: &str) -> Option<Verdict> {
        let stored = PasswordHash::new(stored).ok()?;
        if stored.algorithm != Algorithm::Argon2id.ident() {
            return None;
        }
        let params = Params::try_from(&stored).ok()?;
        let (salt, expected) = (stored.salt?, stored.hash?);
        let mut output = vec![0; expected.len()];
        self.compute(&params, password, &salt, &mut output)?;
        let costs = |params: &Params| (params.m_cost(), params.t_cost(), params.p_cost());
        Some(Verdict {
            fits: aws_lc_rs::constant_time::verify_slices_are_equal(&output, expected.as_bytes())
                .is_ok(),
            outdated: costs(&params) != costs(&self.params),
        })
    }

    fn compute(
        &mut self,
        params: &Params,
        password: &[u8],
        salt: &[u8],
        output: &mut [u8],
    ) -> Option<()> {
        let blocks = params.block_count();
        if self.memory.len() < blocks {
            self.memory.resize(blocks, Block::default());
        }
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
        argon2
            .hash_password_into_with_memory(password, salt, output, &mut self.memory)
            .ok()
    }
}

/// The PHC string format.
pub(super) fn phc(params: &Params, salt: &[u8], output: &[u8]) -> String {
    format!(
        "$argon2id$v=19$m={},t={},p={}${}${}",
        params.m_cost(),
        params.t_cost(),
        params.p_cost(),
        STANDARD_NO_PAD.encode(salt),
        STANDARD_NO_PAD.encode(output),
    )
}

#[cfg(test)]
mod tests {
    use argon2::PasswordVerifier as _;

    use super::*;

    fn hasher(memory_kib: u32) -> Hasher {
        Hasher::new(Params::new(memory_kib, 1, 1, None).unwrap())
    }

    #[test]
    fn a_hash_is_what_the_library_makes_of_it() {
        let hash = hasher(64).hash(b"correct horse", &[7; 16]).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{hash}");
        let parsed = PasswordHash::new(&hash).unwrap();
        let library = Argon2::default();
        assert!(library.verify_password(b"correct horse", &parsed).is_ok());
        assert!(library.verify_password(b"correct house", &parsed).is_err());
    }

    #[test]
    fn memory_used_before_changes_no_hash_and_other_costs_are_outdated() {
        let (mut small, mut large) = (hasher(64), hasher(128));
        let hash = small.hash(b"correct horse", &[7; 16]).unwrap();
        large.hash(b"another", &[1; 16]).unwrap();
        let verdict = |fits, outdated| Verdict { fits, outdated };
        assert_eq!(large.verify(b"correct horse", &hash), verdict(true, true));
        assert_eq!(small.verify(b"correct horse", &hash), verdict(true, false));
        assert_eq!(small.verify(b"correct house", &hash), verdict(false, false));
        assert_eq!(small.verify(b"correct horse", "rubbish"), Verdict::NO);
    }
}
