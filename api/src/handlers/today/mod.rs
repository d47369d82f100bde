//! The caller's day.

pub mod get;
