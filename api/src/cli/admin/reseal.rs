//! `tongxing admin reseal`.

use platform::Config;
use storage::reseal::{self, Progress};
use worker::open;

use super::{Failed, out};

/// How much is done at a time.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Rows per transaction: requests wait no longer than for so many.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(i64).range(1..=10_000))]
    batch: i64,
}

/// Seals everything again that an older key sealed; says how far it is after every batch. Can be
/// stopped and started again at any time.
pub fn run(arguments: &Arguments, config: &Config) -> Result<(), Failed> {
    let store = open::migrated_store(config)?;
    let mut unheard = Ok(());
    let forgotten = reseal::run(&store, arguments.batch, |progress| {
        let Progress {
            table,
            column,
            resealed,
        } = progress;
        if let Err(error) = out::say(format!("{resealed} sealed again, now {table}.{column}")) {
            unheard = Err(error);
        }
    })?;
    unheard?;
    for key in &forgotten {
        out::say(format!(
            "nothing is sealed under key {key} any more: it may leave the key file"
        ))?;
    }
    if forgotten.is_empty() {
        out::say("everything is sealed under the newest key")?;
    }
    Ok(())
}
