//! `tongxing admin purge --dry-run`.

use std::io;

use casework::{
    Actor, PackCache, Request, Work, WorkError,
    retention::{self, Finding},
};
use domain::{
    AgencyId, IdMint,
    retention::{RetentionAction, RetentionRules},
};
use platform::{Clock, Config, Randomness};
use storage::agencies;
use worker::open;

use super::Failed;

/// Whose data; everybody's unless given.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Only say what would be deleted or frozen. The worker does it: `tongxing-worker once purge`.
    #[arg(long, required = true)]
    dry_run: bool,
    /// The agency's id.
    #[arg(long)]
    agency: Option<AgencyId>,
}

/// Prints for each rule of retention what would be deleted or frozen now, what would stay, and why.
pub fn run(arguments: &Arguments, config: &Config, out: &mut impl io::Write) -> Result<(), Failed> {
    let store = open::store(config)?;
    let (now, randomness) = (Clock::System.now(), Randomness::from_os()?);
    let rules = RetentionRules::shipped()?;
    let agencies = match arguments.agency {
        Some(agency) => vec![agency],
        None => store.read(agencies::list_ids)?,
    };
    let packs = PackCache::default();
    for agency in agencies {
        let findings = store.read_in(agency, |tx| {
            let mut work = Work {
                tx,
                packs: &packs,
                agency,
                now,
                actor: Actor::system(),
                ids: IdMint::new(now, randomness.seed()),
                request: Request::none(),
            };
            retention::survey(&mut work, &rules, now)
        });
        let findings: Vec<Finding> = findings.map_err(|error: WorkError| error.to_string())?;
        writeln!(out, "{agency}: by {} version {}", rules.id, rules.version)?;
        for finding in findings {
            let Finding {
                rule,
                over,
                kept,
                held_up,
            } = finding;
            let verb = match rule.action {
                RetentionAction::Freeze => "freeze",
                RetentionAction::Delete | RetentionAction::Keep => "delete",
            };
            let days = rule.keep_days.map(|days| format!(" {days} days after"));
            writeln!(
                out,
                "  {}: {verb} {over}, keep {kept} ({}{} {}). {}",
                rule.subject,
                rule.action,
                days.as_deref().unwrap_or(" since"),
                rule.event,
                rule.reason
            )?;
            for (work, count) in held_up.by {
                writeln!(out, "    {count} held up by {work}")?;
            }
        }
    }
    Ok(())
}
