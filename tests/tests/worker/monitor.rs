//! What the worker tells about itself on a port of its own.

use chrono::TimeDelta;
use platform::Clock;
use tests::{Reply, TestApp, on_both};

use crate::{
    kill::{MESSAGES, move_to_noon, with_messages_due},
    process::WorkerProcess,
    story::eventually,
};

async fn get(address: &str, path: &str) -> (u16, String) {
    let answer = reqwest::get(format!("http://{address}{path}"))
        .await
        .unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

/// Where a worker answers the monitoring.
async fn address(worker: &WorkerProcess) -> String {
    eventually("the port is open", || {
        std::future::ready(!worker.logged("answering the monitoring").is_empty())
    })
    .await;
    let line = worker.logged("answering the monitoring").remove(0);
    line["address"].as_str().unwrap().to_owned()
}

/// A figure by its name and labels, if it is shown.
async fn shown(address: &str, name: &str) -> Option<f64> {
    let (_, text) = get(address, "/metrics").await;
    let mut lines = text.lines().filter_map(|line| line.rsplit_once(' '));
    let found = lines.find(|(shown, _)| *shown == name);
    found.map(|(_, value)| value.parse().unwrap())
}

/// The same in whole numbers, rounded up, once it is.
async fn figure(address: &str, name: &str) -> String {
    eventually(name, async || shown(address, name).await.is_some()).await;
    format!("{:.0}", shown(address, name).await.unwrap().ceil())
}

on_both! {
    async fn the_worker_tells_that_it_lives_and_what_it_did(setup: Setup) {
        let app: TestApp = setup.with_webhook().start().await;
        let mut worker = WorkerProcess::start(&app);
        let address = &address(&worker).await;
        eventually("a job has run", async || {
            get(address, "/metrics").await.1.contains("worker_job_runs_total")
        })
        .await;
        let (status, text) = get(address, "/livez").await;
        assert_eq!(status, 200, "{text}");
        let age = text.strip_prefix("ok\nheartbeat_age_seconds ").unwrap();
        assert!(age.trim().parse::<u64>().unwrap() < 60, "{text}");
        assert!(worker.stop().await.success());
    }

    async fn the_figures_tell_how_accounts_and_messages_stand(setup: Setup) {
        let now = Clock::System.now();
        let local = (now + TimeDelta::hours(8)).format("%Y-%m-%dT%H:%M").to_string();
        let app: TestApp = setup.at(&local).with_webhook().start().await;
        move_to_noon(&app, now);
        app.fake().script([Reply::TooMany(3600)]);
        with_messages_due(&app, app.now()).await;
        let mut worker = WorkerProcess::start(&app);
        eventually("all but one are taken", async || app.fake().taken().len() == MESSAGES - 1).await;
        let at = address(&worker).await;
        let taken = "worker_provider_calls_total{account=\"webhook\",outcome=\"accepted\"}";
        assert_ne!(figure(&at, taken).await, "0");
        assert_eq!(figure(&at, "worker_provider_state{account=\"webhook\"}").await, "0");
        assert!(worker.stop().await.success());

        // The next one shows at its start how things stand.
        let mut worker = WorkerProcess::start(&app);
        let (at, agency) = (address(&worker).await, app.seed().agency);
        let of = |name: &str| format!("{name}{{agency=\"{agency}\"}}");
        let by = |name: &str| format!("{name}{{agency=\"{agency}\",gateway=\"webhook\"}}");
        assert_ne!(figure(&at, &by("worker_receipt_lag_seconds")).await, "0");
        assert_ne!(figure(&at, &of("worker_oldest_due_seconds")).await, "0");
        assert_eq!(figure(&at, &by("worker_messages_held_up")).await, "1");
        let age = figure(&at, "worker_job_age_seconds{job=\"remind\"}").await;
        assert!(age.parse::<u32>().unwrap() < 60, "{age}");
        let foreign = app.seed().foreign.agency;
        let idle = format!("worker_oldest_due_seconds{{agency=\"{foreign}\"}}");
        assert_eq!(figure(&at, &idle).await, "0");
        assert!(worker.stop().await.success());
    }
}
