//! Sign-ins of staff members.

pub mod create;
