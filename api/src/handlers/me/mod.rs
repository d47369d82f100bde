//! What clients see and do about themselves.

pub mod appointments;
pub mod confirm;
pub mod get;
pub mod ledger;
