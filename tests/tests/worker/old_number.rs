//! What is said of a number that the client has no more says nothing of the one they have.

use domain::{Role, delivery::ReceiptOutcome};
use gateways::{Failure, Found};
use serde_json::{Value, json};
use tests::on_both;

use crate::ladder::{Accounts, rungs};

const OLD: &str = "+8613900001111";
const NEW: &str = "+8613900004444";

/// The client brings another number, and shows that it is theirs.
async fn new_number(it: &Accounts) {
    let token = it.app.login(Role::Caseworker).await;
    let path = format!("/v1/clients/{}", it.journey.client);
    let body = json!({ "phone": NEW[3..], "phone_confirmed": true });
    it.app.patch(&token, &path, body).await.expect(200);
}

async fn phone_state(it: &Accounts) -> Value {
    let token = it.app.login(Role::Caseworker).await;
    let path = format!("/v1/clients/{}", it.journey.client);
    it.app.get(&token, &path).await.expect(200)["phone_state"].clone()
}

on_both! {
    async fn a_late_receipt_about_the_old_number_leaves_the_new_one_verified(setup: Setup) {
        let it = Accounts::open(setup).await;
        it.app.advance("2025-09-30T09:01").await;
        new_number(&it).await;
        it.first.reports(&it.app, ReceiptOutcome::UndeliveredPermanent, "MK:0001");
        assert_eq!(phone_state(&it).await, "verified");
        // The new one is texted at once.
        it.app.advance("2025-09-30T09:02").await;
        let sent = it.message().await;
        assert_eq!(rungs(&sent), [("first", None), ("second", Some("permanent_failure"))]);
        let to = [&it.first, &it.second].map(|account| account.taken()[0].recipient.clone());
        assert_eq!(to, [OLD, NEW]);
        // The same word about the new one is about the new one.
        it.second.reports(&it.app, ReceiptOutcome::UndeliveredPermanent, "MK:0001");
        assert_eq!(phone_state(&it).await, "invalid");
        assert_eq!(it.calls().await, 1);
    }

    /// The account finds a message by its number: by the new one it would call it absent.
    async fn an_account_is_not_asked_about_the_old_number_by_the_new_one(setup: Setup) {
        let it = Accounts::open(setup).await;
        it.first.knows(Found::Absent);
        it.app.advance("2025-09-30T09:01").await;
        new_number(&it).await;
        it.app.advance("2025-10-01T08:59").await;
        assert_eq!((it.first.asked(), it.message().await["status"].as_str()), (0, Some("accepted")));
        it.app.advance("2025-10-01T09:01").await;
        let sent = it.message().await;
        assert_eq!(rungs(&sent), [("first", None), ("second", Some("no_receipt"))]);
        assert_eq!(it.second.taken()[0].recipient, NEW);
    }

    async fn of_unknown_fate_it_goes_to_the_new_number_after_an_hour(setup: Setup) {
        let it = Accounts::open(setup).await;
        it.first.fail_next(Failure::Unknown, "timeout");
        it.first.knows(Found::Absent);
        it.app.advance("2025-09-30T09:01").await;
        new_number(&it).await;
        it.app.advance("2025-09-30T09:59").await;
        assert_eq!(it.message().await["status"], "unknown");
        assert_eq!(it.first.asked(), 0);
        it.app.advance("2025-09-30T10:01").await;
        assert_eq!(it.message().await["status"], "accepted");
        assert_eq!(it.second.taken()[0].recipient, NEW);
    }

    /// What stands there to compare numbers by tells none.
    async fn neither_number_stands_anywhere_in_the_clear(setup: Setup) {
        let it = Accounts::open(setup).await;
        it.app.advance("2025-09-30T09:01").await;
        new_number(&it).await;
        it.app.advance("2025-10-02T09:01").await;
        let contents = it.app.contents();
        for number in [OLD, NEW] {
            assert!(!contents.mentions(&number[3..]), "{number}");
        }
    }
}
