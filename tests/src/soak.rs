//! The soak: thousands of messages through every channel, against vendors that fail at random, by worker
//! processes that are killed at random. In the end every message has a final state that says why, nothing
//! is lost, and what went twice is counted.
//!
//! The workers are processes of their own with the real gateways over real sockets; receipts go to the
//! real API. Time passes as it does, and leaps ahead whenever nothing is left to do, so that days take
//! minutes. Everything random comes from one seed; what processes do beside each other does not repeat.

mod carrier;
mod copies;
mod faults;
mod leaps;
mod post;
mod report;
mod site;
mod time;
mod vendors;
mod workers;

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use platform::Randomness;

use self::{
    carrier::Carrier, leaps::Leaps, site::Site, time::Time, vendors::Vendors, workers::Workers,
};
pub use self::{
    report::Report,
    time::follow,
    workers::{WorkerArguments, work},
};
use crate::{Setup, TestApp, program};

/// How often the soak looks how things stand.
const LOOK: Duration = Duration::from_millis(20);
/// A soak in which nothing changes for so long hangs.
const PATIENCE: Duration = Duration::from_mins(2);

/// What to do.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Messages to clients.
    pub messages: usize,
    /// Workers that are killed on the way.
    pub kills: usize,
    /// Where everything random comes from.
    pub seed: u64,
    /// The program that works when it is started with `work`: [`work`].
    pub program: PathBuf,
}

/// Runs it; answers what came of it.
///
/// # Panics
/// When it hangs, or a process does not do as it should.
pub async fn run(setup: Setup, plan: &Plan) -> Report {
    let app = setup.at("2025-10-13T09:00").start().await;
    let folder = program::folder();
    let time = Time::start(&app, &folder);
    let vendors = Vendors::start(&app, plan.seed).await;
    let site = Site::plant(&app, &vendors, plan.messages);
    let mut workers = Workers::start(&app, &vendors, plan, &folder, time.file());
    let mut carrier = Carrier::new(plan.seed);
    let started = Instant::now();
    let leaps = pass(&app, &time, &vendors, &mut workers, &mut carrier, plan).await;
    let took = started.elapsed();
    let kills = workers.stop();
    report::read(&app, &site, &carrier, &leaps, kills, took)
}

/// Lets time pass until nothing is left to do.
async fn pass(
    app: &TestApp,
    time: &Time,
    vendors: &Vendors,
    workers: &mut Workers,
    carrier: &mut Carrier,
    plan: &Plan,
) -> Leaps {
    let random = Randomness::seeded(plan.seed ^ 0x6b69_6c6c);
    let share = plan.messages / (plan.kills + 1);
    let mut next_kill = share;
    let mut leaps = Leaps::default();
    let mut changed = (Instant::now(), String::new());
    loop {
        carrier.look(vendors, time.now());
        carrier.deliver_due(app, vendors, time.now()).await;
        if workers.kills() < plan.kills && carrier.taken() >= next_kill {
            workers.kill_one(random.unit());
            next_kill = carrier.taken() + share.max(1);
        }
        workers.assert_running();
        let waiting = leaps::waiting(app);
        let posts = leaps::next_post(app);
        if waiting.is_empty() && carrier.is_done() && posts.is_none() {
            return leaps;
        }
        let standing = format!("{waiting:?} {posts:?} {}", carrier.taken());
        if standing != changed.1 {
            changed = (Instant::now(), standing);
        }
        assert!(
            changed.0.elapsed() < PATIENCE,
            "nothing happens at {}: {}; the workers say {}",
            time.now(),
            changed.1,
            workers.logs()
        );
        let receipts = carrier.next_due().into_iter().chain(posts).min();
        if let Some(to) = leaps.next(&waiting, receipts, time.now()) {
            time.leap(to);
        }
        tokio::time::sleep(LOOK).await;
    }
}
