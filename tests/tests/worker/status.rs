//! What an operator is told about the worker: `tongxing-worker status`, and the figures of a running one.

use std::process::Output;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{Channel, Role};
use gateways::Failure;
use platform::{Clock, Config};
use serde_json::json;
use storage::job_runs::{self, JobRun};
use tests::{TestApp, on_both, program, steps::id_of};
use worker::{Providers, Settings, status};

use crate::{
    process::WorkerProcess,
    scripted::Scripted,
    story::{before_the_first_reminder, eventually, message, under_another_pack},
};

/// The jobs of a worker.
const JOBS: usize = 12;

/// Runs the real program, in real time; answers how it ended and what it said.
fn tell(app: &TestApp, arguments: &[&str]) -> (Option<i32>, String) {
    let mut settings = program::settings(app, "tongxing_worker", &program::folder());
    settings.push(("GATEWAY__KIND", "recording".to_owned()));
    let mut command = program::command("tongxing-worker", &settings);
    let Output { status, stdout, .. } = command.args(arguments).output().unwrap();
    (status.code(), String::from_utf8(stdout).unwrap())
}

/// Every job came to its end at `at`.
fn ran(app: &TestApp, at: DateTime<Utc>) {
    for job in app.worker().job_names() {
        note(app, job, at);
    }
}

fn note(app: &TestApp, job: &str, at: DateTime<Utc>) {
    let run = JobRun {
        job: job.to_owned(),
        ran_at: Some(at),
        failed_at: None,
    };
    app.store().write(|tx| job_runs::note(tx, &run)).unwrap();
}

/// What an operator would be told at the instant the clock stands at, were all jobs at work: whether
/// somebody has to look, and the lines.
pub(crate) fn told(app: &TestApp) -> (Vec<String>, String) {
    ran(app, app.now());
    let limits = Settings::of(&Config::defaults().unwrap()).limits;
    let status = status::read(app.store(), app.now(), &limits).unwrap();
    (status.alarms(), status.to_string())
}

