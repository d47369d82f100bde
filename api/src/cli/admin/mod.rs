//! `tongxing admin`: what is done before anybody can sign in.

mod create_agency;
mod create_staff;
mod database_roles;
mod purge;
mod reseal;
mod rotate_keys;
mod verify_audit;

use std::io;

use platform::Config;

use super::{Failed, bootstrap, out};

/// What an operator can do.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Set up an agency: the body that runs the offices and answers for their data.
    CreateAgency(create_agency::Arguments),
    /// Give somebody an account; the first ones of an agency are made so.
    CreateStaff(create_staff::Arguments),
    /// Make PostgreSQL's roles: owner, migrator, app, worker and reader.
    DatabaseRoles(database_roles::Arguments),
    /// Say what the rules of retention would delete and keep, and why.
    Purge(purge::Arguments),
    /// Seal everything under the newest key, while the product serves.
    Reseal(reseal::Arguments),
    /// Add a signing key. Running services take it up; nobody has to sign in again.
    RotateKeys(rotate_keys::Arguments),
    /// Follow the chain of the audit trails; ends with 1 if one does not hold.
    VerifyAudit(verify_audit::Arguments),
}

/// Does it.
pub fn run(command: Command, config: &Config) -> Result<(), Failed> {
    match command {
        Command::CreateAgency(arguments) => create_agency::run(&arguments, config),
        Command::CreateStaff(arguments) => create_staff::run(arguments, config),
        Command::DatabaseRoles(arguments) => database_roles::run(&arguments, config),
        Command::Purge(arguments) => purge::run(&arguments, config, &mut io::stdout().lock()),
        Command::Reseal(arguments) => reseal::run(&arguments, config),
        Command::RotateKeys(arguments) => rotate_keys::run(&arguments, config),
        Command::VerifyAudit(arguments) => {
            verify_audit::run(&arguments, config, &mut io::stdout().lock())
        }
    }
}
