//! What a fake is told to do, instead of what it should.

use std::{collections::VecDeque, fmt};

/// A chance for every call: what happens instead, if something does.
type Chance<A> = Box<dyn FnMut() -> Option<A> + Send>;

/// Acts for the next calls, one by one; after that, what chance brings.
pub struct Script<A> {
    next: VecDeque<A>,
    chance: Option<Chance<A>>,
}

impl<A> Script<A> {
    /// Adds acts.
    pub fn extend(&mut self, acts: impl IntoIterator<Item = A>) {
        self.next.extend(acts);
    }

    /// Forgets the acts that were to come.
    pub fn clear(&mut self) {
        self.next.clear();
    }

    /// From now on calls without an act meet this.
    pub fn leave_to(&mut self, chance: impl FnMut() -> Option<A> + Send + 'static) {
        self.chance = Some(Box::new(chance));
    }

    /// The act for the next call.
    pub fn take(&mut self) -> Option<A> {
        let next = self.next.pop_front();
        next.or_else(|| self.chance.as_mut().and_then(|chance| chance()))
    }
}

impl<A> Default for Script<A> {
    fn default() -> Self {
        Self {
            next: VecDeque::new(),
            chance: None,
        }
    }
}

impl<A> fmt::Debug for Script<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Script")
            .field("next", &self.next.len())
            .finish_non_exhaustive()
    }
}
