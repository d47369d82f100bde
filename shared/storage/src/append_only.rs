//! Tables whose rows are only ever added.
//!
//! On SQLite triggers refuse a change or a removal; on PostgreSQL the roles the product signs in with
//! have neither `UPDATE` nor `DELETE` on them.

/// Their names.
pub const APPEND_ONLY: &[&str] = &[
    "attempt_outcomes",
    "attempts",
    "audit_log",
    "consents",
    "file_openings",
    "credit_events",
    "transitions",
];
