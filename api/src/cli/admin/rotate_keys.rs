//! `tongxing admin rotate-keys`.

use api::auth::{SigningKeys, keys::ANNOUNCED};
use chrono::TimeDelta;
use platform::{Clock, Config};

use super::{Failed, out};

/// How to change the keys.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The keys are in other hands: delete all of them. The new one signs at once; people get on
    /// with their refresh tokens.
    #[arg(long)]
    compromised: bool,
}

/// Adds a signing key, and deletes those that are spent.
pub fn run(arguments: &Arguments, config: &Config) -> Result<(), Failed> {
    let directory = config
        .auth
        .keys_dir
        .as_deref()
        .ok_or("auth.keys_dir is not set")?;
    let now = Clock::System.now();
    if arguments.compromised {
        let kid = SigningKeys::replace(directory, now)?;
        out::say(format!("{kid} is the only key now"))?;
        return Ok(());
    }
    let life = TimeDelta::seconds(i64::from(config.auth.access_token_seconds));
    let kid = SigningKeys::rotate(directory, now, life)?;
    let minutes = ANNOUNCED.num_minutes();
    out::say(format!(
        "added {kid}; it is among the public keys within a minute, and signs in {minutes}"
    ))?;
    Ok(())
}
