//! What a report of the platform changes.

use std::time::Duration;

use domain::Role;
use tests::{Reply, on_both};

use crate::{
    receipts::{accepted, receipt, report},
    story::{before_the_first_reminder, calls, eventually, message, notice_proof, outcomes, taken},
};

on_both! {
    async fn a_delivery_proves_notice_and_counts_once(setup: Setup) {
        let app = setup.with_webhook().start().await;
        let (journey, taken) = accepted(&app).await;
        assert_eq!(notice_proof(&app, &journey).await, "not_due");
        report(&app, &receipt("message.delivered", &taken))
            .await
            .expect(204);
        let delivered = message(&app, &journey, "wd-1").await;
        assert_eq!(delivered["status"], "delivered");
        let [kept] = &delivered["receipts"].as_array().unwrap()[..] else {
            panic!("not one receipt")
        };
        assert_eq!(
            (&kept["state"], &kept["applied"]),
            (&"delivered".into(), &true.into())
        );
        assert_eq!(kept["attempt_id"], taken.attempt_id.as_str());
        assert_eq!(kept["reported_at"], "2025-09-30T01:00:05Z");
        assert_eq!(notice_proof(&app, &journey).await, "proven");

        report(&app, &receipt("message.delivered", &taken))
            .await
            .expect(204);
        assert_eq!(
            message(&app, &journey, "wd-1").await,
            delivered,
            "said twice is said once"
        );
        app.advance("2025-09-30T09:10").await;
        report(&app, &receipt("message.failed", &taken))
            .await
            .expect(204);
        let contradicted = message(&app, &journey, "wd-1").await;
        assert_eq!(contradicted["status"], "delivered");
        assert_eq!(contradicted["receipts"].as_array().unwrap().len(), 2);
        assert_eq!(contradicted["receipts"][1]["applied"], false);
        app.advance("2025-10-01T20:00").await;
        assert!(calls(&app, &journey).await.is_empty());
    }

    async fn a_number_that_does_not_exist_is_not_tried_again(setup: Setup) {
        let app = setup.with_webhook().start().await;
        let (journey, taken) = accepted(&app).await;
        let mut failed = receipt("message.failed", &taken);
        failed["data"]["permanent"] = true.into();
        failed["data"]["code"] = "MK:0001".into();
        report(&app, &failed).await.expect(204);
        let refused = message(&app, &journey, "wd-1").await;
        assert_eq!(refused["status"], "undelivered_permanent");
        assert_eq!(
            (&refused["hop_cause"], &refused["channel"]),
            (&"permanent_failure".into(), &"call_task".into())
        );
        let token = app.login(Role::Caseworker).await;
        let client = app
            .get(&token, &format!("/v1/clients/{}", journey.client))
            .await
            .expect(200);
        assert_eq!(client["phone_state"], "invalid");
        assert_eq!(calls(&app, &journey).await.len(), 1);

        app.advance("2025-10-02T20:00").await;
        let next = message(&app, &journey, "d-7").await;
        assert_eq!(
            (&next["status"], &next["hop_cause"]),
            (&"cancelled".into(), &"no_usable_number".into())
        );
        assert_eq!(calls(&app, &journey).await.len(), 2);
        assert_eq!(
            crate::story::taken(&app).len(),
            1,
            "nothing goes to a number that is not there"
        );
    }

    async fn with_no_other_account_a_failure_makes_a_person_call_and_a_late_delivery_corrects_it(setup: Setup) {
        let app = setup.with_webhook().start().await;
        let (journey, taken) = accepted(&app).await;
        report(&app, &receipt("message.failed", &taken))
            .await
            .expect(204);
        let failed = message(&app, &journey, "wd-1").await;
        assert_eq!(failed["status"], "undelivered_temporary");
        assert_eq!(
            (&failed["hop_cause"], &failed["channel"], &failed["remedy"]),
            (&"temporary_failure".into(), &"call_task".into(), &"phone_client".into())
        );
        assert_eq!(notice_proof(&app, &journey).await, "not_due");
        assert_eq!(calls(&app, &journey).await.len(), 1);
        report(&app, &receipt("message.delivered", &taken))
            .await
            .expect(204);
        assert_eq!(message(&app, &journey, "wd-1").await["status"], "delivered");
        assert_eq!(notice_proof(&app, &journey).await, "proven");
    }

    async fn who_was_told_is_called_after_three_failures_in_a_row(setup: Setup) {
        let app = setup.with_webhook().start().await;
        let (journey, told) = accepted(&app).await;
        report(&app, &receipt("message.delivered", &told)).await.expect(204);
        for (index, day) in ["2025-10-02", "2025-10-06", "2025-10-09"]
            .into_iter()
            .enumerate()
        {
            app.advance(&format!("{day}T09:00")).await;
            report(
                &app,
                &receipt("message.failed", taken(&app).last().unwrap()),
            )
            .await
            .expect(204);
            assert_eq!(
                calls(&app, &journey).await.len(),
                usize::from(index == 2),
                "{day}"
            );
        }
        let last = message(&app, &journey, "d0").await;
        assert_eq!((&last["hop_cause"], &last["remedy"]), (&"tries_spent".into(), &"phone_client".into()));
    }

    async fn a_receipt_settles_what_the_answer_left_open(setup: Setup) {
        let app = setup.with_webhook().start().await;
        let journey = before_the_first_reminder(&app).await;
        app.fake().script([Reply::AcceptThenDrop]);
        app.advance("2025-09-30T09:01").await;
        assert_eq!(message(&app, &journey, "wd-1").await["status"], "unknown");
        report(&app, &receipt("message.delivered", &taken(&app)[0]))
            .await
            .expect(204);
        app.advance("2025-09-30T20:00").await;
        assert_eq!(message(&app, &journey, "wd-1").await["status"], "delivered");
        assert_eq!(taken(&app).len(), 1, "what is delivered is not sent again");
    }

    async fn a_receipt_that_overtakes_the_answer_stands(setup: Setup) {
        let app = setup.with_webhook().start().await;
        let journey = before_the_first_reminder(&app).await;
        app.fake().script([Reply::Slow(Duration::from_millis(300))]);
        app.outage_until("2025-09-30T09:00");
        let working = app.clone();
        let working = tokio::spawn(async move { working.run_until_idle().await });
        eventually("the platform takes the message", async || {
            !taken(&app).is_empty()
        })
        .await;
        report(&app, &receipt("message.delivered", &taken(&app)[0]))
            .await
            .expect(204);
        working.await.unwrap();
        let message = message(&app, &journey, "wd-1").await;
        assert_eq!(message["status"], "delivered");
        assert_eq!(outcomes(&message), [("accepted", None)]);
        assert_eq!(notice_proof(&app, &journey).await, "proven");
    }
}
