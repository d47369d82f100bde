//! From one account to the next, and at last to a person: each hop with its cause.

use std::sync::Arc;

use domain::{Channel, Role, delivery::ReceiptOutcome};
use gateways::{Failure, Found};
use serde_json::Value;
use tests::{
    Setup, TestApp, on_both,
    steps::{Journey, id_of},
};
use worker::{Provider, Providers};

use crate::{
    scripted::Scripted,
    story::{CLIENT, before_the_first_reminder, calls, message, notice_proof, outcomes},
};

/// Two accounts for text messages; all go by the first while it is well.
pub(crate) struct Accounts {
    pub(crate) app: TestApp,
    pub(crate) journey: Journey,
    pub(crate) first: Arc<Scripted>,
    pub(crate) second: Arc<Scripted>,
}

impl Accounts {
    pub(crate) async fn open(setup: Setup) -> Self {
        let first = Scripted::new("first", Channel::Sms);
        let second = Scripted::new("second", Channel::Sms);
        let accounts = vec![first.provider(1), second.provider(0)];
        let app = setup
            .with_providers(Providers::new(accounts, []))
            .start()
            .await;
        let journey = before_the_first_reminder(&app).await;
        Self {
            app,
            journey,
            first,
            second,
        }
    }

    pub(crate) async fn message(&self) -> Value {
        message(&self.app, &self.journey, "wd-1").await
    }

    pub(crate) async fn calls(&self) -> usize {
        calls(&self.app, &self.journey).await.len()
    }
}

/// Account and cause of every try, in order.
pub(crate) fn rungs(message: &Value) -> Vec<(&str, Option<&str>)> {
    let attempts = message["attempts"].as_array().unwrap().iter();
    attempts
        .map(|attempt| {
            (
                attempt["gateway"].as_str().unwrap(),
                attempt["hop_cause"].as_str(),
            )
        })
        .collect()
}

