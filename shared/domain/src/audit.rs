//! The hash chain of the audit trail: each entry is bound to the one before it, per agency.
//!
//! The encoding is canonical and versioned: fixed field order, every field tagged present or absent
//! and prefixed with its length, so that no two different entries encode alike.

mod chain;
mod walk;

pub use self::{
    chain::{ChainHash, Entry, GENESIS, entry_hash},
    walk::{Broken, Head, Stored, check_end, verify, walk},
};
use crate::coded;

coded! {
    /// What came of the action.
    AuditOutcome { Done = "done", Refused = "refused" }
}
