//! How texts are filed with providers' accounts.

pub mod delete;
pub mod list;
pub mod put;
