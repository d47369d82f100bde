//! Whether work in the background goes on.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// The last sign of life of work in the background, on the machine's own clock. Clones share it.
#[derive(Debug, Clone)]
pub struct Pulse(Arc<Mutex<Instant>>);

impl Pulse {
    /// Begins with a sign of life at `now`.
    pub fn starting(now: Instant) -> Self {
        Self(Arc::new(Mutex::new(now)))
    }

    /// A sign of life at `now`.
    pub fn beat(&self, now: Instant) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = now;
    }

    /// How long ago, seen from `now`, the last sign of life was.
    pub fn age(&self, now: Instant) -> Duration {
        let last = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        now.saturating_duration_since(last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_age_counts_from_the_last_beat_of_any_clone() {
        let start = Instant::now();
        let pulse = Pulse::starting(start);
        let later = start + Duration::from_secs(9);
        assert_eq!(pulse.age(later), Duration::from_secs(9));
        pulse.clone().beat(later);
        assert_eq!(pulse.age(later), Duration::ZERO);
        assert_eq!(pulse.age(start), Duration::ZERO);
    }
}
