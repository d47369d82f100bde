//! Other systems with access to the agency's data.

pub mod create;
pub mod deactivate;
pub mod get;
pub mod list;
pub mod rotate_secret;
