//! Messages: outgoing texts, and what became of them.

pub mod get;
pub mod list;
pub mod resend;
