//! The working-day calendar of the caller's agency.

pub mod get;
pub mod list;
pub mod put;
