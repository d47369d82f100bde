//! What every request shares.

use casework::PackCache;
use platform::{
    Clock, Randomness,
    config::{AuthConfig, ClientSignInConfig, ServerConfig},
};
use storage::Store;

use crate::{
    accounts::Accounts,
    auth::{AccessTokens, EndedSessions, Passwords},
    covering::Covering,
    pending::Pending,
    refusals::Refusals,
    sandbox::Sandbox,
    vendors::Vendors,
};

/// What every request shares; one per process.
#[derive(Debug)]
pub struct AppState {
    /// The database.
    pub store: Store,
    /// The time that cases live in; stands still in a sandbox until it is moved.
    pub clock: Clock,
    /// The time that sign-ins live in: moving the sandbox's clock ends no session.
    pub sign_in_clock: Clock,
    /// Ids, salts, tokens.
    pub randomness: Randomness,
    /// Parsed rule packs.
    pub packs: PackCache,
    /// Makes and verifies access tokens.
    pub tokens: AccessTokens,
    /// Sessions that ended before their access tokens did.
    pub ended: EndedSessions,
    /// Who covers for absent colleagues.
    pub covering: Covering,
    /// What is refused in the present minute.
    pub refusals: Refusals,
    /// Hashes and verifies passwords.
    pub passwords: Passwords,
    /// Work waiting for the database.
    pub pending: Pending,
    /// What makes this a sandbox; `None`: people depend on it.
    pub sandbox: Option<Sandbox>,
    /// What receipts of the office's own SMS platform are signed with; `None`: none are taken.
    pub receipt_secret: Option<gateways::standard_webhooks::Secret>,
    /// The accounts that messages leave by.
    pub accounts: Accounts,
    /// The accounts at providers that post to us.
    pub vendors: Vendors,
    /// Asks WeChat who signs in; `None`: the office has no mini program.
    pub mini_program: Option<gateways::wechat::sign_in::MiniProgram>,
    /// `[server]`
    pub server: ServerConfig,
    /// `[auth]`
    pub auth: AuthConfig,
    /// `[client_sign_in]`
    pub client_sign_in: ClientSignInConfig,
}
