//! From the third miss to the police's outcome: people decide each step.

use domain::Role;
use serde_json::{Value, json};
use tests::{on_both, steps::id_of};

use crate::people::{blockers, file, label, missed, only_file, step, submit, tasks, to_clients};

/// The sequence numbers that an escalation rests on.
fn rests_on(file: &Value) -> Vec<i64> {
    let basis = file["basis"].as_array().unwrap();
    let mut numbers: Vec<_> = basis
        .iter()
        .map(|one| one["appointment"]["sequence"].as_i64().unwrap())
        .collect();
    numbers.sort_unstable();
    numbers
}

on_both! {
    /// Each miss with its window, the reason of its date, and every reminder with the text that went
    /// out.
    async fn the_basis_shows_every_reminder_with_its_proof(app: TestApp) {
        let (_, items) = missed(&app, 3).await;
        let it = only_file(&app).await;
        assert_eq!((&it["kind"], &it["status"]), (&json!("missed_tests"), &json!("open")));
        assert_eq!((&it["count"], &it["threshold"]), (&json!(3), &json!(3)));
        assert_eq!(rests_on(&it), [1, 2, 3]);
        assert_eq!(blockers(&it), ["unlabelled_miss"]);
        assert!(it["consequence"].as_str().unwrap().contains("可能"), "may, never will");
        let sent = to_clients(&app);
        let mut reminders = 0;
        for basis in it["basis"].as_array().unwrap() {
            let miss = &basis["appointment"];
            let item = items.iter().find(|item| item["id"] == miss["id"]).unwrap();
            for field in ["opens_on", "nominal_on", "due_on", "grace_ends_on", "why", "missed_at"] {
                assert_eq!(miss[field], item[field], "{field}");
            }
            assert_eq!(miss["notice_proof"], "proven");
            let first = &miss["reminders"][0];
            assert_eq!(
                miss["notice"],
                json!({
                    "by": "answer",
                    "at": first["attempts"][0]["finished_at"],
                    "message_id": first["id"],
                    "attempt_id": first["attempts"][0]["id"],
                    "receipt_id": null,
                    "task_id": null,
                })
            );
            assert_eq!(miss["contacts"][0]["kind"], "overdue_contact");
            for reminder in miss["reminders"].as_array().unwrap() {
                assert_eq!(reminder["status"], "delivered");
                let [attempt] = &reminder["attempts"].as_array().unwrap()[..] else {
                    panic!("not one attempt: {reminder:#}")
                };
                let out = sent.iter().find(|sent| attempt["id"] == json!(sent.attempt_id)).unwrap();
                assert_eq!((&attempt["text"], &attempt["outcome"]), (&json!(out.text), &json!("delivered")));
                reminders += 1;
            }
        }
        // Five of each; the third is due on a Monday, three days and a working day after the Friday.
        assert_eq!((reminders, sent.len()), (14, 14));
    }

    async fn a_file_goes_from_review_to_outcome_by_two_people(app: TestApp) {
        let (journey, items) = missed(&app, 3).await;
        app.advance("2025-12-05T10:00").await;
        let it = only_file(&app).await;
        let (caseworker, head) = (Role::Caseworker, Role::Supervisor);
        let reason = json!({ "reason": "已核查" });
        let said = json!({ "statement": "本人称因打工无法前来" });
        step(&app, caseworker, &it, "statement", said).await.expect(200);
        let submitted = submit(&app, &it, &items[..3]).await;
        assert_eq!(submitted["status"], "in_review");
        assert_eq!(submitted["submitted_by"], json!(app.seed().staff("caseworker")));
        assert!(blockers(&submitted).is_empty());
        step(&app, caseworker, &it, "sign-off", reason.clone()).await.problem(403, "forbidden");
        let [task] = &tasks(&app, "sign_off_escalation").await[..] else { panic!("not one task") };
        assert_eq!(task["status"], "open");

        let signed = step(&app, head, &it, "sign-off", reason).await.expect(200);
        assert_eq!(signed["status"], "signed_off");
        assert_eq!(signed["signed_off_by"], json!(app.seed().staff("supervisor")));
        // Friday 5 December; the hand-over is due on the next working day.
        assert_eq!(signed["clock"]["report_due_on"], "2025-12-08");
        let token = app.login(caseworker).await;
        let case = app.get(&token, &journey.path("")).await.expect(200);
        assert_eq!(case["status"], "active", "a signature hands nothing over");

        app.advance("2025-12-08T10:00").await;
        let receipt = json!({
            "receipt_no": "收2025-3", "police_unit": "城东派出所", "officer": "陈警官",
            "handed_over_at": "2025-12-08T01:30:00Z",
        });
        let referred = step(&app, caseworker, &it, "referral", receipt).await.expect(200);
        assert_eq!(referred["status"], "referred");
        assert_eq!(referred["referral"]["officer"], "陈警官");
        let case = app.get(&token, &journey.path("")).await.expect(200);
        assert_eq!(case["status"], "referred");
        assert!(referred["remedy"].is_null(), "nothing was decided yet");

        let outcome = json!({
            "decision": "continue", "document_no": "东公(决)字〔2025〕1号", "decided_on": "2025-12-08",
        });
        let closed = step(&app, caseworker, &it, "outcome", outcome).await.expect(200);
        assert_eq!(closed["status"], "closed");
        assert_eq!(closed["statement"], "本人称因打工无法前来");
        assert!(closed["remedy"].is_string(), "the client's remedies are shown with an outcome");
        let case = app.get(&token, &journey.path("")).await.expect(200);
        assert_eq!(case["status"], "active");

        // The misses were decided on: only another one opens another file, on all that counts.
        app.advance("2026-01-06").await;
        assert_eq!(app.escalations().await.len(), 1);
        app.let_pass(&items[3]).await;
        let files = app.escalations().await;
        let next = files.iter().find(|one| one["id"] != it["id"]).unwrap();
        assert_eq!(rests_on(&file(&app, &id_of(next)).await), [1, 2, 3, 4]);
    }

    async fn who_submits_does_not_sign_off(app: TestApp) {
        let (_, items) = missed(&app, 3).await;
        let it = only_file(&app).await;
        for item in &items[..3] {
            label(&app, item, "evaded_or_refused").await;
        }
        let reason = json!({ "reason": "已核查" });
        step(&app, Role::Supervisor, &it, "submit", reason.clone()).await.expect(200);
        step(&app, Role::Supervisor, &it, "sign-off", reason).await.problem(409, "sign_off_by_submitter");
        assert_eq!(only_file(&app).await["status"], "in_review");
    }

    async fn while_it_is_open_a_miss_joins_and_after_dismissal_the_next_opens_a_new_one(app: TestApp) {
        let (_, items) = missed(&app, 4).await;
        let it = only_file(&app).await;
        assert_eq!((&it["count"], rests_on(&it)), (&json!(4), vec![1, 2, 3, 4]));

        let reason = json!({ "reason": "已面谈,继续执行" });
        let dismissed = step(&app, Role::Supervisor, &it, "dismiss", reason).await.expect(200);
        assert_eq!(dismissed["status"], "dismissed");
        assert_eq!(dismissed["closed_reason"], "已面谈,继续执行");
        app.advance_to(app.now() + chrono::TimeDelta::days(20)).await;
        assert_eq!(app.escalations().await.len(), 1, "old misses open nothing again");
        app.let_pass(&items[4]).await;
        let files = app.escalations().await;
        assert_eq!(files.len(), 2);
        let next = files.iter().find(|one| one["id"] != it["id"]).unwrap();
        assert_eq!((&next["status"], &next["count"]), (&json!("open"), &json!(5)));
        assert_eq!(file(&app, &id_of(&it)).await["count"], 4, "the dismissed file stays as it was");
    }
}
