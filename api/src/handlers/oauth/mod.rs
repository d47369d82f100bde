//! OAuth 2, for other systems. Its requests, answers and errors are those of RFC 6749, not ours.

mod error;
mod proof;
pub mod token;
