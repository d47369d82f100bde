//! What people answer to messages.

pub mod receive;