on_both! {
    async fn what_one_account_refuses_for_good_goes_by_the_other_at_once(setup: Setup) {
        let it = Accounts::open(setup).await;
        it.first.fail_next(Failure::Permanent, "template_refused");
        it.app.advance("2025-09-30T09:00").await;
        let sent = it.message().await;
        assert_eq!(rungs(&sent), [("first", None), ("second", Some("permanent_failure"))]);
        assert_eq!(
            outcomes(&sent),
            [("permanent", Some("template_refused")), ("accepted", None)]
        );
        assert_eq!(
            (&sent["channel"], &sent["hop_cause"]),
            (&"sms".into(), &"permanent_failure".into())
        );
        it.second.reports(&it.app, ReceiptOutcome::Delivered, "DELIVRD");
        assert_eq!(it.message().await["status"], "delivered");
        assert_eq!(notice_proof(&it.app, &it.journey).await, "proven");
        assert_eq!(it.calls().await, 0);
    }

    async fn without_a_receipt_in_time_the_other_account_has_its_turn(setup: Setup) {
        let it = Accounts::open(setup).await;
        it.app.advance("2025-10-01T08:59").await;
        assert_eq!(it.message().await["status"], "accepted");
        it.app.advance("2025-10-01T09:01").await;
        let sent = it.message().await;
        assert_eq!(rungs(&sent), [("first", None), ("second", Some("no_receipt"))]);
        assert_eq!(it.first.asked(), 3, "after five minutes, an hour and a day");
        // The first one's receipt comes late and proves notice all the same.
        let late = it.first.taken()[0].attempt_id;
        it.first.reports_of(&it.app, late, ReceiptOutcome::Delivered, "DELIVRD");
        assert_eq!(it.message().await["status"], "delivered");
        assert_eq!(notice_proof(&it.app, &it.journey).await, "proven");
        assert_eq!(it.calls().await, 0);
    }

    async fn a_receipt_that_was_lost_is_fetched_before_anything_is_sent_again(setup: Setup) {
        let it = Accounts::open(setup).await;
        it.first.knows(Found::Settled {
            outcome: ReceiptOutcome::Delivered,
            code: Some("DELIVRD".to_owned()),
            provider_message_id: None,
            happened_at: None,
        });
        it.app.advance("2025-09-30T09:04").await;
        assert_eq!((it.first.asked(), it.message().await["status"].as_str()), (0, Some("accepted")));
        it.app.advance("2025-09-30T09:05").await;
        let sent = it.message().await;
        assert_eq!((it.first.asked(), rungs(&sent).len()), (1, 1));
        assert_eq!(sent["status"], "delivered");
        assert_eq!(notice_proof(&it.app, &it.journey).await, "proven");
        assert!(it.second.taken().is_empty());
    }

    async fn a_failure_by_receipt_goes_on_and_one_of_an_account_left_behind_does_not(setup: Setup) {
        let it = Accounts::open(setup).await;
        it.app.advance("2025-09-30T09:01").await;
        it.first.reports(&it.app, ReceiptOutcome::UndeliveredPermanent, "REJECTD");
        assert_eq!(it.message().await["status"], "scheduled");
        it.app.advance("2025-09-30T09:02").await;
        let sent = it.message().await;
        assert_eq!(rungs(&sent), [("first", None), ("second", Some("permanent_failure"))]);
        let again = it.first.taken()[0].attempt_id;
        it.first.reports_of(&it.app, again, ReceiptOutcome::UndeliveredPermanent, "UNDELIV");
        assert_eq!(it.message().await["status"], "accepted", "the second one still has it");
        assert_eq!(it.calls().await, 0);
        it.second.reports(&it.app, ReceiptOutcome::UndeliveredPermanent, "REJECTD");
        let ended = it.message().await;
        assert_eq!(
            (&ended["status"], &ended["channel"]),
            (&"undelivered_permanent".into(), &"call_task".into())
        );
        assert_eq!(it.calls().await, 1);
    }

    async fn a_number_that_is_not_there_is_tried_by_no_other_account(setup: Setup) {
        let it = Accounts::open(setup).await;
        it.first.fail_next(Failure::Permanent, "isv.MOBILE_NUMBER_ILLEGAL");
        it.app.advance("2025-09-30T09:01").await;
        let refused = it.message().await;
        assert_eq!(refused["status"], "undelivered_permanent");
        assert_eq!((it.second.tried(), it.calls().await), (0, 1));
        let token = it.app.login(Role::Caseworker).await;
        let path = format!("/v1/clients/{}", it.journey.client);
        assert_eq!(it.app.get(&token, &path).await.expect(200)["phone_state"], "invalid");
    }

    async fn an_account_that_an_operator_must_mend_is_left_alone(setup: Setup) {
        let it = Accounts::open(setup).await;
        it.second.deliver();
        it.first.fail_always(Some((Failure::Configuration, "signature")));
        it.app.advance("2025-09-30T09:01").await;
        let sent = it.message().await;
        assert_eq!(rungs(&sent), [("first", None), ("second", Some("configuration"))]);
        // Two days later it is tried anew, once, and the message goes by the other one again.
        it.app.advance("2025-10-02T09:01").await;
        let next = message(&it.app, &it.journey, "d-7").await;
        assert_eq!(rungs(&next), [("first", None), ("second", Some("configuration"))]);
        assert_eq!(it.first.tried(), 2);
        it.first.fail_always(None);
        it.app.advance("2025-10-06T09:01").await;
        let mended = message(&it.app, &it.journey, "d-3").await;
        assert_eq!(rungs(&mended), [("first", None)]);
    }

    async fn with_every_account_down_the_message_waits_and_at_last_a_person_calls(setup: Setup) {
        let it = Accounts::open(setup).await;
        for account in [&it.first, &it.second] {
            account.fail_always(Some((Failure::Transient, "http_503")));
        }
        it.app.advance("2025-10-01T20:00").await;
        let spent = it.message().await;
        assert_eq!(spent["status"], "technical_failure");
        assert_eq!(spent["attempts"].as_array().unwrap().len(), 7);
        assert_eq!(it.first.tried() + it.second.tried(), 7);
        assert_eq!(it.calls().await, 1);
        // Up again for the next step.
        for account in [&it.first, &it.second] {
            account.fail_always(None);
        }
        it.app.advance("2025-10-02T09:05").await;
        assert_eq!(message(&it.app, &it.journey, "d-7").await["status"], "accepted");
    }

    async fn three_failed_deliveries_make_a_person_call_though_a_fourth_account_is_there(setup: Setup) {
        let accounts: Vec<_> = ["a", "b", "c", "d"]
            .map(|name| Scripted::new(name, Channel::Sms))
            .into();
        let providers = accounts.iter().map(|account| {
            account.fail_always(Some((Failure::Permanent, "refused")));
            account.provider(1)
        });
        let providers = Providers::new(providers.collect(), []);
        let app = setup.with_providers(providers).start().await;
        let journey = before_the_first_reminder(&app).await;
        app.advance("2025-09-30T09:01").await;
        let ended = message(&app, &journey, "wd-1").await;
        assert_eq!(ended["status"], "undelivered_permanent");
        assert_eq!(ended["attempts"].as_array().unwrap().len(), 3);
        assert_eq!(calls(&app, &journey).await.len(), 1);
    }

    async fn what_may_have_been_taken_is_asked_about_for_an_hour_before_it_goes_again(setup: Setup) {
        let it = Accounts::open(setup).await;
        it.first.fail_next(Failure::Unknown, "timeout");
        it.app.advance("2025-09-30T09:59").await;
        assert_eq!(it.message().await["status"], "unknown");
        assert_eq!(it.first.asked(), 2, "after two minutes and after ten");
        assert_eq!(it.second.tried(), 0);
        it.app.advance("2025-09-30T10:01").await;
        let sent = it.message().await;
        assert_eq!(it.first.asked(), 3);
        assert_eq!(rungs(&sent), [("first", None), ("second", Some("provider_failed"))]);
    }

    async fn what_was_never_taken_goes_again_and_what_was_does_not(setup: Setup) {
        let it = Accounts::open(setup).await;
        it.first.fail_next(Failure::Unknown, "timeout");
        it.first.knows(Found::Absent);
        it.app.advance("2025-09-30T09:03").await;
        assert_eq!(it.message().await["status"], "accepted");
        assert_eq!(it.first.taken().len() + it.second.taken().len(), 1);

        it.app.advance("2025-10-02T08:59").await;
        it.first.fail_next(Failure::Unknown, "timeout");
        it.second.fail_next(Failure::Unknown, "timeout");
        for account in [&it.first, &it.second] {
            account.knows(Found::Taken { provider_message_id: None });
        }
        it.app.advance("2025-10-02T10:30").await;
        let taken = message(&it.app, &it.journey, "d-7").await;
        assert_eq!((&taken["status"], rungs(&taken).len()), (&"accepted".into(), 1));
    }

    async fn a_client_who_got_as_much_as_an_account_sends_in_a_day_waits(setup: Setup) {
        let first = Scripted::new("first", Channel::Sms);
        let limited = Provider {
            per_number_a_day: Some(1),
            ..first.provider(1)
        };
        let app = setup
            .with_providers(Providers::new(vec![limited], []))
            .start()
            .await;
        let journey = before_the_first_reminder(&app).await;
        first.fail_next(Failure::Transient, "http_503");
        app.advance("2025-10-01T08:59").await;
        let waiting = message(&app, &journey, "wd-1").await;
        assert_eq!(
            (&waiting["status"], &waiting["status_reason"]),
            (&"scheduled".into(), &"providers_at_their_pace".into())
        );
        assert_eq!(first.tried(), 1);
        app.advance("2025-10-01T09:00").await;
        assert_eq!(message(&app, &journey, "wd-1").await["status"], "accepted");
    }

    /// Vendors count by number, whoever has it: two clients with one telephone get as much as one.
    async fn clients_who_share_a_number_share_what_an_account_sends_in_a_day(setup: Setup) {
        let first = Scripted::new("first", Channel::Sms);
        let limited = Provider {
            per_number_a_day: Some(1),
            ..first.provider(1)
        };
        let app = setup
            .with_providers(Providers::new(vec![limited], []))
            .start()
            .await;
        let journey = before_the_first_reminder(&app).await;
        let other = app.register_client("李小红", CLIENT.trim_start_matches("+86")).await;
        let case = app.register_case(&other, "community_treatment", 36, "2025-09-05").await;
        app.report_in(&id_of(&case), "2025-09-05").await;
        app.advance("2025-10-01T08:59").await;
        assert_eq!(first.tried(), 1, "two have something to be told, and one telephone");
        let sent = message(&app, &journey, "wd-1").await;
        assert!(["accepted", "scheduled"].contains(&sent["status"].as_str().unwrap()), "{sent}");
        app.advance("2025-10-02T08:59").await;
        assert_eq!(first.tried(), 2);
    }

    async fn while_the_only_account_rests_a_message_waits(setup: Setup) {
        let only = Scripted::new("only", Channel::Sms);
        let providers = Providers::new(vec![only.provider(1)], []);
        let app = setup.with_providers(providers).start().await;
        let journey = before_the_first_reminder(&app).await;
        only.fail_next(Failure::Configuration, "signature");
        app.advance("2025-09-30T09:09").await;
        let waiting = message(&app, &journey, "wd-1").await;
        assert_eq!(
            (&waiting["status"], &waiting["status_reason"]),
            (&"scheduled".into(), &"providers_rest".into())
        );
        assert_eq!(only.tried(), 1);
        app.advance("2025-09-30T09:11").await;
        assert_eq!(message(&app, &journey, "wd-1").await["status"], "accepted");
        assert_eq!(only.tried(), 2);
    }

    async fn what_no_operator_mends_in_time_is_given_to_a_person(setup: Setup) {
        let only = Scripted::new("only", Channel::Sms);
        let providers = Providers::new(vec![only.provider(1)], []);
        let app = setup.with_providers(providers).start().await;
        let journey = before_the_first_reminder(&app).await;
        app.advance("2025-10-09T08:50").await;
        let before = calls(&app, &journey).await.len();
        only.fail_always(Some((Failure::Configuration, "signature")));
        app.advance("2025-10-10T08:00").await;
        let last = message(&app, &journey, "d0").await;
        assert_eq!(last["status"], "technical_failure");
        assert_eq!(calls(&app, &journey).await.len(), before + 1);
    }

    async fn the_basis_of_a_file_shows_the_ladder_and_by_which_receipt_the_client_was_told(setup: Setup) {
        let it = Accounts::open(setup).await;
        it.first.fail_next(Failure::Permanent, "template_refused");
        it.app.advance("2025-09-30T09:01").await;
        it.second.reports(&it.app, ReceiptOutcome::Delivered, "DELIVRD");
        for item in &it.app.appointments(&it.journey).await[..3] {
            it.app.let_pass(item).await;
        }
        let file = &it.app.escalations().await[0];
        let head = it.app.login(Role::Supervisor).await;
        let path = format!("/v1/escalations/{}", file["id"].as_str().unwrap());
        let file = it.app.get(&head, &path).await.expect(200);
        let told = &file["basis"][0]["appointment"];
        let reminder = &told["reminders"][0];
        assert_eq!(rungs(reminder), [("first", None), ("second", Some("permanent_failure"))]);
        assert_eq!(told["notice_proof"], "proven");
        let receipt = &reminder["receipts"][0];
        assert_eq!(
            told["notice"],
            serde_json::json!({
                "by": "receipt",
                "at": receipt["reported_at"],
                "message_id": reminder["id"],
                "attempt_id": reminder["attempts"][1]["id"],
                "receipt_id": receipt["id"],
                "task_id": null,
            })
        );
        let untold = &file["basis"][1]["appointment"];
        assert_eq!(
            (&untold["notice_proof"], &untold["notice"]),
            (&"unproven".into(), &Value::Null)
        );
    }
}
