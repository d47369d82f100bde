//! What the worker tells about itself on a port of its own.

use tests::{TestApp, on_both};

use crate::{process::WorkerProcess, story::eventually};

async fn get(address: &str, path: &str) -> (u16, String) {
    let answer = reqwest::get(format!("http://{address}{path}"))
        .await
        .unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

on_both! {
    async fn the_worker_tells_that_it_lives_and_what_it_did(setup: Setup) {
        let app: TestApp = setup.with_webhook().start().await;
        let mut worker = WorkerProcess::start(&app);
        eventually("the port is open", || {
            std::future::ready(!worker.logged("answering the monitoring").is_empty())
        })
        .await;
        let line = worker.logged("answering the monitoring").remove(0);
        let address = line["address"].as_str().unwrap();
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
}
