//! Calls for help that nobody takes go to the next person on duty.

use chrono::TimeDelta;
use domain::Role;
use serde_json::{Value, json};
use tests::{Backend, app::china, on_both, steps::id_of};

use super::{Office, planned_for};
use crate::{capture, story::as_owner};

impl Office {
    /// Who was told of a call for help, and when, in that order; by username.
    async fn told(&self) -> Vec<(String, String)> {
        let mut told = Vec::new();
        for message in self.messages("").await {
            if message["step"] != "emergency" {
                continue;
            }
            let names = self.app.seed().staff.iter();
            let mut names = names.filter(|(_, id)| json!(id) == message["staff_id"]);
            let at = planned_for(&message) + TimeDelta::hours(8);
            told.push((
                at.format("%H:%M").to_string(),
                names.next().unwrap().0.clone(),
            ));
        }
        told.sort();
        told
    }

    async fn nobody_is_told(&self, usernames: &[&str]) {
        for username in usernames {
            self.tell_by(username, json!({ "channel": "none" })).await;
        }
    }

    /// What the trail says of the worker's telling others.
    async fn trail(&self) -> Vec<Value> {
        let token = self.app.login(Role::Auditor).await;
        let path = "/v1/audit-entries?limit=100&action=alert_emergency";
        let entries = self.app.all_items(&token, path).await;
        entries
            .iter()
            .map(|entry| entry["reason"].clone())
            .collect()
    }
}

fn at(time: &str, usernames: &[&str]) -> Vec<(String, String)> {
    let all = usernames.iter();
    all.map(|name| (time.to_owned(), (*name).to_owned()))
        .collect()
}

