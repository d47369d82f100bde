//! Clients.

pub mod get;
pub mod list;
pub mod register;
pub mod update;
