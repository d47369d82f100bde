//! Where a counter remembers its callers: a bounded number of them.

use governor::{
    nanos::Nanos,
    state::{
        StateStore,
        keyed::{HashMapStateStore, ShrinkableKeyedStateStore},
    },
};

/// Callers remembered at most; about 3 MB.
pub(super) const MOST: usize = 50_000;
/// Shared by the callers who come when all places are taken: they are held to one limit together.
const THE_REST: u128 = u128::MAX;

/// A map of callers that does not grow beyond [`MOST`].
#[derive(Debug, Default)]
pub(super) struct Bounded(HashMapStateStore<u128>);

impl StateStore for Bounded {
    type Key = u128;

    fn measure_and_replace<T, F, E>(&self, key: &u128, f: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let is_full = {
            let known = self.0.lock();
            known.len() >= MOST && !known.contains_key(key)
        };
        let key = if is_full { &THE_REST } else { key };
        self.0.measure_and_replace(key, f)
    }
}

impl ShrinkableKeyedStateStore<u128> for Bounded {
    fn retain_recent(&self, drop_below: Nanos) {
        self.0.retain_recent(drop_below);
    }

    fn len(&self) -> usize {
        self.0.len()
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
