//! The harness itself: its clock and its scripted gateway do what tests rely on.

use domain::{AttemptId, MessageId, MessageKind, delivery::Failure};
use gateways::{MessageGateway as _, Outgoing, WebhookGateway, webhook::WebhookSettings};
use std::time::Duration;
use tests::{FakeGateway, Reply, TestApp, fakes::webhook::SECRET, on_both};

fn gateway(fake: &FakeGateway) -> WebhookGateway {
    WebhookGateway::new(&WebhookSettings {
        url: fake.url().into(),
        secret: SECRET.into(),
        timeout: Duration::from_secs(1),
        connect_timeout: Duration::from_secs(1),
        allow_private_addresses: true,
    })
    .unwrap()
}

fn message(app: &TestApp) -> Outgoing {
    let (attempt_id, message_id): (AttemptId, MessageId) =
        app.write(|work| Ok((work.ids.next(), work.ids.next())));
    Outgoing {
        attempt_id,
        message_id,
        recipient: "+8613800138000".to_owned(),
        text: "【城东服务站】您好".to_owned(),
        kind: MessageKind::AppointmentReminder,
        template: None,
        sent_at: app.now(),
    }
}

on_both! {
    async fn the_scripted_gateway_answers_as_told(setup: Setup) {
        let app = setup.with_webhook().start().await;
        let (fake, gateway) = (app.fake(), gateway(app.fake()));
        let script = [
            (Reply::Refuse(400), Some(Failure::Permanent), false),
            (Reply::Refuse(503), Some(Failure::Transient), false),
            (Reply::TooMany(30), Some(Failure::Quota), false),
            (Reply::Reset, Some(Failure::Unknown), false),
            (Reply::AcceptThenDrop, Some(Failure::Unknown), true),
            (Reply::Slow(Duration::from_secs(5)), Some(Failure::Unknown), true),
            (Reply::Accept, None, true),
        ];
        fake.script(script.map(|(reply, ..)| reply));
        for (reply, class, is_taken) in script {
            let message = message(&app);
            let answer = gateway.send(&message).await;
            assert_eq!(answer.err().map(|error| error.class), class, "{reply:?}");
            let id = message.message_id.to_string();
            let taken = fake.taken().iter().any(|taken| taken.message_id == id);
            assert_eq!(taken, is_taken, "{reply:?}");
        }
        assert_eq!(fake.requests(), script.len());
    }

    async fn a_clock_on_which_nothing_is_due_moves_to_where_it_is_told(app: TestApp) {
        assert_eq!(app.now(), tests::app::china("2025-09-01T08:00"));
        app.advance("2025-09-01T08:15").await;
        assert_eq!(app.now().to_rfc3339(), "2025-09-01T00:15:00+00:00");
    }
}
