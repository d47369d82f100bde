//! What the jobs cost when nothing is due, and per thousand due.

use std::{sync::Arc, time::Instant};

use casework::PackCache;
use chrono::{DateTime, TimeDelta, Utc};
use gateways::{Accepted, MessageGateway, Outgoing, Sending};
use platform::{Clock, Config, ManualClock, Randomness};
use storage::{StorageError, agencies, idempotency};
use worker::{Providers, Settings, Worker, WorkerParts};

use crate::{Arguments, Db, Outcome, data, measure, site, site::Site, sql};

/// How often an idle job is run for one figure.
const IDLE: usize = 20;

/// Prints a table per database.
pub fn run(arguments: &Arguments, sizes: &[usize]) -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    for db in &arguments.db {
        let site = Site::open(&arguments.dir, *db)?;
        println!("\n### Jobs on {}\n", db.name());
        println!(
            "| clients | job | nothing due: ms | nothing due: rows read | due | acted on | \
             s per thousand due | rows read per thousand due |"
        );
        println!("|---|---|---|---|---|---|---|---|");
        for clients in sizes {
            for line in lines(&runtime, arguments, &site, *clients)? {
                println!("{line}");
            }
        }
    }
    Ok(())
}

/// When each job has work to be measured, in the order of time. Between two of them everything else
/// that is due is done unmeasured.
const EVENTS: &[(&str, &str, usize)] = &[
    ("2026-07-10T00:10:00Z", "purge", data::DUE),
    ("2026-07-10T01:01:00Z", "remind", data::DUE),
    ("2026-07-11T01:01:00Z", "deliver", data::DUE),
    ("2026-07-12T01:02:00Z", "receipts", data::DUE),
    ("2026-07-14T00:31:00Z", "digest", 0),
    ("2026-07-14T16:01:00Z", "open_windows", data::DUE),
    ("2026-07-14T16:02:00Z", "mark_missed", data::DUE),
    ("2026-07-17T16:01:00Z", "mark_missed", data::DUE),
    (
        "2026-07-21T00:31:00Z",
        "escalate",
        data::DUE / data::NEAR_THRESHOLD,
    ),
];

#[derive(Debug, Clone, Copy)]
struct Cost {
    seconds: f64,
    rows: Option<i64>,
    acted_on: usize,
}

fn lines(
    runtime: &tokio::runtime::Runtime,
    arguments: &Arguments,
    site: &Site,
    clients: usize,
) -> Outcome<Vec<String>> {
    let mut idle: Vec<Vec<Cost>> = Vec::new();
    let mut due: Vec<Vec<Cost>> = Vec::new();
    let names = [
        "open_windows",
        "mark_missed",
        "remind",
        "escalate",
        "digest",
        "deliver",
        "receipts",
        "purge",
    ];
    for _ in 0..arguments.runs {
        let url = site.copy(clients)?;
        let bench = Bench::new(runtime, site.db, url)?;
        bench.prepare()?;
        idle.push(
            names
                .iter()
                .map(|job| bench.idle(job))
                .collect::<Outcome<_>>()?,
        );
        due.push(
            EVENTS
                .iter()
                .map(|(at, job, _)| bench.due(at, job))
                .collect::<Outcome<_>>()?,
        );
    }
    let of = |costs: &[Vec<Cost>], index: usize| -> Vec<Cost> {
        costs
            .iter()
            .filter_map(|run| run.get(index).copied())
            .collect()
    };
    let mut lines = Vec::new();
    for (index, job) in names.iter().enumerate() {
        let idle = of(&idle, index);
        let idle_ms = measure::median(idle.iter().map(|cost| cost.seconds * 1e3).collect());
        let idle_rows = shown_rows(&idle, 1.0);
        for (event, (_, _, due_count)) in EVENTS
            .iter()
            .enumerate()
            .filter(|(_, (_, of_event, _))| of_event == job)
        {
            let costs = of(&due, event);
            let acted_on = costs.iter().map(|cost| cost.acted_on).max().unwrap_or(0);
            let basis = if *due_count == 0 {
                acted_on
            } else {
                *due_count
            };
            let per_thousand = 1000.0 / measure::count(basis.max(1));
            let seconds = measure::median(costs.iter().map(|cost| cost.seconds).collect());
            lines.push(format!(
                "| {clients} | {job} | {idle_ms:.2} | {idle_rows} | {basis} | {acted_on} | {:.3} | {} |",
                seconds * per_thousand,
                shown_rows(&costs, per_thousand),
            ));
        }
    }
    Ok(lines)
}

fn shown_rows(costs: &[Cost], factor: f64) -> String {
    let rows: Option<Vec<f64>> = costs
        .iter()
        .map(|cost| {
            cost.rows
                .and_then(|rows| i32::try_from(rows).ok())
                .map(f64::from)
        })
        .collect();
    rows.map_or_else(
        || "–".to_owned(),
        |rows| format!("{:.0}", measure::median(rows) * factor),
    )
}

/// A platform that takes a message and owes its receipt.
#[derive(Debug)]
struct Taking;

