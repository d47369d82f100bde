//! The machine flags: it labels nothing, hands nothing over, and tells the client nothing.

use domain::{MessageKind, Role};
use serde_json::{Value, json};
use storage::appointments;
use tests::{
    TestApp, on_both,
    steps::{Journey, id_of},
};

use crate::people::{begun, missed, only_file, step, submit, to_clients};

/// What a client got, by number: when, of what kind, and the text.
fn got(app: &TestApp, phone: &str) -> Vec<(chrono::DateTime<chrono::Utc>, MessageKind, String)> {
    to_clients(app)
        .into_iter()
        .filter(|sent| sent.recipient.ends_with(phone))
        .map(|sent| (sent.at, sent.kind, sent.text))
        .collect()
}

/// No appointment of the case has a label, as it stands in the database.
fn assert_unlabelled(app: &TestApp, journey: &Journey) {
    let (agency, case) = (app.seed().agency, journey.case.parse().unwrap());
    let items = app
        .store()
        .read(|tx| appointments::of_case(tx, agency, case))
        .unwrap();
    assert!(!items.is_empty());
    for item in items {
        assert_eq!(
            (item.label, item.labelled_by, item.labelled_at),
            (None, None, None)
        );
    }
}

on_both! {
    /// Six windows pass with nobody acting. The trail names all the machine did: none of it is a
    /// person's step.
    async fn the_machine_never_labels_nor_hands_over(app: TestApp) {
        let (journey, items) = begun(&app).await;
        for item in &items[..6] {
            app.let_pass(item).await;
            assert_unlabelled(&app, &journey);
        }
        app.advance("2026-03-20").await;
        assert_unlabelled(&app, &journey);
        let file = only_file(&app).await;
        assert_eq!((file["status"].as_str(), file["count"].as_i64()), (Some("open"), Some(6)));
        let token = app.login(Role::Caseworker).await;
        let case = app.get(&token, &journey.path("")).await.expect(200);
        assert_eq!(case["status"], "active");

        let auditor = app.login(Role::Auditor).await;
        let trail = app.all_items(&auditor, "/v1/audit-entries?limit=100").await;
        let by_machine: Vec<&Value> =
            trail.iter().filter(|entry| entry["actor_id"].is_null()).collect();
        assert!(by_machine.iter().any(|entry| entry["action"] == "open_escalation"));
        for entry in by_machine {
            let action = entry["action"].as_str().unwrap();
            let persons = ["label_", "submit_", "sign_off_", "refer_", "close_", "dismiss_", "decide_"];
            assert!(!persons.iter().any(|step| action.starts_with(step)), "{entry:#}");
        }
    }

    /// Two clients with the same dates; one of them kept the first appointment, so that only the
    /// other is flagged. From the flag to the sign-off and past the next window both get the same
    /// texts at the same times.
    async fn a_flagged_client_gets_what_anybody_gets(app: TestApp) {
        let (flagged, items) = begun(&app).await;
        let other = app.register_client("王大明", "13900002222").await;
        let case = id_of(&app.register_case(&other, "community_treatment", 36, "2025-09-01").await);
        app.report_in(&case, "2025-09-01").await;
        let other = Journey { client: other, case };
        let others = app.appointments(&other).await;
        app.advance("2025-09-10T10:00").await;
        app.test(&others[0]).await;
        for item in &items[..3] {
            app.let_pass(item).await;
        }
        let since = app.now();
        let file = only_file(&app).await;
        assert_eq!(file["case_id"], json!(flagged.case));

        app.advance("2025-12-05T10:00").await;
        let said = json!({ "statement": "当时在外地照顾住院的母亲" });
        step(&app, Role::Caseworker, &file, "statement", said).await.expect(200);
        submit(&app, &file, &items[..3]).await;
        let reason = json!({ "reason": "同意移交" });
        step(&app, Role::Supervisor, &file, "sign-off", reason).await.expect(200);
        app.let_pass(&items[3]).await;

        let after = |phone| -> Vec<_> {
            got(&app, phone).into_iter().filter(|(at, ..)| *at >= since).collect()
        };
        assert_eq!(after("13900001111").len(), 5, "the ladder of the fourth window");
        assert_eq!(after("13900001111"), after("13900002222"));
    }

    /// From the report to the police on, the client hears of the appointments that go on, and of
    /// nothing else; the outcome is told by people.
    async fn nor_does_a_referral_or_an_outcome_tell_the_client(app: TestApp) {
        let (_, items) = missed(&app, 3).await;
        app.advance("2025-12-05T10:00").await;
        let before = to_clients(&app).len();
        let file = only_file(&app).await;
        submit(&app, &file, &items[..3]).await;
        let reason = json!({ "reason": "同意移交" });
        step(&app, Role::Supervisor, &file, "sign-off", reason).await.expect(200);
        let receipt = json!({
            "receipt_no": "移交〔2025〕12号", "police_unit": "城东派出所", "officer": "周警官",
            "handed_over_at": app.now(),
        });
        step(&app, Role::Caseworker, &file, "referral", receipt).await.expect(200);
        app.advance("2025-12-10T10:00").await;
        let outcome = json!({
            "decision": "isolation", "document_no": "〔2025〕88号", "decided_on": "2025-12-09",
        });
        step(&app, Role::Caseworker, &file, "outcome", outcome).await.expect(200);
        app.advance("2026-03-01").await;
        assert_eq!(to_clients(&app).len(), before, "the case has ended, and its reminders with it");
    }
}
