//! Sign-ins of staff members.

pub mod create;
pub mod delete;
pub mod refresh;