on_both! {
    async fn the_status_ends_with_two_when_somebody_has_to_look(app: TestApp) {
        let (code, said) = tell(&app, &["status"]);
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains("ALARM no job has run yet"), "{said}");

        // One job does not speak for the others.
        assert_eq!(tell(&app, &["once", "receipts"]).0, Some(0));
        let (code, said) = tell(&app, &["status"]);
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains("ALARM job remind has not run yet"), "{said}");
        assert!(!said.contains("ALARM job receipts"), "{said}");

        let now = Clock::System.now();
        ran(&app, now);
        let (code, said) = tell(&app, &["status"]);
        assert_eq!(code, Some(0), "{said}");
        assert!(said.contains("job receipts ran "), "{said}");
        assert!(said.contains("messages scheduled 0"), "{said}");
        assert!(said.ends_with("OK\n"), "{said}");

        note(&app, "digest", now - TimeDelta::hours(1));
        let (code, said) = tell(&app, &["status"]);
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains("ALARM job digest has not run for 36"), "{said}");
        note(&app, "digest", now);

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
        let ran = "worker_job_runs_total{";
        eventually("the figures are shown, and every job ran", async || {
            let shown = reqwest::get(&url).await.unwrap().text().await.unwrap();
            shown.contains(&figure) && shown.matches(ran).count() == JOBS
        })
        .await;
        assert!(worker.stop().await.success());
        let (code, said) = tell(&app, &["status"]);
        assert_eq!(code, Some(0), "{said}");
        assert!(said.contains("job deliver ran "), "{said}");
    }

    async fn an_account_in_arrears_is_seen_though_its_messages_are_put_off(setup: Setup) {
        let only = Scripted::new("only", Channel::Sms);
        let providers = Providers::new(vec![only.provider(1)], []);
        let app = setup.with_providers(providers).start().await;
        let journey = before_the_first_reminder(&app).await;
        assert_eq!(told(&app).0, Vec::<String>::new());

        only.fail_always(Some((Failure::Configuration, "arrears")));
        app.advance("2025-09-30T09:15").await;
        let (alarms, said) = told(&app);
        assert_eq!(alarms, Vec::<String>::new());
        assert!(said.contains("queue_age_seconds 900"), "{said}");
        assert!(said.contains("held_up only messages 1 longest_seconds 900"), "{said}");

        app.advance("2025-09-30T09:17").await;
        let agency = app.seed().agency;
        let alarm = format!("agency {agency}: 1 messages held up for 17 minutes, last tried by only");
        assert_eq!(told(&app).0, [alarm]);
        assert_eq!(message(&app, &journey, "wd-1").await["status"], "scheduled");

        // People's stop is theirs to end: it is shown, and no alarm.
        let head = app.login(Role::Supervisor).await;
        let asked = json!({ "office_id": app.seed().office, "reason": "停机检修" });
        let pause = id_of(&app.post(&head, "/v1/sending-pauses", asked).await.expect(201));
        let (alarms, said) = told(&app);
        assert_eq!(alarms, Vec::<String>::new());
        assert!(said.contains("paused office"), "{said}");
        app.delete(&head, &format!("/v1/sending-pauses/{pause}")).await.expect(204);

        only.fail_always(None);
        app.advance("2025-09-30T10:30").await;
        assert_eq!(message(&app, &journey, "wd-1").await["status"], "accepted");
        // A receipt is awaited for a day, and nobody has to look.
        app.advance("2025-09-30T20:00").await;
        let (alarms, said) = told(&app);
        assert_eq!(alarms, Vec::<String>::new());
        assert!(!said.contains("held_up"), "{said}");
    }

    async fn neither_a_stopped_account_nor_the_night_is_an_alarm(setup: Setup) {
        let only = Scripted::new("only", Channel::Sms);
        let providers = Providers::new(vec![only.provider(1)], []);
        let app = setup.with_providers(providers).start().await;
        let journey = before_the_first_reminder(&app).await;
        let admin = app.login(Role::AgencyAdmin).await;
        let asked = json!({ "gateway": "only", "reason": "更换签名" });
        let pause = id_of(&app.post(&admin, "/v1/sending-pauses", asked).await.expect(201));
        app.advance("2025-09-30T12:00").await;
        let waiting = message(&app, &journey, "wd-1").await;
        assert_eq!(
            (&waiting["status"], &waiting["status_reason"]),
            (&"scheduled".into(), &"providers_paused".into())
        );
        let (alarms, said) = told(&app);
        assert_eq!(alarms, Vec::<String>::new());
        assert!(said.contains("paused gateway only"), "{said}");

        // Resumed for the last quarter of an hour of the day, in which nothing goes out.
        app.delete(&admin, &format!("/v1/sending-pauses/{pause}")).await.expect(204);
        app.outage_until("2025-09-30T20:50");
        only.fail_always(Some((Failure::Transient, "http_503")));
        app.advance("2025-09-30T20:59").await;
        let (alarms, said) = told(&app);
        assert_eq!(alarms, Vec::<String>::new());
        assert!(said.contains("held_up only messages 1"), "{said}");
        app.advance("2025-10-01T07:59").await;
        let (alarms, said) = told(&app);
        assert_eq!(alarms, Vec::<String>::new());
        assert!(said.contains("messages scheduled 1"), "{said}");
        app.advance("2025-10-01T08:16").await;
        assert_eq!(told(&app).0.len(), 1);
    }

    /// Whatever a rule pack says: a carrier tries for three days at most.
    async fn a_receipt_is_waited_for_three_days_at_most(setup: Setup) {
        let app = setup.with_webhook().start().await;
        let patient = ("receipt_wait_hours = 24", "receipt_wait_hours = 168");
        let journey = under_another_pack(&app, patient).await;
        app.advance("2025-10-03T08:59").await;
        assert_eq!(message(&app, &journey, "wd-1").await["status"], "accepted");
        app.advance("2025-10-03T09:00").await;
        assert_eq!(message(&app, &journey, "wd-1").await["status"], "no_receipt");
    }
}
