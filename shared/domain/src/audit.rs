//! The hash chain of the audit trail: each entry is bound to the one before it, per agency.
//!
//! The encoding is canonical and versioned: fixed field order, every field tagged present or absent
//! and prefixed with its length, so that no two different entries encode alike.

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{ActorKind, AgencyId, coded};

/// SHA-256 of an entry and, through it, of everything before it.
pub type ChainHash = [u8; 32];

/// What the first entry of an agency's trail is bound to.
pub const GENESIS: ChainHash = [0; 32];

const ENCODING: &[u8] = b"tongxing-audit-1";

coded! {
    /// What came of the action.
    AuditOutcome { Done = "done", Refused = "refused" }
}

/// One entry of the trail. Holds identifiers and codes, never personal data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Whose trail.
    pub agency: AgencyId,
    /// Position in the trail, from 1 and without gaps.
    pub seq: i64,
    /// When, to the microsecond.
    pub at: DateTime<Utc>,
    /// Kind of actor.
    pub actor_kind: ActorKind,
    /// Which actor.
    pub actor_id: Option<Uuid>,
    /// What was done: the operation id of the API (`verb_resource`) or the job's name.
    pub action: &'a str,
    /// Kind of the object.
    pub object_kind: &'a str,
    /// Which object: its id, or the natural key of one that has none (a rule pack, a year).
    pub object_id: Option<&'a str>,
    /// What came of it.
    pub outcome: AuditOutcome,
    /// The code of a reason.
    pub reason: Option<&'a str>,
    /// The request it came with.
    pub request_id: Option<&'a str>,
    /// Network address it came from.
    pub address: Option<&'a str>,
}

/// The hash of an entry that follows the one with hash `prev` ([`GENESIS`] for the first).
pub fn entry_hash(prev: &ChainHash, entry: &Entry<'_>) -> ChainHash {
    let mut hasher = Sha256::new();
    hasher.update(ENCODING);
    hasher.update(prev);
    let agency = entry.agency.uuid();
    let (seq, micros) = (
        entry.seq.to_be_bytes(),
        entry.at.timestamp_micros().to_be_bytes(),
    );
    let fields: [Option<&[u8]>; 12] = [
        Some(agency.as_bytes()),
        Some(&seq),
        Some(&micros),
        Some(entry.actor_kind.as_str().as_bytes()),
        entry.actor_id.as_ref().map(|id| id.as_bytes().as_slice()),
        Some(entry.action.as_bytes()),
        Some(entry.object_kind.as_bytes()),
        entry.object_id.map(str::as_bytes),
        Some(entry.outcome.as_str().as_bytes()),
        entry.reason.map(str::as_bytes),
        entry.request_id.map(str::as_bytes),
        entry.address.map(str::as_bytes),
    ];
    for field in fields {
        match field {
            None => hasher.update([0]),
            Some(bytes) => {
                hasher.update([1]);
                hasher.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
                hasher.update(bytes);
            }
        }
    }
    hasher.finalize().into()
}

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
mod tests {
    use std::fmt::Write;

    use super::*;

