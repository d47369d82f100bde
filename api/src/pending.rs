//! How much work may wait for the database.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// Counts units of work from when they ask for a thread until they are done, and lets no more than
/// so many in: a server that is behind says so at once instead of answering everybody too late.
#[derive(Debug, Clone)]
pub struct Pending {
    most: usize,
    now: Arc<AtomicUsize>,
}

/// One unit's place; given back when it is dropped. It goes with the work, not with the request:
/// work whose caller has left is still to be done.
#[derive(Debug)]
pub(crate) struct Place(Arc<AtomicUsize>);

impl Pending {
    /// Room for `most`.
    pub fn new(most: usize) -> Self {
        Self {
            most,
            now: Arc::default(),
        }
    }

    /// A place, if one is free.
    pub(crate) fn enter(&self) -> Option<Place> {
        let (place, before) = self.take();
        // Dropping the place takes it back.
        (before < self.most).then_some(place)
    }

    /// A place, free or not: for the rest of what was let in. Others are turned away instead.
    pub(crate) fn go_on(&self) -> Place {
        self.take().0
    }

    /// A place, and how many were taken before.
    fn take(&self) -> (Place, usize) {
        let before = self.now.fetch_add(1, Ordering::Relaxed);
        (Place(Arc::clone(&self.now)), before)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_than_so_many_get_in_and_a_place_given_back_is_free() {
        let pending = Pending::new(2);
        let first = pending.enter().unwrap();
        let _second = pending.clone().enter().unwrap();
        for _ in 0..3 {
            assert!(pending.enter().is_none());
        }
        drop(first);
        assert!(pending.enter().is_some());
        assert_eq!(pending.now.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn what_goes_on_is_let_in_and_keeps_others_out() {
        let pending = Pending::new(1);
        let first = pending.go_on();
        let second = pending.go_on();
        drop(first);
        assert!(pending.enter().is_none());
        drop(second);
        assert!(pending.enter().is_some());
    }
}
