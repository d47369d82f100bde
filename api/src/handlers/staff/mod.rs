//! Staff members of the caller's agency.

pub mod create;
pub mod end_sessions;
pub mod get;
pub mod list;
pub mod list_sessions;
pub mod reset_password;
pub mod reset_second_factor;
pub mod update;
