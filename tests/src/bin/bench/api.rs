//! Requests per second, latency, processor time per request and memory of the API, beside the same
//! of a bare handler.

mod requests;

use std::{
    sync::{Arc, atomic::AtomicUsize},
    time::Duration,
};

use clap::Args;
use tokio::runtime::Runtime;

use crate::{
    Arguments, Db, Outcome, measure, people,
    people::Caller,
    serve::Server,
    site::{self, Site},
    traffic::{self, Requests, Traffic},
};

/// How the API is loaded.
#[derive(Debug, Args)]
pub struct ApiArguments {
    /// Clients in the database.
    #[arg(long, default_value_t = 100_000)]
    clients: usize,
    /// Seconds per run of an operation.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Connections, each with one request under way.
    #[arg(long, default_value_t = 16)]
    connections: usize,
    /// Only operations whose name contains this.
    #[arg(long)]
    only: Option<String>,
    /// The server's connections to the database.
    #[arg(long, default_value = "8")]
    pool: String,
    /// The server's threads; 0: one per processor.
    #[arg(long, default_value = "0")]
    workers: String,
    /// Leaves out PostgreSQL's own wall between agencies, which the yardstick has not either.
    #[arg(long)]
    no_row_security: bool,
    /// Leaves the yardstick out.
    #[arg(long)]
    no_bare: bool,
}

/// One operation under load.
struct Operation {
    name: &'static str,
    expected: u16,
    /// Whether the yardstick does it too.
    has_yardstick: bool,
    connections: Option<usize>,
    requests: fn(&Load) -> Requests,
}

/// Whom and what the load is made of.
struct Load {
    caseworkers: Arc<Vec<Caller>>,
    supervisors: Arc<Vec<Caller>>,
    /// Tests already recorded in this copy of the database, so that none is recorded twice.
    recorded: Arc<AtomicUsize>,
    registered: Arc<AtomicUsize>,
}

const OPERATIONS: &[Operation] = &[
    Operation {
        name: "GET /v1/offices/{id}",
        expected: 200,
        has_yardstick: false,
        connections: None,
        requests: requests::one_office,
    },
    Operation {
        name: "GET /v1/appointments/{id}",
        expected: 200,
        has_yardstick: true,
        connections: None,
        requests: requests::one_appointment,
    },
    Operation {
        name: "GET /v1/appointments?limit=20",
        expected: 200,
        has_yardstick: true,
        connections: None,
        requests: requests::page,
    },
    Operation {
        name: "GET /v1/today",
        expected: 200,
        has_yardstick: true,
        connections: None,
        requests: requests::today,
    },
    Operation {
        name: "POST /v1/appointments/{id}/test-records",
        expected: 201,
        has_yardstick: true,
        connections: None,
        requests: requests::record_test,
    },
    Operation {
        name: "POST /v1/clients",
        expected: 201,
        has_yardstick: false,
        connections: None,
        requests: requests::register,
    },
    Operation {
        name: "POST /v1/sessions",
        expected: 201,
        has_yardstick: false,
        connections: Some(2),
        requests: requests::sign_in,
    },
];

/// Prints a table per database.
pub fn run(arguments: &Arguments, asked: &ApiArguments) -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    for db in &arguments.db {
        let site = Site::open(&arguments.dir, *db)?;
        println!(
            "\n### API on {} with {} clients\n",
            db.name(),
            asked.clients
        );
        println!(
            "| operation | requests/s | p50 ms | p99 ms | µs CPU | bare: requests/s | bare: µs CPU | \
             ratio | MiB | peak MiB |"
        );
        println!("|---|---|---|---|---|---|---|---|---|---|");
        let wanted = |operation: &&Operation| {
            asked
                .only
                .as_ref()
                .is_none_or(|only| operation.name.contains(only.as_str()))
        };
        let url = site.copy(asked.clients)?;
        let (caseworkers, supervisors) = people::find(&site::open(&url, 1)?, 32, 128)?;
        for operation in OPERATIONS.iter().filter(wanted) {
            let with_bare = *db == Db::Postgres && operation.has_yardstick && !asked.no_bare;
            let mut product = Vec::new();
            let mut bare = Vec::new();
            let recorded = Arc::new(AtomicUsize::new(0));
            let registered = Arc::new(AtomicUsize::new(0));
            for _ in 0..arguments.runs {
                for kind in ["serve", "bare"] {
                    if kind == "bare" && !with_bare {
                        continue;
                    }
                    let load = Load {
                        caseworkers: Arc::new(caseworkers.clone()),
                        supervisors: Arc::new(supervisors.clone()),
                        recorded: Arc::clone(&recorded),
                        registered: Arc::clone(&registered),
                    };
                    let figures = once(&runtime, asked, &url, kind, operation, load)?;
                    if kind == "bare" {
                        bare.push(figures);
                    } else {
                        product.push(figures);
                    }
                }
            }
            println!("{}", line(operation, &product, &bare));
        }
    }
    Ok(())
}

