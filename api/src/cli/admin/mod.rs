//! `tongxing admin`: what is done before anybody can sign in.

mod create_agency;
mod create_staff;
mod rotate_keys;

use platform::Config;

use super::{Failed, bootstrap, out};

/// What an operator can do.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Set up an agency: the body that runs the offices and answers for their data.
    CreateAgency(create_agency::Arguments),
    /// Give somebody an account; the first ones of an agency are made so.
    CreateStaff(create_staff::Arguments),
    /// Add a signing key; it signs after the next start, the older ones still verify.
    RotateKeys,
}

/// Does it.
pub fn run(command: Command, config: &Config) -> Result<(), Failed> {
    match command {
        Command::CreateAgency(arguments) => create_agency::run(&arguments, config),
        Command::CreateStaff(arguments) => create_staff::run(arguments, config),
        Command::RotateKeys => rotate_keys::run(config),
    }
}
