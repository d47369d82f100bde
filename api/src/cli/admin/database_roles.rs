//! `tongxing admin database-roles`.

use platform::Config;
use storage::roles;
use worker::open;

use super::{Failed, out};

/// Whether to do it or to show it.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub struct Arguments {
    /// Print the SQL for a database administrator to read or run.
    #[arg(long)]
    print: bool,
    /// Run it, signed in by `database.url` as a superuser of the server.
    #[arg(long)]
    apply: bool,
}

/// Makes PostgreSQL's roles, each with the least rights. Doing so again mends what was changed by
/// hand. No password is set: none belongs on a command line.
pub fn run(arguments: &Arguments, config: &Config) -> Result<(), Failed> {
    if arguments.print {
        out::say(roles::ROLES)?;
        out::say(roles::grants())?;
        return Ok(());
    }
    roles::apply(&open::store(config)?)?;
    out::say("the roles are made; give each login a password with \\password in psql")?;
    Ok(())
}
