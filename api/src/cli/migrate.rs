//! `tongxing migrate`.

use platform::{Clock, Config, Randomness};
use storage::migrate;
use worker::open;

use super::{Failed, bootstrap, out};

/// Applies what is missing, and publishes the shipped rule packs to every agency.
pub fn run(config: &Config) -> Result<(), Failed> {
    let store = open::store(config)?;
    let applied = migrate::up(&store)?;
    for name in &applied {
        out::say(format!("applied {name}"))?;
    }
    if applied.is_empty() {
        out::say("the database is up to date")?;
    }
    let published =
        bootstrap::publish_shipped(&store, Clock::System.now(), &Randomness::from_os()?)?;
    if published > 0 {
        out::say(format!("published {published} rule packs"))?;
    }
    Ok(())
}
