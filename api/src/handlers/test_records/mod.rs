//! Test records: samples taken and their results.

pub mod additional;
pub mod get;
pub mod list;
pub mod record;
