//! The only place that draws random numbers.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use rand::{Rng as _, RngExt as _, SeedableRng as _, rngs::StdRng};

/// The operating system gave no entropy.
#[derive(Debug, thiserror::Error)]
#[error("the operating system gave no entropy")]
pub struct NoEntropy(#[source] rand::rngs::SysError);

/// A cryptographically secure generator, shared by its clones.
#[derive(Clone)]
pub struct Randomness(Arc<Mutex<StdRng>>);

impl Randomness {
    /// Seeded by the operating system.
    ///
    /// # Errors
    /// [`NoEntropy`] when the system has none to give; the process should not start then.
    pub fn from_os() -> Result<Self, NoEntropy> {
        let rng = StdRng::try_from_rng(&mut rand::rngs::SysRng).map_err(NoEntropy)?;
        Ok(Self(Arc::new(Mutex::new(rng))))
    }

    /// The same numbers every time: tests and the sandbox story only, never keys or tokens.
    pub fn seeded(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(StdRng::seed_from_u64(seed))))
    }

    /// A seed for the ids of one unit of work.
    pub fn seed(&self) -> u128 {
        self.lock().random()
    }

    /// Fills `bytes`: tokens, salts, nonces.
    pub fn fill(&self, bytes: &mut [u8]) {
        self.lock().fill_bytes(bytes);
    }

    /// A number in `[0, 1)`: jitter.
    pub fn unit(&self) -> f64 {
        self.lock().random()
    }

    fn lock(&self) -> MutexGuard<'_, StdRng> {
        // A generator has no invariant that a panic elsewhere could have broken.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Shows nothing of the state: who knows it knows every token to come.
impl fmt::Debug for Randomness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Randomness(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_and_the_system_does_not() {
        assert_eq!(Randomness::seeded(7).seed(), Randomness::seeded(7).seed());
        assert_ne!(Randomness::seeded(7).seed(), Randomness::seeded(8).seed());
        let first = Randomness::from_os().unwrap();
        let second = Randomness::from_os().unwrap();
        assert_ne!(first.seed(), second.seed());
    }

    #[test]
    fn clones_share_one_stream() {
        let one = Randomness::seeded(1);
        let other = one.clone();
        assert_ne!(one.seed(), other.seed());
    }

    #[test]
    fn units_lie_in_the_half_open_unit_interval_and_bytes_are_filled() {
        let randomness = Randomness::seeded(1);
        let units: Vec<f64> = (0..1_000).map(|_| randomness.unit()).collect();
        assert!(units.iter().all(|unit| (0.0..1.0).contains(unit)));
        let mut bytes = [0; 32];
        randomness.fill(&mut bytes);
        assert_ne!(bytes, [0; 32]);
    }
}
