//! A channel that needs a consent is used only while it is in force.

use casework::consents::{self, Said};
use domain::{
    Role,
    consent::{ConsentChannel, ConsentPurpose},
};
use tests::{TestApp, app::china, on_both, steps::Journey};

use crate::story::{CLIENT, as_owner, before_the_first_reminder, calls, message};

/// The first reminder waits for the morning, to be sent over WeChat.
async fn a_wechat_message_waits(app: &TestApp) -> Journey {
    let journey = before_the_first_reminder(app).await;
    app.outage_until("2025-09-30T21:30");
    app.run_until_idle().await;
    assert_eq!(message(app, &journey, "wd-1").await["status"], "scheduled");
    // No gateway of this build plans messages over WeChat yet.
    as_owner(
        app,
        "UPDATE messages SET channel = 'wechat' WHERE status = 'scheduled'",
    );
    journey
}

fn said(app: &TestApp) -> Said {
    let today = app.now().date_naive();
    Said {
        channel: ConsentChannel::Paper,
        on: today,
        today,
    }
}

fn consent(app: &TestApp, journey: &Journey) {
    let client = journey.client.parse().unwrap();
    let (purpose, said) = (ConsentPurpose::Wechat, said(app));
    app.write(|work| consents::give(work, client, purpose, "wechat-1", said));
}

/// What went out to the client after the evening before.
fn sent_to_client(app: &TestApp) -> usize {
    let sent = app.sent().into_iter();
    sent.filter(|sent| sent.recipient == CLIENT).count()
}

on_both! {
    async fn without_a_consent_a_person_calls(app: TestApp) {
        let journey = a_wechat_message_waits(&app).await;
        app.advance_to(china("2025-10-01T08:00")).await;
        let withheld = message(&app, &journey, "wd-1").await;
        assert_eq!(withheld["status"], "cancelled");
        assert_eq!(withheld["hop_cause"], "no_consent");
        assert_eq!(calls(&app, &journey).await.len(), 1);
        assert_eq!(sent_to_client(&app), 0);
    }

    async fn with_one_it_is_sent(app: TestApp) {
        let journey = a_wechat_message_waits(&app).await;
        consent(&app, &journey);
        app.advance_to(china("2025-10-01T08:00")).await;
        assert_eq!(sent_to_client(&app), 1);
        assert!(calls(&app, &journey).await.is_empty());
    }

    /// Given in September, withdrawn while the message waits: it holds for this message already, and
    /// the text messages about the same date go on.
    async fn a_withdrawal_holds_from_the_next_message_on_and_harms_nothing(app: TestApp) {
        let journey = a_wechat_message_waits(&app).await;
        consent(&app, &journey);
        let token = app.login(Role::Caseworker).await;
        let path = format!("/v1/clients/{}/consents/withdrawals", journey.client);
        let body = serde_json::json!({ "purpose": "wechat", "channel": "phone" });
        app.post(&token, &path, body).await.expect(201);
        app.advance_to(china("2025-10-01T08:00")).await;
        assert_eq!(message(&app, &journey, "wd-1").await["hop_cause"], "no_consent");
        assert_eq!(sent_to_client(&app), 0);
        app.advance_to(china("2025-10-02T09:00")).await;
        assert_eq!(sent_to_client(&app), 1);
    }
}
