//! What an entry is, and the hash that binds it to the one before it.

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::AuditOutcome;
use crate::{ActorKind, AgencyId};

/// SHA-256 of an entry and, through it, of everything before it.
pub type ChainHash = [u8; 32];

/// What the first entry of an agency's trail is bound to.
pub const GENESIS: ChainHash = [0; 32];

const ENCODING: &[u8] = b"tongxing-audit-1";

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

#[cfg(test)]
pub(super) mod tests {
    use std::fmt::Write;

    use super::*;

    pub(in crate::audit) fn entry(seq: i64) -> Entry<'static> {
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
