//! Clients.

pub mod get;
pub mod list;
pub mod register;
pub mod reveal;
pub mod search;
pub mod update;
