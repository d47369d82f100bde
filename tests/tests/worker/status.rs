//! What an operator is told about the worker: `tongxing-worker status`, and the figures of a running one.

use std::process::Output;

use domain::Role;
use serde_json::json;
use tests::{
    TestApp, on_both, program,
    steps::{Journey, id_of},
};

use crate::{
    process::WorkerProcess,
    story::{before_the_first_reminder, eventually, message},
};

/// Runs the real program, in real time; answers how it ended and what it said.
fn tell(app: &TestApp, arguments: &[&str]) -> (Option<i32>, String) {
    let mut settings = program::settings(app, "tongxing_worker", &program::folder());
    settings.push(("GATEWAY__KIND", "recording".to_owned()));
    let mut command = program::command("tongxing-worker", &settings);
    let Output { status, stdout, .. } = command.args(arguments).output().unwrap();
    (status.code(), String::from_utf8(stdout).unwrap())
}

on_both! {
    async fn the_status_ends_with_two_when_somebody_has_to_look(app: TestApp) {
        let (code, said) = tell(&app, &["status"]);
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains("ALARM no job has run yet"), "{said}");

        assert_eq!(tell(&app, &["once", "receipts"]).0, Some(0));
        let (code, said) = tell(&app, &["status"]);
        assert_eq!(code, Some(0), "{said}");
        assert!(said.contains("job receipts ran "), "{said}");
        assert!(said.contains("messages scheduled 0"), "{said}");
        assert!(said.ends_with("OK\n"), "{said}");

        // The clock of the story stands a year before that of the program: its reminder is late.
        before_the_first_reminder(&app).await;
        let (code, said) = tell(&app, &["status"]);
        assert_eq!(code, Some(2), "{said}");
        let agency = app.seed().agency;
        let alarm = format!("ALARM agency {agency}: 1 scheduled messages overdue by 15 minutes");
        assert!(said.contains(&alarm), "{said}");
        assert!(!said.contains("queue_age_seconds 0\n  messages scheduled 1"), "{said}");
        assert!(!said.contains("王"), "{said}");
    }

    async fn a_running_worker_shows_its_figures_and_leaves_when_its_jobs_ran(setup: Setup) {
        let app = setup.with_webhook().start().await;
        let mut worker = WorkerProcess::start(&app);
        eventually("the port is open", || {
            std::future::ready(!worker.logged("answering the monitoring").is_empty())
        })
        .await;
        let line = worker.logged("answering the monitoring").remove(0);
        let url = format!("http://{}/metrics", line["address"].as_str().unwrap());
        let agency = app.seed().agency;
        let figure = format!("worker_messages_waiting{{agency=\"{agency}\",status=\"scheduled\"}} 0");
        eventually("the figures are shown", async || {
            reqwest::get(&url).await.unwrap().text().await.unwrap().contains(&figure)
        })
        .await;
        assert!(worker.stop().await.success());
        let (code, said) = tell(&app, &["status"]);
        assert_eq!(code, Some(0), "{said}");
        assert!(said.contains("job deliver ran "), "{said}");
    }

    /// Whatever a rule pack says: a carrier tries for three days at most.
    async fn a_receipt_is_waited_for_three_days_at_most(setup: Setup) {
        let app = setup.with_webhook().start().await;
        let patient = domain::rule_pack::shipped()[0].1
            .replace("\"cn-default\"", "\"cn-patient\"")
            .replace("receipt_wait_hours = 24", "receipt_wait_hours = 168");
        let admin = app.login(Role::AgencyAdmin).await;
        app.post(&admin, "/v1/rule-packs", json!({ "document": patient })).await.expect(201);
        app.advance("2025-09-05T10:00").await;
        let client = app.register_client("王小明", "13900001111").await;
        let case = id_of(&app.register_case(&client, "community_treatment", 36, "2025-09-05").await);
        app.report_in(&case, "2025-09-05").await;
        let journey = Journey { client, case };
        let caseworker = app.login(Role::Caseworker).await;
        let replan = json!({ "rule_pack": "cn-patient", "reason": "试点" });
        app.post(&caseworker, &journey.path("/replans"), replan).await.expect(200);
        app.advance("2025-10-03T08:59").await;
        assert_eq!(message(&app, &journey, "wd-1").await["status"], "accepted");
        app.advance("2025-10-03T09:00").await;
        assert_eq!(message(&app, &journey, "wd-1").await["status"], "no_receipt");
    }
}