on_both! {
    /// The first call cannot even be read; whoever called next is not to wait for it.
    async fn a_call_nobody_can_work_on_keeps_no_other_waiting(setup: Setup) {
        let it = Office::open(setup, None).await;
        let client = it.client().await;
        let first = it.help(&client, true).await;
        it.advance("2025-09-01T08:01").await;
        it.help(&client, true).await;
        let bad = id_of(&first).replace('-', "");
        let row = match it.app.backend() {
            Backend::Sqlite => format!("X'{bad}'"),
            Backend::Postgres => format!("'{bad}'"),
        };
        as_owner(&it.app, &format!("UPDATE tasks SET told_round = '?' WHERE id = {row}"));
        it.app.outage_until("2025-09-01T08:16");
        let failed = it.app.worker().run_job_once("emergencies").await.unwrap_err();
        assert!(failed.to_string().contains("not understood"), "{failed}");
        as_owner(&it.app, &format!("UPDATE tasks SET told_round = 'responsible' WHERE id = {row}"));
        let told = it.told().await;
        assert_eq!(told.iter().filter(|(at, _)| at == "08:16").count(), 2, "{told:?}");
        it.app.run_until_idle().await;
        assert_eq!(it.told().await.iter().filter(|(at, _)| at == "08:16").count(), 4);
    }

    /// A quarter of an hour for the caseworker and the head, another for the colleagues, and one for the
    /// head of the area. Each is told once.
    async fn a_call_that_nobody_takes_is_told_to_the_next(setup: Setup) {
        let it = Office::open(setup, None).await;
        let client = it.client().await;
        let call = it.help(&client, true).await;
        let first = at("08:00", &["caseworker", "supervisor"]);
        it.advance("2025-09-01T08:14").await;
        assert_eq!(it.told().await, first);
        it.advance("2025-09-01T08:15").await;
        let second = [first, at("08:15", &["colleague", "covering"])].concat();
        assert_eq!(it.told().await, second);
        it.advance("2025-09-01T08:30").await;
        let all = [second, at("08:30", &["area.supervisor"])].concat();
        assert_eq!(it.told().await, all);
        it.advance("2025-09-03T10:00").await;
        assert_eq!(it.told().await, all);
        // The latest first.
        assert_eq!(it.trail().await, ["nobody_left", "area", "colleagues"]);
        // Who read the task before others were told may still say what came of it.
        let caseworker = it.app.login(Role::Caseworker).await;
        let path = format!("/v1/tasks/{}", id_of(&call));
        let task = it.app.get(&caseworker, &path).await.expect(200);
        assert_eq!((&task["version"], &task["status"]), (&json!(1), &json!("open")));
    }

    async fn a_call_that_is_taken_is_told_to_nobody_else(setup: Setup) {
        let it = Office::open(setup, None).await;
        let client = it.client().await;
        let taken = it.help(&client, true).await;
        it.advance("2025-09-01T08:10").await;
        it.help(&client, true).await;
        let head = it.app.login(Role::Supervisor).await;
        let done = json!({ "outcome": "reached", "note": "已电话联系" });
        let path = format!("/v1/tasks/{}/done", id_of(&taken));
        it.app.post(&head, &path, done).await.expect(200);
        it.advance("2025-09-01T08:24").await;
        let mut both = at("08:00", &["caseworker", "supervisor"]);
        both.extend(at("08:10", &["caseworker", "supervisor"]));
        assert_eq!(it.told().await, both);
        it.advance("2025-09-01T08:25").await;
        both.extend(at("08:25", &["colleague", "covering"]));
        assert_eq!(it.told().await, both);
    }

    /// As long as an office sets it; without one it is a quarter of an hour.
    async fn the_time_is_a_setting(setup: Setup) {
        let setup = setup.with(|config| config.worker.emergency_minutes = 2);
        let it = Office::open(setup, None).await;
        let client = it.client().await;
        it.help(&client, true).await;
        it.advance("2025-09-01T08:02").await;
        assert_eq!(it.told().await.len(), 4);
    }

    /// Nothing leads to the caseworker and the head: the colleagues are told at once, and whoever looks
    /// into the app finds that the caseworker has to be told.
    async fn where_nobody_responsible_can_be_told_the_next_are_at_once(setup: Setup) {
        let it = Office::open(setup, None).await;
        let client = it.client().await;
        let admin = it.app.login(Role::AgencyAdmin).await;
        let caseworker = format!("/v1/staff/{}", it.app.seed().staff("caseworker"));
        it.app.patch(&admin, &caseworker, json!({ "phone": null })).await.expect(200);
        it.nobody_is_told(&["supervisor"]).await;
        it.help(&client, true).await;
        assert_eq!(it.told().await, at("08:00", &["caseworker", "colleague", "covering"]));
        assert_eq!(it.sms.taken_for_staff().len(), 2);
        let [task] = &it.colleagues_to_tell().await[..] else { panic!("not one task") };
        let [unsent] = &it.messages("status=cancelled").await[..] else { panic!("not one message") };
        assert_eq!((&task["message_id"], &task["due_on"]), (&unsent["id"], &json!("2025-09-01")));
        assert_eq!(unsent["staff_id"], json!(it.app.seed().staff("caseworker")));
        assert_eq!(unsent["remedy"], "correct_address");
    }

    async fn that_nobody_at_all_can_be_told_stands_in_the_log(setup: Setup) {
        capture::start();
        let it = Office::open(setup, None).await;
        let client = it.client().await;
        let everybody = ["caseworker", "supervisor", "colleague", "covering", "area.supervisor"];
        it.nobody_is_told(&everybody).await;
        let call = it.help(&client, true).await;
        assert_eq!(it.told().await, at("08:00", &["caseworker"]));
        assert!(it.by_wecom().is_empty() && it.by_mail().is_empty());
        assert!(it.sms.taken_for_staff().is_empty());
        assert_eq!(it.colleagues_to_tell().await.len(), 1);
        let id = id_of(&call);
        let logs = capture::text();
        let said = |line: &&str| line.contains(&id) && line.contains("nobody can be told of a call for help");
        assert!(logs.lines().any(|line| said(&line)), "{id}");
        it.advance("2025-09-01T09:00").await;
        assert_eq!(it.app.now(), china("2025-09-01T09:00"));
        assert_eq!(it.told().await.len(), 1);
    }
}