    fn entry(seq: i64) -> Entry<'static> {
        Entry {
            agency: AgencyId::from_uuid(Uuid::from_u128(1)),
            seq,
            at: DateTime::from_timestamp_micros(1_750_000_000_000_001).unwrap(),
            actor_kind: ActorKind::Staff,
            actor_id: Some(Uuid::from_u128(2)),
            action: "create_client",
            object_kind: "client",
            object_id: Some("cn-default@1"),
            outcome: AuditOutcome::Done,
            reason: None,
            request_id: Some("r-1"),
            address: Some("192.0.2.1"),
        }
    }

    fn trail(length: i64) -> Vec<Stored<'static>> {
        let mut hash = GENESIS;
        (1..=length)
            .map(|seq| {
                let previous = hash;
                hash = entry_hash(&previous, &entry(seq));
                Stored {
                    entry: entry(seq),
                    previous,
                    hash,
                }
            })
            .collect()
    }

    #[test]
    fn an_untouched_trail_verifies_in_one_go_and_in_parts() {
        let trail = trail(5);
        let head = verify(Head::EMPTY, trail.iter().copied()).unwrap();
        assert_eq!(
            head,
            Head {
                seq: 5,
                hash: trail[4].hash
            }
        );
        let half = verify(Head::EMPTY, trail[..2].iter().copied()).unwrap();
        assert_eq!(verify(half, trail[2..].iter().copied()), Ok(head));
    }

    #[test]
    fn a_missing_or_moved_entry_is_found() {
        let mut cut = trail(3);
        cut.remove(1);
        assert_eq!(
            verify(Head::EMPTY, cut),
            Err(Broken::Gap {
                expected: 2,
                found: 3
            })
        );
        let mut swapped = trail(3);
        swapped.swap(0, 1);
        assert_eq!(
            verify(Head::EMPTY, swapped),
            Err(Broken::Gap {
                expected: 1,
                found: 2
            })
        );
    }

    fn faults(trail: Vec<Stored<'static>>) -> Vec<Broken> {
        let mut found = Vec::new();
        walk(Head::EMPTY, trail, |broken| found.push(broken));
        found
    }

    #[test]
    fn every_fault_is_told_and_the_walk_goes_on() {
        let mut bad = trail(9);
        bad[1].entry.action = "update_client";
        bad.remove(4);
        // Two entries change places, each with its position rewritten.
        let (sixth, seventh) = (bad[5], bad[6]);
        (bad[5], bad[6]) = (seventh, sixth);
        (bad[5].entry.seq, bad[6].entry.seq) = (7, 8);
        assert_eq!(
            faults(bad),
            [
                Broken::Changed { seq: 2 },
                Broken::Gap {
                    expected: 5,
                    found: 6
                },
                Broken::OutOfOrder { seq: 7 },
                Broken::Changed { seq: 7 },
                Broken::OutOfOrder { seq: 8 },
                Broken::Changed { seq: 8 },
                Broken::OutOfOrder { seq: 9 },
            ]
        );
    }

    #[test]
    fn an_entry_rewritten_with_a_hash_that_fits_breaks_the_next_one() {
        let mut forged = trail(3);
        forged[1].entry.action = "update_client";
        forged[1].hash = entry_hash(&forged[1].previous, &forged[1].entry);
        assert_eq!(faults(forged), [Broken::OutOfOrder { seq: 3 }]);
    }

    #[test]
    fn a_trail_that_is_cut_off_differs_from_its_head() {
        let whole = verify(Head::EMPTY, trail(5)).unwrap();
        let cut = verify(Head::EMPTY, trail(3)).unwrap();
        assert_eq!(check_end(whole, whole), Ok(()));
        assert_eq!(
            check_end(cut, whole),
            Err(Broken::Cut {
                expected: 5,
                found: 3
            })
        );
        let other = Head {
            hash: GENESIS,
            ..whole
        };
        assert_eq!(check_end(other, whole), Err(Broken::OutOfOrder { seq: 5 }));
    }

    #[test]
    fn a_change_of_any_field_is_found() {
        let e = entry(2);
        let id = Some(Uuid::from_u128(9));
        for changed in [
            Entry {
                agency: AgencyId::from_uuid(Uuid::from_u128(9)),
                ..e
            },
            Entry {
                at: e.at + chrono::TimeDelta::microseconds(1),
                ..e
            },
            Entry {
                actor_kind: ActorKind::System,
                ..e
            },
            Entry { actor_id: id, ..e },
            Entry {
                actor_id: None,
                ..e
            },
            Entry {
                action: "update_client",
                ..e
            },
            Entry {
                object_kind: "case",
                ..e
            },
            Entry {
                object_id: Some("cn-default@2"),
                ..e
            },
            Entry {
                outcome: AuditOutcome::Refused,
                ..e
            },
            Entry {
                reason: Some(""),
                ..e
            },
            Entry {
                request_id: None,
                ..e
            },
            Entry {
                address: Some("192.0.2.2"),
                ..e
            },
            // The same bytes, cut differently between two neighbouring fields.
            Entry {
                action: "create_clientc",
                object_kind: "lient",
                ..e
            },
        ] {
            let mut trail = trail(3);
            trail[1].entry = changed;
            assert_eq!(verify(Head::EMPTY, trail), Err(Broken::Changed { seq: 2 }));
        }
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").unwrap();
            text
        })
    }

    #[test]
    fn the_encoding_does_not_drift() {
        let hash = entry_hash(&GENESIS, &entry(1));
        assert_eq!(
            hex(&hash),
            "f0e9c891fe28170c980634a9f58ef04d97a59740d12de86b151c8e2af077ff92"
        );
    }
}
