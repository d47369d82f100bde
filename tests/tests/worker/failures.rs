//! What failed for now goes on as what is silent does: to the next account, at last to a person.

use domain::delivery::ReceiptOutcome;
use tests::on_both;

use crate::{
    ladder::{Accounts, rungs},
    story::{message, notice_proof},
};

const FAILED: ReceiptOutcome = ReceiptOutcome::UndeliveredTemporary;

on_both! {
    async fn a_failure_for_now_goes_by_the_other_account_and_a_delivery_by_either_counts(setup: Setup) {
        let it = Accounts::open(setup).await;
        it.app.advance("2025-09-30T09:01").await;
        it.first.reports(&it.app, FAILED, "UNDELIV");
        assert_eq!(it.message().await["status"], "scheduled");
        it.app.advance("2025-09-30T09:02").await;
        let sent = it.message().await;
        assert_eq!(rungs(&sent), [("first", None), ("second", Some("temporary_failure"))]);
        assert_eq!((&sent["status"], &sent["remedy"]), (&"accepted".into(), &().into()));
        // The carrier of the first goes on trying, and says so.
        let left = it.first.taken()[0].attempt_id;
        it.first.reports_of(&it.app, left, FAILED, "EXPIRED");
        assert_eq!(it.message().await["status"], "accepted", "the second one still has it");
        it.first.reports_of(&it.app, left, ReceiptOutcome::Delivered, "DELIVRD");
        it.second.reports(&it.app, FAILED, "UNDELIV");
        assert_eq!(it.message().await["status"], "delivered");
        assert_eq!(notice_proof(&it.app, &it.journey).await, "proven");
        assert_eq!((it.calls().await, it.first.taken().len()), (0, 1));
    }

    async fn a_delivery_after_the_failure_stops_what_has_not_gone_on_yet(setup: Setup) {
        let it = Accounts::open(setup).await;
        it.app.advance("2025-09-30T09:01").await;
        it.first.reports(&it.app, FAILED, "UNDELIV");
        it.first.reports(&it.app, ReceiptOutcome::Delivered, "DELIVRD");
        it.app.advance("2025-10-01T20:00").await;
        assert_eq!(it.message().await["status"], "delivered");
        assert!(it.second.taken().is_empty(), "nobody gets it twice");
    }

    /// A word no table has is one of these.
    async fn after_the_last_account_a_person_phones_while_that_helps(setup: Setup) {
        let it = Accounts::open(setup).await;
        it.app.advance("2025-09-30T09:01").await;
        it.first.reports(&it.app, FAILED, "CB:0053");
        it.app.advance("2025-09-30T09:02").await;
        it.second.reports(&it.app, FAILED, "CB:0053");
        let ended = it.message().await;
        assert_eq!(
            (&ended["status"], &ended["channel"], &ended["hop_cause"], &ended["remedy"]),
            (
                &"undelivered_temporary".into(),
                &"call_task".into(),
                &"temporary_failure".into(),
                &"phone_client".into()
            )
        );
        assert_eq!(it.calls().await, 1);
        // Told by the next step: what fails after it asks nobody to phone.
        it.app.advance("2025-10-02T09:01").await;
        it.first.reports(&it.app, ReceiptOutcome::Delivered, "DELIVRD");
        it.app.advance("2025-10-06T09:01").await;
        it.first.reports(&it.app, FAILED, "UNDELIV");
        it.app.advance("2025-10-06T09:02").await;
        it.second.reports(&it.app, FAILED, "UNDELIV");
        let ended = message(&it.app, &it.journey, "d-3").await;
        assert_eq!((&ended["status"], &ended["remedy"]), (&"undelivered_temporary".into(), &().into()));
        assert_eq!(it.calls().await, 1);
    }

    async fn a_failure_that_is_told_when_its_time_is_over_goes_to_nobody_else(setup: Setup) {
        let it = Accounts::open(setup).await;
        it.app.advance("2025-10-06T09:01").await;
        it.first.reports(&it.app, ReceiptOutcome::Delivered, "DELIVRD");
        let before = it.calls().await;
        it.app.advance("2025-10-10T00:30").await;
        let tried = it.second.tried();
        it.first.reports(&it.app, FAILED, "EXPIRED");
        it.app.advance("2025-10-10T08:30").await;
        let last = message(&it.app, &it.journey, "d0").await;
        assert_eq!(last["status"], "undelivered_temporary");
        assert_eq!((it.second.tried(), it.calls().await), (tried, before));
    }
}
