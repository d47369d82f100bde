//! The audit trail of the caller's agency.

pub mod export;
pub mod list;
