//! `tongxing admin create-agency`.

use domain::{AgencyId, IdMint};
use platform::{Clock, Config, Randomness};
use storage::agencies::{self, Agency};
use worker::open;

use super::{Failed, bootstrap, out};

/// The agency to be.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Its name, 1 to 60 characters.
    name: String,
}

/// Makes the agency with the shipped rule packs; prints its id.
pub fn run(arguments: &Arguments, config: &Config) -> Result<(), Failed> {
    let name = arguments.name.trim();
    if !(1..=60).contains(&name.chars().count()) {
        return Err("an agency's name has 1 to 60 characters".into());
    }
    let store = open::migrated_store(config)?;
    let (now, randomness) = (Clock::System.now(), Randomness::from_os()?);
    let id: AgencyId = IdMint::new(now, randomness.seed()).next();
    let agency = Agency {
        id,
        name: name.to_owned(),
        created_at: now,
    };
    store.write_in(id, |tx| {
        agencies::insert(tx, &agency)?;
        bootstrap::publish_to(tx, id, now, &randomness)
    })?;
    out::say(id.to_string())?;
    Ok(())
}
