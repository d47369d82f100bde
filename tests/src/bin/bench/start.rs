//! From the start of the process to its first answer.

use std::time::Instant;

use crate::{Arguments, Outcome, measure, serve::Server, site::Site, traffic::Connection};

/// Clients in the database: starting does not look at them.
const CLIENTS: usize = 1000;
/// Starts per figure.
const STARTS: usize = 20;

/// Prints one table.
pub fn run(arguments: &Arguments) -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    println!("\n### Start\n");
    println!("| database | ms to the first answer | MiB then |");
    println!("|---|---|---|");
    for db in &arguments.db {
        let site = Site::open(&arguments.dir, *db)?;
        let url = site.copy(CLIENTS)?;
        let mut times = Vec::new();
        let mut memory = Vec::new();
        for _ in 0..STARTS {
            let started = Instant::now();
            let server = Server::start(&["serve", "--url", &url])?;
            let status = runtime.block_on(async {
                let request = b"GET /v1/offices HTTP/1.1\r\nhost: bench\r\n\r\n";
                Connection::open(server.address)
                    .await?
                    .exchange(request)
                    .await
            })?;
            times.push(started.elapsed().as_secs_f64() * 1e3);
            if status != 401 {
                return Err(format!("the first answer was {status}").into());
            }
            memory.push(measure::memory_mib(server.process())?.0);
        }
        println!(
            "| {} | {:.0} | {:.0} |",
            db.name(),
            measure::median(times),
            measure::median(memory)
        );
    }
    Ok(())
}
