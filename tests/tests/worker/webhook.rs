//! A platform that refuses, stalls and breaks off.

use std::time::Duration;

use chrono::TimeDelta;
use tests::{Reply, on_both};

use crate::story::{before_the_first_reminder, calls, instant, message, outcomes, taken, waits};

on_both! {
    async fn what_the_platform_cannot_take_now_is_tried_again_by_the_schedule(setup: Setup) {
        let app = setup.with_webhook().start().await;
        let journey = before_the_first_reminder(&app).await;
        app.fake().script([503, 500, 408].map(Reply::Refuse));
        app.advance("2025-09-30T10:00").await;
        let message = message(&app, &journey, "wd-1").await;
        assert_eq!(message["status"], "accepted");
        assert_eq!(
            outcomes(&message),
            [
                ("transient", Some("http_503")),
                ("transient", Some("http_500")),
                ("transient", Some("http_408")),
                ("accepted", None),
            ]
        );
        // 30 s, 2 min, 5 min, each ± 20 %.
        for (wait, seconds) in waits(&message).into_iter().zip([30, 120, 300]) {
            let wait = wait.num_milliseconds();
            assert!(
                (seconds * 800..=seconds * 1200).contains(&wait),
                "{wait} for {seconds} s"
            );
        }
        let [taken] = &taken(&app)[..] else {
            panic!("not taken once")
        };
        let last = &message["attempts"][3];
        assert_eq!(last["id"], taken.attempt_id.as_str());
        assert_eq!(
            last["provider_message_id"],
            format!("platform-{}", taken.attempt_id)
        );
        assert!(calls(&app, &journey).await.is_empty());
    }

    async fn a_platform_that_is_down_for_hours_makes_a_person_call(setup: Setup) {
        let app = setup.with_webhook().start().await;
        let journey = before_the_first_reminder(&app).await;
        app.fake().script([Reply::Refuse(503); 7]);
        app.advance("2025-09-30T12:00").await;
        let message = message(&app, &journey, "wd-1").await;
        assert_eq!(message["status"], "technical_failure");
        assert_eq!(
            (&message["hop_cause"], &message["channel"]),
            (&"tries_spent".into(), &"call_task".into())
        );
        assert_eq!(outcomes(&message), [("transient", Some("http_503")); 7]);
        let [call] = &calls(&app, &journey).await[..] else {
            panic!("not one call")
        };
        assert_eq!(
            (&call["message_id"], &call["status"]),
            (&message["id"], &"open".into())
        );
        assert_eq!(
            call["assignee_id"],
            app.seed().staff("caseworker").to_string()
        );
        assert_eq!(call["due_on"], "2025-09-30");
        assert!(taken(&app).is_empty());
    }

    async fn what_the_platform_refuses_for_good_is_not_tried_again(setup: Setup) {
        let app = setup.with_webhook().start().await;
        let journey = before_the_first_reminder(&app).await;
        let days = [
            ("wd-1", "2025-09-30", 400),
            ("d-7", "2025-10-02", 413),
            ("d-3", "2025-10-06", 422),
        ];
        for (index, (step, day, status)) in days.into_iter().enumerate() {
            app.advance(&format!("{day}T08:59")).await;
            app.fake().script([Reply::Refuse(status)]);
            app.advance(&format!("{day}T20:00")).await;
            let message = message(&app, &journey, step).await;
            assert_eq!(message["status"], "undelivered_permanent");
            assert_eq!(message["hop_cause"], "permanent_failure");
            assert_eq!(
                outcomes(&message),
                [("permanent", Some(&*format!("http_{status}")))]
            );
            assert_eq!(calls(&app, &journey).await.len(), index + 1);
        }
        assert!(taken(&app).is_empty());
    }

    async fn a_platform_that_asks_for_patience_is_given_it(setup: Setup) {
        let app = setup.with_webhook().start().await;
        let journey = before_the_first_reminder(&app).await;
        app.fake().script([Reply::TooMany(3600), Reply::TooMany(1)]);
        app.advance("2025-09-30T11:00").await;
        let asked = message(&app, &journey, "wd-1").await;
        assert_eq!(
            outcomes(&asked),
            [
                ("quota", Some("http_429")),
                ("quota", Some("http_429")),
                ("accepted", None)
            ]
        );
        let [first, second] = waits(&asked)[..] else {
            panic!("not three attempts")
        };
        assert_eq!(first, TimeDelta::hours(1));
        assert!(
            second >= TimeDelta::seconds(96),
            "a short Retry-After never hurries: {second}"
        );

        // Longer than the message makes sense: a last try a minute before the next step's turn.
        app.advance("2025-10-02T08:59").await;
        app.fake().script([Reply::TooMany(864_000)]);
        app.advance("2025-10-06T08:59").await;
        let asked = message(&app, &journey, "d-7").await;
        assert_eq!(
            outcomes(&asked),
            [("quota", Some("http_429")), ("accepted", None)]
        );
        let last_try = instant(&asked["attempts"][1]["started_at"]);
        assert_eq!(
            last_try,
            instant(&asked["not_after"]) - TimeDelta::minutes(1)
        );
    }

    async fn what_may_have_arrived_is_sent_again_under_the_same_id_alone(setup: Setup) {
        let app = setup.with_webhook().start().await;
        let journey = before_the_first_reminder(&app).await;
        let days = [
            (
                "wd-1",
                "2025-09-30",
                Reply::Slow(Duration::from_secs(5)),
                "timeout",
                2,
            ),
            (
                "d-7",
                "2025-10-02",
                Reply::AcceptThenDrop,
                "connection_lost",
                2,
            ),
            ("d-3", "2025-10-06", Reply::Reset, "connection_lost", 1),
        ];
        for (step, day, reply, code, times) in days {
            app.advance(&format!("{day}T08:59")).await;
            app.fake().script([reply]);
            app.advance(&format!("{day}T09:01")).await;
            let waiting = message(&app, &journey, step).await;
            assert_eq!(waiting["status"], "unknown", "{step}");
            assert_eq!(outcomes(&waiting), [("unknown", Some(code))]);
            app.advance(&format!("{day}T09:02")).await;
            let message = message(&app, &journey, step).await;
            assert_eq!(message["status"], "accepted", "{step}");
            assert_eq!(
                outcomes(&message),
                [("unknown", Some(code)), ("accepted", None)]
            );
            let copies: Vec<_> = taken(&app)
                .into_iter()
                .filter(|taken| message["id"] == taken.message_id.as_str())
                .collect();
            assert_eq!(copies.len(), times, "{step}");
            let attempt_of_last = message["attempts"][1]["id"].as_str().unwrap();
            assert_eq!(copies[times - 1].attempt_id, attempt_of_last);
            assert!(copies.iter().all(|copy| copy.text == copies[0].text));
        }
    }

    async fn a_wrong_key_is_not_held_against_the_message(setup: Setup) {
        let app = setup.with_webhook().start().await;
        let journey = before_the_first_reminder(&app).await;
        app.fake().script([401, 403, 404].map(Reply::Refuse));
        app.advance("2025-09-30T10:00").await;
        let mended = message(&app, &journey, "wd-1").await;
        assert_eq!(mended["status"], "accepted");
        assert_eq!(
            outcomes(&mended),
            [
                ("configuration", Some("http_401")),
                ("configuration", Some("http_403")),
                ("configuration", Some("http_404")),
                ("accepted", None),
            ]
        );

        app.advance("2025-10-02T08:59").await;
        app.fake().script([Reply::Refuse(401); 7]);
        app.advance("2025-10-02T12:00").await;
        let given_up = message(&app, &journey, "d-7").await;
        assert_eq!(given_up["status"], "technical_failure");
        assert_eq!(given_up["hop_cause"], "configuration");
        let call = calls(&app, &journey).await;
        assert!(
            call.iter().any(|call| call["message_id"] == given_up["id"]),
            "{call:#?}"
        );
    }
}
