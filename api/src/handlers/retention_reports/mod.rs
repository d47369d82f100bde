//! What the rules of retention did.

pub mod list;
