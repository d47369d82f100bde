//! The soak: `cargo run --release -p tests --bin soak -- --messages 10000 --kills 5`. It prints its
//! figures and fails where something was lost, or too much went out twice; `tests/BENCHMARKS.md` keeps
//! the figures.

use std::{env, error::Error, process::ExitCode, sync::mpsc};

use clap::{Parser, Subcommand, ValueEnum};
use tests::{
    Backend,
    soak::{self, Plan, Report, WorkerArguments},
};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Debug, Parser)]
#[command(name = "soak", about = "Soaks Tongxing; prints tables in Markdown")]
struct Arguments {
    /// Databases to run on.
    #[arg(long, value_delimiter = ',', default_value = "sqlite,postgres")]
    db: Vec<Db>,
    /// Messages to clients.
    #[arg(long, default_value_t = 10_000)]
    messages: usize,
    /// Workers that are killed on the way.
    #[arg(long, default_value_t = 5)]
    kills: usize,
    /// Where everything random comes from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// So many of a thousand messages gone out twice are too many.
    #[arg(long, default_value_t = 1.0)]
    twice_per_thousand: f64,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Db {
    Sqlite,
    Postgres,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// One of the workers, as a process of its own.
    #[command(hide = true)]
    Work(WorkerArguments),
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("soak: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<bool, Box<dyn Error + Send + Sync>> {
    if let Some(Command::Work(asked)) = arguments.command {
        let runtime = tokio::runtime::Runtime::new()?;
        runtime.block_on(soak::work(asked))?;
        return Ok(true);
    }
    let mut is_well = true;
    for db in &arguments.db {
        let (name, backend) = match db {
            Db::Sqlite => ("sqlite", Backend::Sqlite),
            Db::Postgres => ("postgres", Backend::Postgres),
        };
        let plan = Plan {
            messages: arguments.messages,
            kills: arguments.kills,
            seed: arguments.seed,
            program: env::current_exe()?,
        };
        let (report, reports) = mpsc::channel::<Report>();
        tests::on(backend, |setup| async move {
            // The receiver lives as long as the soak.
            let _ = report.send(soak::run(setup, &plan).await);
        });
        // What is missing was said.
        let Ok(report) = reports.recv() else {
            continue;
        };
        println!("\n### {name}\n\n{report}");
        let faults = report.faults(arguments.twice_per_thousand);
        for fault in &faults {
            eprintln!("soak on {name}: {fault}");
        }
        is_well &= faults.is_empty();
    }
    Ok(is_well)
}
