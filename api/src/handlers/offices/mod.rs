//! Offices of the caller's agency.

pub mod create;
pub mod list;
