//! What is looked at again at the moment of sending: the hour, the deadline and the number.

use domain::Role;
use serde_json::{Value, json};
use tests::{
    Reply, TestApp,
    app::china,
    on_both,
    steps::{Journey, id_of},
};

use crate::story::{
    before_the_first_reminder, calls, change_client, message, notice_proof, outcomes, taken,
};

const NEUTRAL: &str = "【城东服务站】您有一项预约服务待办理,如有疑问请与服务站联系。";

/// Another client of the office, as `more` says, whose case began on the same day.
async fn another(app: &TestApp, name: &str, more: Value) -> Journey {
    let token = app.login(Role::Caseworker).await;
    let mut body = json!({ "name": name, "sex": "female" });
    for (field, value) in more.as_object().unwrap() {
        body[field] = value.clone();
    }
    let client = id_of(&app.post(&token, "/v1/clients", body).await.expect(201));
    let case = app
        .register_case(&client, "community_treatment", 36, "2025-09-05")
        .await;
    app.report_in(&id_of(&case), "2025-09-05").await;
    Journey {
        client,
        case: id_of(&case),
    }
}

/// The texts sent to a number, oldest first.
fn texts_to(app: &TestApp, recipient: &str) -> Vec<String> {
    let sent = app
        .sent()
        .into_iter()
        .filter(|sent| sent.recipient == recipient);
    sent.map(|sent| sent.text).collect()
}

