//! Two workers on one database, at the same instants.

use std::{
    collections::{BTreeSet, HashSet},
    time::Duration,
};

use chrono::TimeDelta;
use domain::Role;
use tests::{
    Reply, TestApp, on_both,
    steps::{Journey, id_of},
};
use worker::{JobReport, Worker};

use crate::story::{instant, outcomes};

/// Clients whose reminders go out at the same minute.
const CLIENTS: usize = 30;

async fn begun(app: &TestApp) -> Vec<Journey> {
    app.advance("2025-09-05T10:00").await;
    let mut journeys = Vec::new();
    for index in 0..CLIENTS {
        let client = app
            .register_client("王小明", &format!("139{index:08}"))
            .await;
        let case = app
            .register_case(&client, "community_treatment", 36, "2025-09-05")
            .await;
        app.report_in(&id_of(&case), "2025-09-05").await;
        journeys.push(Journey {
            client,
            case: id_of(&case),
        });
    }
    journeys
}

/// Both until neither finds anything to do.
async fn both(one: &Worker, other: &Worker) {
    let running = [one, other].map(|worker| {
        let worker = worker.clone();
        tokio::spawn(async move { worker.run_until_idle().await })
    });
    for ended in running {
        ended.await.unwrap().unwrap();
    }
}

/// What a worker still finds to do; used-up sign-ins aside, for those live in real time.
async fn left_over(app: &TestApp) -> Vec<JobReport> {
    let mut reports = app.run_until_idle().await;
    reports.retain(|report| report.job != "purge");
    reports
}

on_both! {
    async fn every_message_goes_out_once(setup: Setup) {
        // Small batches, so that the two have to share.
        let app = setup
            .with_webhook()
            .with(|config| config.worker.claim_batch = 3)
            .start()
            .await;
        let journeys = begun(&app).await;
        let (one, other) = (app.worker().clone(), app.another_worker());
        app.outage_until("2025-09-29T12:00");
        both(&one, &other).await;
        // The first batch is held up for a while: the other worker goes on with the rest.
        app.fake()
            .script([Reply::Slow(Duration::from_millis(200)); 3]);
        app.outage_until("2025-09-30T09:00");
        both(&one, &other).await;

        let taken = app.fake().taken();
        let messages: HashSet<_> = taken.iter().map(|taken| &taken.message_id).collect();
        let recipients: HashSet<_> = taken.iter().map(|taken| &taken.to).collect();
        assert_eq!(
            (taken.len(), messages.len(), recipients.len()),
            (CLIENTS, CLIENTS, CLIENTS)
        );
        for journey in &journeys {
            let [message] = &app.messages(journey).await[..] else {
                panic!("not planned once")
            };
            assert_eq!(message["status"], "accepted");
            assert_eq!(outcomes(message), [("accepted", None)]);
        }
        assert_eq!(left_over(&app).await, []);
    }

    async fn every_miss_is_seen_once_and_the_third_opens_one_escalation(app: TestApp) {
        app.advance("2025-09-05T10:00").await;
        let journey = app
            .active_case("community_treatment", 36, "2025-09-05")
            .await;
        let (one, other) = (app.worker().clone(), app.another_worker());
        for item in &app.appointments(&journey).await[..3] {
            for at in ["closes_at", "grace_ends_at"].map(|name| instant(&item[name])) {
                let local = (at + TimeDelta::hours(8))
                    .format("%Y-%m-%dT%H:%M")
                    .to_string();
                app.outage_until(&local);
                both(&one, &other).await;
            }
        }
        let items = app.appointments(&journey).await;
        assert!(items[..3].iter().all(|item| item["status"] == "missed"));
        let [escalation] = &app.escalations().await[..] else {
            panic!("not one escalation")
        };
        let supervisor = app.login(Role::Supervisor).await;
        let path = format!("/v1/escalations/{}", id_of(escalation));
        let escalation = app.get(&supervisor, &path).await.expect(200);
        assert_eq!(escalation["count"], 3);
        let basis: BTreeSet<_> = escalation["basis"]
            .as_array()
            .unwrap()
            .iter()
            .map(|miss| miss["object_id"].as_str().unwrap())
            .collect();
        assert_eq!(
            basis,
            items[..3]
                .iter()
                .map(|item| item["id"].as_str().unwrap())
                .collect()
        );

        let path = format!("/v1/tasks?case_id={}&limit=100", journey.case);
        let caseworker = app.login(Role::Caseworker).await;
        let tasks = app.all_items(&caseworker, &path).await;
        let of = |kind: &str| tasks.iter().filter(|task| task["kind"] == kind).count();
        assert_eq!(of("contact_client"), 3, "no notice was proven: {tasks:#?}");
        assert_eq!(
            (of("first_miss_talk"), of("review_escalation")),
            (1, 1),
            "{tasks:#?}"
        );
        assert_eq!(left_over(&app).await, []);
    }
}
