//! Whether work in the background goes on.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// Signs of life of work in the background, on the machine's own clock. Clones share them.
#[derive(Debug, Clone)]
pub struct Pulse(Arc<Mutex<Beats>>);

#[derive(Debug)]
struct Beats {
    last: Instant,
    /// Pieces of work under way, with the last sign of life of each.
    at_work: BTreeMap<&'static str, Instant>,
}

/// The longest time without a sign of life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Silence {
    /// How long.
    pub lasts: Duration,
    /// The piece of work that is under way and silent; none where nothing at all is heard.
    pub of: Option<&'static str>,
}

impl Pulse {
    /// Begins with a sign of life at `now`.
    pub fn starting(now: Instant) -> Self {
        Self(Arc::new(Mutex::new(Beats {
            last: now,
            at_work: BTreeMap::new(),
        })))
    }

    /// A piece of work begins at `now`: from then on others do not speak for it.
    pub fn begin(&self, work: &'static str, now: Instant) {
        self.beats().at_work.insert(work, now);
    }

    /// A sign of life of a piece of work at `now`.
    pub fn beat(&self, work: &'static str, now: Instant) {
        let mut beats = self.beats();
        beats.last = beats.last.max(now);
        if let Some(last) = beats.at_work.get_mut(work) {
            *last = now;
        }
    }

    /// A piece of work has come to its end at `now`.
    pub fn end(&self, work: &'static str, now: Instant) {
        let mut beats = self.beats();
        beats.last = beats.last.max(now);
        beats.at_work.remove(work);
    }

    /// The longest time without a sign of life, seen from `now`: of a piece of work that is under way,
    /// or of all there is.
    pub fn silence(&self, now: Instant) -> Silence {
        let beats = self.beats();
        let at_work = beats
            .at_work
            .iter()
            .map(|(&work, &last)| (last, Some(work)));
        let (last, of) = at_work
            .chain([(beats.last, None)])
            .min()
            .unwrap_or((beats.last, None));
        Silence {
            lasts: now.saturating_duration_since(last),
            of,
        }
    }

    fn beats(&self) -> MutexGuard<'_, Beats> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_silence_counts_from_the_last_beat_of_any_clone() {
        let start = Instant::now();
        let pulse = Pulse::starting(start);
        let later = start + Duration::from_secs(9);
        assert_eq!(pulse.silence(later).lasts, Duration::from_secs(9));
        pulse.clone().beat("deliver", later);
        assert_eq!(pulse.silence(later).lasts, Duration::ZERO);
        assert_eq!(pulse.silence(start).lasts, Duration::ZERO);
    }

    #[test]
    fn nobody_speaks_for_work_that_is_under_way() {
        let start = Instant::now();
        let (soon, later) = (
            start + Duration::from_secs(5),
            start + Duration::from_secs(9),
        );
        let pulse = Pulse::starting(start);
        pulse.begin("remind", start);
        pulse.beat("deliver", later);
        let silence = |lasts, of| Silence {
            lasts: Duration::from_secs(lasts),
            of,
        };
        assert_eq!(pulse.silence(later), silence(9, Some("remind")));
        pulse.beat("remind", soon);
        assert_eq!(pulse.silence(later), silence(4, Some("remind")));
        pulse.end("remind", later);
        assert_eq!(pulse.silence(later), silence(0, None));
    }
}
