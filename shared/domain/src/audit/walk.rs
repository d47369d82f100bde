//! Following a trail: where it does not hold.

use super::chain::{ChainHash, Entry, GENESIS, entry_hash};

/// An entry as stored, with its hashes.
#[derive(Debug, Clone, Copy)]
pub struct Stored<'a> {
    /// What was recorded.
    pub entry: Entry<'a>,
    /// The hash of the entry before it, as stored beside it.
    pub previous: ChainHash,
    /// The hash stored beside it.
    pub hash: ChainHash,
}

/// The end of a trail, or of the part verified so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Position of the last entry; 0 before the first.
    pub seq: i64,
    /// Its hash.
    pub hash: ChainHash,
}

impl Head {
    /// The head of a trail without entries.
    pub const EMPTY: Self = Self {
        seq: 0,
        hash: GENESIS,
    };
}

/// Where a trail does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// Entries are missing.
    #[error("missing: entry {expected} is not there; entry {found} follows")]
    Gap {
        /// The position that should follow.
        expected: i64,
        /// The position found.
        found: i64,
    },
    /// An entry does not follow the one before it: it was moved, or one of the two was rewritten.
    #[error("out of order: entry {seq} does not follow the one before it")]
    OutOfOrder {
        /// Its position.
        seq: i64,
    },
    /// An entry was changed after it was written.
    #[error("altered: entry {seq} does not match its hash")]
    Changed {
        /// Its position.
        seq: i64,
    },
    /// The trail does not end where its head says.
    #[error("cut off: the trail ends at entry {found}, its head says {expected}")]
    Cut {
        /// The position of the head.
        expected: i64,
        /// The last entry found.
        found: i64,
    },
    /// There are entries that its head does not know of: they were added past the product, or the
    /// head was set back.
    #[error("beyond the end: entry {found} is there, the head says {expected}")]
    Beyond {
        /// The position of the head.
        expected: i64,
        /// The first entry beyond it.
        found: i64,
    },
}

/// Follows a trail from a known head through further entries, in order; tells every place where it
/// does not hold, goes on from there, and answers the new head.
pub fn walk<'a>(
    from: Head,
    entries: impl IntoIterator<Item = Stored<'a>>,
    mut tell: impl FnMut(Broken),
) -> Head {
    entries.into_iter().fold(from, |head, stored| {
        let (expected, seq) = (head.seq.saturating_add(1), stored.entry.seq);
        if seq != expected {
            tell(Broken::Gap {
                expected,
                found: seq,
            });
        } else if stored.previous != head.hash {
            tell(Broken::OutOfOrder { seq });
        }
        if entry_hash(&stored.previous, &stored.entry) != stored.hash {
            tell(Broken::Changed { seq });
        }
        Head {
            seq,
            hash: stored.hash,
        }
    })
}

/// Compares the end of a walk with the head kept beside the trail. A trail whose head was cut back
/// with it still passes: keep the head elsewhere too.
///
/// # Errors
/// [`Broken::Cut`], or [`Broken::OutOfOrder`] when the last entry is another one.
pub fn check_end(walked: Head, kept: Head) -> Result<(), Broken> {
    if walked.seq != kept.seq {
        return Err(Broken::Cut {
            expected: kept.seq,
            found: walked.seq,
        });
    }
    if walked.hash != kept.hash {
        return Err(Broken::OutOfOrder { seq: kept.seq });
    }
    Ok(())
}

/// [`walk`] that stops at the first fault.
///
/// # Errors
/// The first place where the trail does not hold.
pub fn verify<'a>(
    from: Head,
    entries: impl IntoIterator<Item = Stored<'a>>,
) -> Result<Head, Broken> {
    entries.into_iter().try_fold(from, |head, stored| {
        let mut broken = None;
        let head = walk(head, [stored], |fault| broken = broken.or(Some(fault)));
        broken.map_or(Ok(head), Err)
    })
}

#[cfg(test)]
mod tests;
