//! Servers as processes of their own: starting, finding and ending them.

use std::{
    env,
    io::{BufRead as _, BufReader, Write as _},
    net::SocketAddr,
    process::{Child, Command, Stdio},
};

use api::{
    AppState,
    accounts::Accounts,
    auth::{AccessTokens, EndedSessions, Passwords, SigningKeys},
    covering::Covering,
    pending::Pending,
    refusals::Refusals,
    vendors::Vendors,
};
use casework::PackCache;
use clap::Args;
use platform::{Clock, Config, Randomness};

use crate::{Outcome, data, site};

/// What a server process is told.
#[derive(Debug, Args)]
pub struct ServeArguments {
    #[arg(long)]
    url: String,
    #[arg(long, default_value_t = 8)]
    pool: u32,
    #[arg(long, default_value_t = 0)]
    workers: usize,
    #[arg(long)]
    no_row_security: bool,
}

impl ServeArguments {
    /// The database.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Connections to it.
    pub const fn pool(&self) -> u32 {
        self.pool
    }

    /// Whether the database is told the agency of each transaction.
    pub const fn row_security(&self) -> bool {
        !self.no_row_security
    }

    /// Threads that answer; 0: one per processor.
    pub const fn workers(&self) -> usize {
        self.workers
    }
}

/// The product's server with its default settings, standing at the site's first instant. Limits per
/// caller are lifted: the load comes from a handful of accounts.
pub fn run(asked: &ServeArguments) -> Outcome<()> {
    let mut config = Config::defaults()?;
    config.server.workers = asked.workers();
    config.server.requests_per_minute = u32::MAX;
    config.server.address_requests_per_minute = u32::MAX;
    config.server.sign_ins_per_minute = u32::MAX;
    config.auth.require_second_factor = Some(false);
    let randomness = Randomness::from_os()?;
    let (clock, _) = Clock::manual(data::begin()?);
    let auth = &config.auth;
    let tokens = AccessTokens::new(
        SigningKeys::ephemeral()?,
        &auth.issuer,
        auth.access_token_seconds,
    );
    let state = AppState {
        store: site::open_with(asked.url(), asked.pool(), asked.row_security())?,
        clock,
        sign_in_clock: Clock::System,
        passwords: Passwords::start(&auth.argon2, auth.hash_threads, randomness.clone())?,
        randomness,
        packs: PackCache::default(),
        tokens,
        pending: Pending::new(config.server.max_pending),
        sandbox: None,
        receipt_secret: None,
        accounts: Accounts::default(),
        vendors: Vendors::default(),
        mini_program: None,
        ended: EndedSessions::default(),
        covering: Covering::default(),
        refusals: Refusals::default(),
        server: config.server.clone(),
        auth: config.auth.clone(),
        client_sign_in: config.client_sign_in.clone(),
    };
    actix_web::rt::System::new().block_on(async {
        let (server, address) = api::build(state, SocketAddr::from(([127, 0, 0, 1], 0)))?;
        listening(address)?;
        server.await?;
        Ok(())
    })
}

/// Tells the parent where this process listens.
pub fn listening(address: SocketAddr) -> Outcome<()> {
    let mut out = std::io::stdout();
    writeln!(out, "{address}")?;
    out.flush()?;
    Ok(())
}

/// A server process; ended when dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Server {
    /// Starts this program again with a hidden subcommand.
    pub fn start(arguments: &[&str]) -> Outcome<Self> {
        let mut child = Command::new(env::current_exe()?)
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        let out = child.stdout.take().ok_or("no stdout")?;
        BufReader::new(out).read_line(&mut line)?;
        let address = line
            .trim()
            .parse()
            .map_err(|_no| "the server did not start")?;
        Ok(Self { child, address })
    }

    /// Its process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Err(error) = self.child.kill().and_then(|()| self.child.wait()) {
            eprintln!("a server process was not ended: {error}");
        }
    }
}
