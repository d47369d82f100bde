//! The commands, one file each.

mod admin;
mod bootstrap;
mod demo;
mod migrate;
mod mini_program;
mod openapi;
mod out;
mod rules_check;
mod sandbox;
mod serve;

use std::{error::Error, io, path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};
use platform::{Config, ConfigError};

/// What a command ends with when it cannot be done.
type Failed = Box<dyn Error + Send + Sync>;

/// The open backend for offices that look after people.
#[derive(Debug, Parser)]
#[command(name = "tongxing", version)]
pub struct Arguments {
    /// Settings file; every key is documented in the built-in defaults.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Answer requests until SIGTERM.
    Serve(serve::Arguments),
    /// Show a sandbox in which months pass, and serve it.
    Demo(demo::Arguments),
    /// Bring the database to the schema of this build, and publish the rule packs that ship.
    Migrate,
    /// Print the OpenAPI document.
    Openapi,
    /// Agencies, accounts and keys.
    #[command(subcommand)]
    Admin(admin::Command),
    /// Rule packs.
    #[command(subcommand)]
    Rules(RulesCommand),
}

#[derive(Debug, Subcommand)]
enum RulesCommand {
    /// Explain every fault of a rule pack with its line; a faulty one ends with 1.
    Check {
        /// The pack as TOML.
        file: PathBuf,
    },
}

/// Runs a command; says on stderr what is wrong if it fails.
pub async fn run(arguments: Arguments) -> ExitCode {
    let config = || Config::load(arguments.config.as_deref(), std::env::vars());
    match dispatch(arguments.command, config).await {
        Ok(code) => code,
        Err(error) => {
            out::complain(error.as_ref());
            ExitCode::FAILURE
        }
    }
}

async fn dispatch(
    command: Command,
    config: impl Fn() -> Result<Config, ConfigError>,
) -> Result<ExitCode, Failed> {
    match command {
        Command::Serve(arguments) => serve::run(config()?, &arguments).await?,
        Command::Demo(arguments) => demo::run(arguments).await?,
        Command::Migrate => migrate::run(&config()?)?,
        Command::Openapi => openapi::run()?,
        Command::Admin(command) => admin::run(command, &config()?)?,
        Command::Rules(RulesCommand::Check { file }) => {
            return Ok(rules_check::run(&file, &mut io::stdout().lock())?);
        }
    }
    Ok(ExitCode::SUCCESS)
}