#[derive(Debug)]
struct Figures {
    rate: f64,
    p50: f64,
    p99: f64,
    cpu_us: f64,
    mib: f64,
    peak_mib: f64,
}

fn once(
    runtime: &Runtime,
    asked: &ApiArguments,
    url: &str,
    kind: &str,
    operation: &Operation,
    mut load: Load,
) -> Outcome<Figures> {
    // Behind the wall both see what a row's policy lets the product's own role see.
    let url = if asked.no_row_security {
        url.to_owned()
    } else {
        site::url_as(url, "tongxing_app")
    };
    let mut told = vec![kind, "--url", &url, "--pool", &asked.pool];
    told.extend(["--workers", &asked.workers]);
    if asked.no_row_security {
        told.push("--no-row-security");
    }
    let server = Server::start(&told)?;
    let mut caseworkers = load.caseworkers.as_ref().clone();
    let mut supervisors = load.supervisors.as_ref().clone();
    if kind == "bare" {
        people::introduce(&mut caseworkers);
        people::introduce(&mut supervisors);
    } else {
        runtime.block_on(people::sign_in(server.address, &mut caseworkers))?;
        if operation.name.contains("test-records") {
            runtime.block_on(people::sign_in(server.address, &mut supervisors))?;
        }
    }
    load.caseworkers = Arc::new(caseworkers);
    load.supervisors = Arc::new(supervisors);
    let requests = (operation.requests)(&load);
    let connections = operation.connections.unwrap_or(asked.connections);
    let send = |seconds| {
        let lasts = Duration::from_secs(seconds);
        let traffic = traffic::run(
            server.address,
            connections,
            operation.expected,
            lasts,
            Arc::clone(&requests),
        );
        runtime.block_on(traffic)
    };
    check(operation, &send(1)?)?;
    let before = measure::processor_time(server.process())?;
    let traffic = send(asked.seconds)?;
    let used = measure::processor_time(server.process())?.saturating_sub(before);
    check(operation, &traffic)?;
    let (mib, peak_mib) = measure::memory_mib(server.process())?;
    Ok(Figures {
        rate: traffic.rate(),
        p50: traffic.latency_ms(50),
        p99: traffic.latency_ms(99),
        cpu_us: used.as_secs_f64() * 1e6 / measure::count(traffic.answered),
        mib,
        peak_mib,
    })
}

fn check(operation: &Operation, traffic: &Traffic) -> Outcome<()> {
    if traffic.others.is_empty() && traffic.answered > 0 {
        return Ok(());
    }
    let complaint = traffic.complaint.as_deref().unwrap_or("nothing was asked");
    Err(format!("{}: {:?}: {complaint}", operation.name, traffic.others).into())
}

fn line(operation: &Operation, product: &[Figures], bare: &[Figures]) -> String {
    let of = |figures: &[Figures], get: fn(&Figures) -> f64| {
        measure::median(figures.iter().map(get).collect())
    };
    let cpu = of(product, |one| one.cpu_us);
    let beside = if bare.is_empty() {
        "– | – | –".to_owned()
    } else {
        let bare_cpu = of(bare, |one| one.cpu_us);
        format!(
            "{:.0} | {bare_cpu:.0} | {:.2}",
            of(bare, |one| one.rate),
            cpu / bare_cpu
        )
    };
    format!(
        "| `{}` | {:.0} | {:.2} | {:.2} | {cpu:.0} | {beside} | {:.0} | {:.0} |",
        operation.name,
        of(product, |one| one.rate),
        of(product, |one| one.p50),
        of(product, |one| one.p99),
        of(product, |one| one.mib),
        of(product, |one| one.peak_mib),
    )
}
