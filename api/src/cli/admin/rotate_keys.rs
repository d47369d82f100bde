//! `tongxing admin rotate-keys`.

use api::auth::SigningKeys;
use platform::{Clock, Config};

use super::{Failed, out};

/// Adds a signing key.
pub fn run(config: &Config) -> Result<(), Failed> {
    let directory = config
        .auth
        .keys_dir
        .as_deref()
        .ok_or("auth.keys_dir is not set")?;
    let kid = SigningKeys::add(directory, Clock::System.now())?;
    out::say(format!("added {kid}; it signs after the next start"))?;
    Ok(())
}
