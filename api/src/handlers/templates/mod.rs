//! The texts of messages.

pub mod list;
pub mod preview;
pub mod put;
pub mod reset;
pub mod review;
