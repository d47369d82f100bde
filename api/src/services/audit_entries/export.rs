//! The audit trail as CSV.

use storage::audit_log::AuditEntry;

use crate::{csv, views::audit_entries::AuditEntryView};

/// The first line.
pub fn head() -> String {
    csv::line([
        "seq",
        "at",
        "actor_kind",
        "actor_id",
        "action",
        "object_kind",
        "object_id",
        "outcome",
        "reason",
        "request_id",
        "address",
        "previous_hash",
        "hash",
    ])
}

/// The line of an entry.
pub fn line(entry: AuditEntry) -> String {
    let entry = AuditEntryView::from(entry);
    let optional = |text: &Option<String>| text.clone().unwrap_or_default();
    csv::line([
        entry.seq.to_string(),
        entry.at.to_rfc3339(),
        entry.actor_kind.to_string(),
        entry.actor_id.map(|id| id.to_string()).unwrap_or_default(),
        entry.action,
        entry.object_kind,
        optional(&entry.object_id),
        entry.outcome,
        optional(&entry.reason),
        optional(&entry.request_id),
        optional(&entry.address),
        entry.previous_hash,
        entry.hash,
    ])
}
