//! Who is calling: signing keys, access tokens, passwords, ended sessions.

pub mod access_token;
pub mod bearer;
pub mod client_receipt;
pub mod client_refresh;
pub mod client_secret;
pub mod client_token;
pub mod ended;
pub mod keys;
pub mod password;
pub mod recovery_code;
pub mod refresh_token;
pub mod restriction;
pub mod totp;

pub use access_token::AccessTokens;
pub use bearer::{Bearer, Caller, Machine};
pub use client_token::ClientCaller;
pub use ended::EndedSessions;
pub use keys::SigningKeys;
pub use password::Passwords;
pub use restriction::Restriction;
pub use totp::TotpSecret;
