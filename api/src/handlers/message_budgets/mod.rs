//! How many messages an office means to send in a month.

pub mod get;
pub mod set;
