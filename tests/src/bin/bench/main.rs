//! Benchmarks: what the product costs, as measured. `tests/BENCHMARKS.md` keeps the figures.
//!
//! `cargo run --release -p tests --bin bench -- jobs --clients 1000,10000,100000`, `… -- api`,
//! `… -- deliver`, `… -- start`. Servers under load run as processes of their own (hidden
//! subcommands of this program), so that their processor time and memory can be told apart from the
//! load's.

mod api;
mod bare;
mod cluster;
mod data;
mod deliver;
mod jobs;
mod load;
mod measure;
mod people;
mod serve;
mod site;
mod sql;
mod start;
mod traffic;

use std::{error::Error, path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand, ValueEnum};

/// What a benchmark answers. Nothing is recovered from: a failed measurement is no figure.
type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Debug, Parser)]
#[command(name = "bench", about = "Measures Tongxing; prints tables in Markdown")]
struct Arguments {
    /// Where databases are kept between runs. Must be on the disk that is to be measured.
    #[arg(long, global = true, default_value = "/var/tmp/tongxing-bench")]
    dir: PathBuf,
    /// Databases to measure.
    #[arg(
        long,
        global = true,
        value_delimiter = ',',
        default_value = "sqlite,postgres"
    )]
    db: Vec<Db>,
    /// Runs of each measurement; the median is shown.
    #[arg(long, global = true, default_value_t = 3)]
    runs: usize,
    #[command(subcommand)]
    command: Command,
}

/// A database to measure on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Db {
    /// Embedded; `synchronous = FULL`.
    Sqlite,
    /// A server of the benchmark's own with the default durability.
    Postgres,
}

impl Db {
    const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Seconds and rows read per job, when nothing is due and per thousand due.
    Jobs {
        /// Clients in the database.
        #[arg(long, value_delimiter = ',', default_value = "1000,10000,100000")]
        clients: Vec<usize>,
    },
    /// Requests per second, latency, processor time per request and memory of the API.
    Api(api::ApiArguments),
    /// Messages per second from the outbox to the gateway.
    Deliver(deliver::DeliverArguments),
    /// Time from start to the first answer.
    Start,
    /// The product's server, as a process of its own.
    #[command(hide = true)]
    Serve(serve::ServeArguments),
    /// The yardstick: a bare actix handler with SQL written by hand.
    #[command(hide = true)]
    Bare(serve::ServeArguments),
    /// An SMS platform that takes everything at once.
    #[command(hide = true)]
    Gateway,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Outcome<()> {
    match &arguments.command {
        Command::Jobs { clients } => jobs::run(arguments, clients),
        Command::Api(asked) => api::run(arguments, asked),
        Command::Deliver(asked) => deliver::run(arguments, asked),
        Command::Start => start::run(arguments),
        Command::Serve(asked) => serve::run(asked),
        Command::Bare(asked) => bare::run(asked),
        Command::Gateway => deliver::gateway(),
    }
}