impl MessageGateway for Taking {
    fn send<'a>(&'a self, _: &'a Outgoing) -> Sending<'a> {
        Box::pin(async {
            Ok(Accepted {
                provider_message_id: None,
                delivered: false,
            })
        })
    }
    fn name(&self) -> &'static str {
        "taking"
    }
    fn channel(&self) -> domain::Channel {
        domain::Channel::Webhook
    }
}

struct Bench<'a> {
    runtime: &'a tokio::runtime::Runtime,
    db: Db,
    url: String,
    clock: Clock,
    hand: Arc<ManualClock>,
}

impl<'a> Bench<'a> {
    fn new(runtime: &'a tokio::runtime::Runtime, db: Db, url: String) -> Outcome<Self> {
        let (clock, hand) = Clock::manual(data::begin()?);
        Ok(Self {
            runtime,
            db,
            url,
            clock,
            hand,
        })
    }

    fn worker(&self) -> Outcome<Worker> {
        Ok(Worker::new(WorkerParts {
            store: site::open(&site::url_as(&self.url, "tongxing_worker"), 4)?,
            clock: self.clock.clone(),
            sign_in_clock: Clock::System,
            randomness: Randomness::from_os()?,
            providers: Providers::single(Arc::new(Taking)),
            settings: Settings::of(&Config::defaults()?),
            packs: PackCache::default(),
        }))
    }

    /// Does what loading left to do, and lays down kept answers for the purge to find.
    fn prepare(&self) -> Outcome<()> {
        let worker = self.worker()?;
        self.runtime.block_on(worker.run_until_idle())?;
        Ok(())
    }

    fn expired_answers(&self) -> Outcome<()> {
        let now = self.clock.now();
        let expired = now - TimeDelta::hours(1);
        let stored = idempotency::Stored {
            operation: "create_client".to_owned(),
            fingerprint: vec![0; 32],
            status: 201,
            body: "{}".repeat(400),
        };
        let principal = domain::IdMint::new(now, 5).next();
        site::open(&self.url, 1)?.write(|tx| {
            for agency in agencies::list_ids(tx)? {
                for number in 0..data::DUE {
                    let key = format!("key-{number}");
                    let made = expired - TimeDelta::hours(24);
                    idempotency::insert(tx, agency, principal, &key, &stored, made, expired)?;
                }
            }
            Ok::<_, StorageError>(())
        })?;
        Ok(())
    }

    /// One job that finds nothing: time of one run, rows read of one run.
    fn idle(&self, job: &str) -> Outcome<Cost> {
        self.hand.set(data::begin()? + TimeDelta::minutes(1));
        let worker = self.worker()?;
        let once = || self.runtime.block_on(worker.run_job_once(job));
        // The first run opens connections and prepares statements.
        let mut acted_on = once()?.acted_on;
        let mut seconds = Vec::new();
        for _ in 0..IDLE {
            let started = Instant::now();
            acted_on += once()?.acted_on;
            seconds.push(started.elapsed().as_secs_f64());
        }
        drop(worker);
        if acted_on > 0 {
            return Err(format!("{job} found {acted_on} due in a quiet hour").into());
        }
        let rows = self.rows_of(|| {
            let worker = self.worker()?;
            self.runtime.block_on(worker.run_job_once(job))?;
            Ok(())
        })?;
        Ok(Cost {
            seconds: measure::median(seconds),
            rows,
            acted_on,
        })
    }

    /// One job at the instant at which it has work.
    fn due(&self, at: &str, job: &str) -> Outcome<Cost> {
        let at: DateTime<Utc> = data::at(at)?;
        // Most work falls due on the minute before.
        self.catch_up(at - TimeDelta::minutes(2))?;
        self.hand.set(at);
        if job == "purge" {
            self.expired_answers()?;
        }
        let mut cost = Cost {
            seconds: 0.0,
            rows: None,
            acted_on: 0,
        };
        cost.rows = self.rows_of(|| {
            let worker = self.worker()?;
            let started = Instant::now();
            cost.acted_on = self.runtime.block_on(worker.run_job_once(job))?.acted_on;
            cost.seconds = started.elapsed().as_secs_f64();
            Ok(())
        })?;
        Ok(cost)
    }

    /// Lets the worker live through the time until `end`, as it would have.
    fn catch_up(&self, end: DateTime<Utc>) -> Outcome<()> {
        if end <= self.clock.now() {
            return Ok(());
        }
        let worker = self.worker()?;
        self.runtime.block_on(async {
            loop {
                worker.run_until_idle().await?;
                match worker.next_due().await? {
                    Some(next) if next <= end => self.hand.set(next.max(self.clock.now())),
                    _ => return Ok::<_, worker::JobError>(()),
                }
            }
        })?;
        Ok(())
    }

    fn rows_of(&self, run: impl FnOnce() -> Outcome<()>) -> Outcome<Option<i64>> {
        if self.db == Db::Sqlite {
            run()?;
            return Ok(None);
        }
        // Days pass here in seconds: autovacuum, which wakes once a minute, cannot keep up.
        sql::execute(&self.url, "ANALYZE")?;
        let before = sql::rows_read(&self.url)?;
        run()?;
        Ok(Some(sql::rows_read(&self.url)? - before))
    }
}
