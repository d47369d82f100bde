//! A worker that is killed while its messages are on their way.

use std::{collections::HashMap, time::Duration};

use chrono::{DateTime, TimeDelta, Timelike as _, Utc};
use domain::{CaseId, Channel, ClientId, MessageKind, MessageStatus};
use platform::Clock;
use storage::{
    messages::{self, Message},
    offices,
};
use tests::{
    Reply, TestApp, on_both,
    steps::{Journey, id_of},
};

use crate::{
    process::WorkerProcess,
    story::{eventually, outcomes},
};

/// Messages due at once; four are on their way at a time.
pub(crate) const MESSAGES: usize = 12;

/// Moves the office to where it is noon, so that its quiet hours are far off at whatever hour the
/// test runs.
pub(crate) fn move_to_noon(app: &TestApp, now: DateTime<Utc>) {
    let ahead = 12 - i64::from(now.hour());
    app.write(|work| {
        let mut office = offices::get(work.tx, work.agency, app.seed().office)?.unwrap();
        let version = office.version;
        // POSIX signs: west is positive.
        office.timezone = format!("Etc/GMT{:+}", -ahead);
        office.version += 1;
        assert!(offices::save(work.tx, &office, version)?);
        Ok(())
    });
}

/// A case about which [`MESSAGES`] are due now.
pub(crate) async fn with_messages_due(app: &TestApp, now: DateTime<Utc>) -> Journey {
    let received_on = (now - TimeDelta::days(2)).date_naive().to_string();
    let client = app.register_client("王小明", "13900001111").await;
    let case = app
        .register_case(&client, "community_treatment", 36, &received_on)
        .await;
    let journey = Journey {
        client,
        case: id_of(&case),
    };
    let case_id: CaseId = journey.case.parse().unwrap();
    let client_id: ClientId = journey.client.parse().unwrap();
    app.write(|work| {
        let due: Vec<Message> = (0..MESSAGES)
            .map(|index| Message {
                agency_id: work.agency,
                id: work.ids.next(),
                office_id: app.seed().office,
                client_id: Some(client_id),
                staff_id: None,
                case_id: Some(case_id),
                appointment_id: None,
                dedupe_key: format!("test:{index}"),
                kind: MessageKind::ReportInReminder,
                step: "d-2".to_owned(),
                channel: Channel::Webhook,
                status: MessageStatus::Scheduled,
                planned_for: now,
                not_after: now + TimeDelta::days(1),
                shifted_from: None,
                shift_reason: None,
                hop_cause: None,
                next_action_at: Some(now),
                attempt_count: 0,
                fence: 0,
                status_reason: None,
                final_at: None,
                version: 1,
                created_at: now,
                updated_at: now,
            })
            .collect();
        assert_eq!(messages::insert_once(work.tx, &due)?, MESSAGES);
        Ok(())
    });
    journey
}

async fn all_are(app: &TestApp, journey: &Journey, status: &str) -> bool {
    let messages = app.messages(journey).await;
    messages.iter().all(|message| message["status"] == status)
}

on_both! {
    async fn a_killed_worker_loses_nothing_and_what_went_twice_is_counted(setup: Setup) {
        // A process lives in real time, and so do the signatures of its messages.
        let now = Clock::System.now();
        let local = (now + TimeDelta::hours(8))
            .format("%Y-%m-%dT%H:%M")
            .to_string();
        let app = setup.at(&local).with_webhook().start().await;
        move_to_noon(&app, now);
        let journey = with_messages_due(&app, app.now()).await;

        // The platform takes messages and says nothing.
        app.fake()
            .script([Reply::Slow(Duration::from_mins(1)); MESSAGES]);
        let mut killed = WorkerProcess::start(&app);
        eventually("messages are on their way", async || {
            app.fake().taken().len() >= 4
        })
        .await;
        killed.kill();
        let before = app.fake().taken();
        for message in app.messages(&journey).await {
            assert_eq!(message["status"], "claimed");
            let [attempt] = &message["attempts"].as_array().unwrap()[..] else {
                panic!("not one attempt")
            };
            assert!(
                attempt["outcome"].is_null(),
                "nobody was left to record one"
            );
        }

        // Two come back in its place, to a platform that answers.
        app.fake().forget_script();
        let mut restarted = [WorkerProcess::start(&app), WorkerProcess::start(&app)];
        eventually("every message is accepted", async || {
            all_are(&app, &journey, "accepted").await
        })
        .await;
        for process in &mut restarted {
            assert!(process.stop().await.success());
            assert_eq!(process.logged("worker stopped").len(), 1);
        }

        let messages = app.messages(&journey).await;
        assert_eq!(messages.len(), MESSAGES);
        for message in &messages {
            assert_eq!(
                outcomes(message),
                [("unknown", Some("cut_off")), ("accepted", None)]
            );
        }
        // Nothing was lost, and only what was on its way went twice, under the same id.
        let mut times: HashMap<String, usize> = HashMap::new();
        for taken in app.fake().taken() {
            *times.entry(taken.message_id).or_default() += 1;
        }
        for message in &messages {
            let id = message["id"].as_str().unwrap();
            let cut_off = before.iter().any(|taken| taken.message_id == id);
            assert_eq!(times.get(id), Some(&(1 + usize::from(cut_off))));
        }
        assert_eq!(times.values().sum::<usize>(), MESSAGES + before.len());
        // What may have gone twice is said: every message whose attempt was cut off.
        let said = restarted.iter().flat_map(|process| {
            process.logged("attempts were cut off; resending under the same ids")
        });
        let counted: u64 = said.map(|line| line["count"].as_u64().unwrap()).sum();
        assert_eq!(counted, u64::try_from(MESSAGES).unwrap());

        assert!(killed.log().contains("\"TRACE\""), "it logs everything");
        let texts = app.fake().taken().into_iter().map(|taken| taken.text);
        let personal = ["王小明", "王先生", "13900001111", "whsec_"].map(str::to_owned);
        let secrets: Vec<String> = texts.chain(personal).collect();
        for process in restarted.iter().chain([&killed]) {
            assert_eq!(process.logged("worker started").len(), 1);
            let log = process.log();
            for secret in &secrets {
                assert!(!log.contains(secret.as_str()), "the log has {secret}");
            }
        }
    }
}
