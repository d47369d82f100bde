//! Who is calling: signing keys, access tokens, passwords, ended sessions.

pub mod access_token;
pub mod ended;
pub mod keys;
pub mod password;
pub mod refresh_token;

pub use access_token::{AccessTokens, Caller};
pub use ended::EndedSessions;
pub use keys::SigningKeys;
pub use password::Passwords;
