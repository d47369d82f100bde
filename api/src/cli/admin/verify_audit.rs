//! `tongxing admin verify-audit`.

use std::io;

use api::services::audit_entries::verify;
use domain::AgencyId;
use platform::Config;
use storage::{Store, agencies};
use worker::open;

use super::Failed;

/// Faults printed of one trail; the rest are counted.
const SHOWN: usize = 100;

/// Whose trail; everybody's unless given.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The agency's id.
    #[arg(long)]
    agency: Option<AgencyId>,
}

/// Follows the chain of the trails. Prints every entry that was altered or put out of order, every
/// gap and every end that was cut off, and where each trail ends. Fails unless all of them hold.
pub fn run(arguments: &Arguments, config: &Config, out: &mut impl io::Write) -> Result<(), Failed> {
    let store = open::store(config)?;
    let mut agencies = store.read(agencies::list_ids)?;
    if let Some(asked) = arguments.agency {
        agencies.retain(|agency| *agency == asked);
        if agencies.is_empty() {
            return Err(format!("there is no agency {asked}").into());
        }
    }
    let mut all_hold = true;
    for agency in agencies {
        all_hold &= verify_one(&store, agency, out)?;
    }
    if all_hold {
        Ok(())
    } else {
        Err("an audit trail does not hold".into())
    }
}

fn verify_one(store: &Store, agency: AgencyId, out: &mut impl io::Write) -> Result<bool, Failed> {
    let mut faults = Vec::new();
    let mut count = 0_usize;
    let head = verify::verify(store, agency, |broken| {
        count += 1;
        if faults.len() < SHOWN {
            faults.push(broken);
        }
    })?;
    for broken in &faults {
        writeln!(out, "{agency}: {broken}")?;
    }
    if count > faults.len() {
        writeln!(out, "{agency}: and {} more", count - faults.len())?;
    }
    let verdict = if count == 0 { "holds" } else { "does not hold" };
    write!(
        out,
        "{agency}: {verdict}; {} entries, the last one ",
        head.seq
    )?;
    for byte in &head.hash {
        write!(out, "{byte:02x}")?;
    }
    writeln!(out)?;
    Ok(count == 0)
}