on_both! {
    async fn in_quiet_hours_a_message_waits_for_the_morning_and_says_so(app: TestApp) {
        let journey = before_the_first_reminder(&app).await;
        app.outage_until("2025-09-30T21:30");
        app.run_until_idle().await;
        let waiting = message(&app, &journey, "wd-1").await;
        assert_eq!(waiting["status"], "scheduled");
        assert_eq!(waiting["shifted"]["from"], "2025-09-30T01:00:00Z");
        assert_eq!(
            waiting["shifted"]["reason"],
            "quiet hours 21:00–08:00: sent after them"
        );
        app.advance("2025-10-01T07:59").await;
        assert!(app.sent().is_empty());
        app.advance("2025-10-01T08:00").await;
        assert_eq!(message(&app, &journey, "wd-1").await["status"], "delivered");
        let [sent] = &app.sent()[..] else {
            panic!("not sent once")
        };
        assert_eq!(sent.at, china("2025-10-01T08:00"));
    }

    async fn a_retry_does_not_wake_anybody(setup: Setup) {
        let app = setup.with_webhook().start().await;
        let journey = before_the_first_reminder(&app).await;
        // 09:00 and thirteen hours are 22:00.
        app.fake().script([Reply::TooMany(13 * 3600)]);
        app.advance("2025-10-01T07:59").await;
        assert!(taken(&app).is_empty());
        app.advance("2025-10-01T08:00").await;
        let retried = message(&app, &journey, "wd-1").await;
        assert_eq!(
            outcomes(&retried),
            [("quota", Some("http_429")), ("accepted", None)]
        );
        assert_eq!(retried["attempts"][1]["started_at"], "2025-10-01T00:00:00Z");
        assert_eq!(retried["shifted"]["from"], "2025-09-30T01:00:00Z");
    }

    async fn a_message_that_quiet_hours_would_carry_past_its_time_is_dropped(app: TestApp) {
        let journey = before_the_first_reminder(&app).await;
        app.advance("2025-10-09T08:59").await;
        let before = app.sent().len();
        app.outage_until("2025-10-09T21:30");
        app.run_until_idle().await;
        let dropped = message(&app, &journey, "d0").await;
        assert_eq!(dropped["status"], "expired");
        assert_eq!(dropped["status_reason"], "quiet_hours_until_passed");
        assert_eq!(dropped["attempts"], json!([]));
        assert_eq!(app.sent().len(), before);
    }

    async fn from_its_last_instant_on_a_message_is_not_sent(app: TestApp) {
        let journey = before_the_first_reminder(&app).await;
        // The turn of the next step, to the minute.
        app.outage_until("2025-10-02T09:00");
        app.run_until_idle().await;
        let passed = message(&app, &journey, "wd-1").await;
        assert_eq!(passed["not_after"], "2025-10-02T01:00:00Z");
        assert_eq!(
            (&passed["status"], &passed["status_reason"]),
            (&"expired".into(), &"passed".into())
        );
        assert_eq!(message(&app, &journey, "d-7").await["status"], "delivered");
        assert_eq!(app.sent().len(), 1);
        assert!(
            calls(&app, &journey).await.is_empty(),
            "the next step did what it was for"
        );
    }

    async fn a_message_tried_in_vain_until_its_time_was_over_makes_a_person_call(setup: Setup) {
        let app = setup.with_webhook().start().await;
        let journey = before_the_first_reminder(&app).await;
        app.advance("2025-10-09T08:59").await;
        let before = calls(&app, &journey).await.len();
        app.fake().script([Reply::Refuse(503)]);
        app.outage_until("2025-10-09T09:00");
        app.run_until_idle().await;
        app.outage_until("2025-10-10T00:00");
        app.run_until_idle().await;
        let tried = message(&app, &journey, "d0").await;
        assert_eq!(
            (&tried["status"], &tried["hop_cause"]),
            (&"expired".into(), &"tries_spent".into())
        );
        let calls = calls(&app, &journey).await;
        assert_eq!(calls.len(), before + 1);
        assert!(calls.iter().any(|call| call["message_id"] == tried["id"]));
    }

    async fn a_shared_number_gets_a_text_that_says_nothing(app: TestApp) {
        app.advance("2025-09-05T10:00").await;
        let phone = json!({ "phone": "13900002222", "phone_confirmed": true });
        let one = another(&app, "王小明", phone.clone()).await;
        let other = another(&app, "李小红", phone).await;
        app.advance("2025-09-30T10:00").await;
        assert_eq!(texts_to(&app, "+8613900002222"), [NEUTRAL, NEUTRAL]);
        // Whoever read them: neither client is known to have been told, so a person tells each.
        for journey in [&one, &other] {
            let sent = message(&app, journey, "wd-1").await;
            assert_eq!(
                (&sent["status"], &sent["status_reason"], &sent["remedy"]),
                (&"delivered".into(), &"number_shared".into(), &"phone_client".into())
            );
            assert_eq!(notice_proof(&app, journey).await, "unproven");
            assert_eq!(calls(&app, journey).await.len(), 1);
        }

        // Since one of them has a number of her own, both are called by their names again.
        change_client(
            &app,
            &other,
            json!({ "phone": "13900003333", "phone_confirmed": true }),
        )
        .await;
        app.advance("2025-10-02T10:00").await;
        let full = |name: &str| {
            format!(
                "【城东服务站】{name}女士您好,您预约的服务请于10月9日17:00前到站办理,如需改期请致电0571-88880000。"
            )
        };
        assert_eq!(texts_to(&app, "+8613900002222")[2..], [full("王")]);
        assert_eq!(texts_to(&app, "+8613900003333"), [full("李")]);
        for journey in [&one, &other] {
            assert_eq!(notice_proof(&app, journey).await, "proven");
        }
    }

    async fn a_number_nobody_confirmed_gets_a_text_that_says_nothing(app: TestApp) {
        app.advance("2025-09-05T10:00").await;
        let journey = another(&app, "王小红", json!({ "phone": "13900002222" })).await;
        app.advance("2025-09-30T10:00").await;
        assert_eq!(texts_to(&app, "+8613900002222"), [NEUTRAL]);
        let sent = message(&app, &journey, "wd-1").await;
        assert_eq!(
            (&sent["status"], &sent["hop_cause"], &sent["status_reason"]),
            (&"delivered".into(), &"notice_unproven".into(), &"number_unverified".into())
        );
        assert_eq!(sent["remedy"], "verify_number");
        assert_eq!(notice_proof(&app, &journey).await, "unproven");
        let [call] = &calls(&app, &journey).await[..] else {
            panic!("not one call")
        };
        assert_eq!((&call["message_id"], &call["status"]), (&sent["id"], &"open".into()));
        // Verified, the next step states the date, and nobody has to phone any more.
        change_client(&app, &journey, json!({ "phone_confirmed": true })).await;
        app.advance("2025-10-02T10:00").await;
        let second = &texts_to(&app, "+8613900002222")[1];
        assert!(
            second.contains("王女士") && second.contains("10月9日"),
            "{second}"
        );
        assert_eq!(notice_proof(&app, &journey).await, "proven");
        let calls = calls(&app, &journey).await;
        assert_eq!((calls.len(), &calls[0]["status"]), (1, &"cancelled".into()));
    }

    async fn a_date_told_to_a_number_nobody_confirmed_proves_nothing(setup: Setup) {
        let app = setup.with(|config| config.worker.neutral_to_unverified = false).start().await;
        app.advance("2025-09-05T10:00").await;
        let journey = another(&app, "王小红", json!({ "phone": "13900002222" })).await;
        app.advance("2025-09-30T10:00").await;
        let [text] = &texts_to(&app, "+8613900002222")[..] else {
            panic!("not one text")
        };
        assert!(text.contains("10月9日"), "{text}");
        let sent = message(&app, &journey, "wd-1").await;
        assert_eq!(sent["attempts"][0]["no_proof"], "number_unverified");
        assert_eq!(notice_proof(&app, &journey).await, "unproven");
        assert_eq!(calls(&app, &journey).await.len(), 1);
    }

    async fn without_a_usable_number_a_person_calls(app: TestApp) {
        app.advance("2025-09-05T10:00").await;
        let none = another(&app, "王小红", json!({})).await;
        let refused =
            json!({ "phone": "13900002222", "phone_confirmed": true, "phone_sms_ok": false });
        let refused = another(&app, "李小红", refused).await;
        let emptied = another(
            &app,
            "赵小红",
            json!({ "phone": "13900003333", "phone_confirmed": true }),
        )
        .await;
        // After it was planned, before it is sent.
        app.advance("2025-09-30T08:59").await;
        change_client(&app, &emptied, json!({ "phone": null })).await;
        app.advance("2025-09-30T10:00").await;
        for journey in [none, refused, emptied] {
            let message = message(&app, &journey, "wd-1").await;
            assert_eq!(
                (&message["status"], &message["channel"]),
                (&"cancelled".into(), &"call_task".into())
            );
            assert_eq!(message["hop_cause"], "no_usable_number");
            let [call] = &calls(&app, &journey).await[..] else {
                panic!("not one call")
            };
            assert_eq!(call["message_id"], message["id"]);
            assert_eq!(
                call["assignee_id"],
                app.seed().staff("caseworker").to_string()
            );
        }
        assert!(app.sent().is_empty());
    }
}
