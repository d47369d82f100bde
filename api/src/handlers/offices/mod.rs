//! Offices of the caller's agency.

pub mod create;
pub mod get;
pub mod list;
pub mod update;
