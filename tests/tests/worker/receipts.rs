//! Which reports of the platform are believed, and which of them count as a delivery.

use chrono::TimeDelta;
use domain::{AgencyId, IdMint};
use gateways::standard_webhooks::{ID, SIGNATURE, Secret, TIMESTAMP};
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Response, TestApp, app::china, fakes::webhook::Taken, on_both, steps::Journey};

use crate::story::{before_the_first_reminder, calls, message, notice_proof, taken};

type Headers = Vec<(&'static str, String)>;

/// Posts a body to an agency's receipts as it is.
async fn post(app: &TestApp, agency: AgencyId, headers: Headers, body: &[u8]) -> Response {
    let path = format!("/v1/agencies/{agency}/receipts");
    let mut request = app
        .request(Method::POST, &path)
        .header("content-type", "application/json")
        .body(body.to_vec());
    for (name, value) in headers {
        request = request.header(name, value);
    }
    app.send(request).await
}

/// Posts a body signed as it should be. Signatures live in real time, like sign-ins.
pub(crate) async fn report(app: &TestApp, body: &Value) -> Response {
    let body = body.to_string().into_bytes();
    let signed = app
        .fake()
        .sign("call-1", app.sign_in_clock().now(), &body)
        .to_vec();
    post(app, app.seed().agency, signed, &body).await
}

/// A receipt about a message that was taken; `kind` is such as `message.delivered`.
pub(crate) fn receipt(kind: &str, taken: &Taken) -> Value {
    json!({
        "type": kind,
        "timestamp": "2025-09-30T09:00:05+08:00",
        "data": { "id": taken.message_id, "attempt_id": taken.attempt_id },
    })
}

/// A reminder that the platform has taken and not yet reported about.
pub(crate) async fn accepted(app: &TestApp) -> (Journey, Taken) {
    let journey = before_the_first_reminder(app).await;
    app.advance("2025-09-30T09:05").await;
    assert_eq!(message(app, &journey, "wd-1").await["status"], "accepted");
    let taken = taken(app).remove(0);
    (journey, taken)
}

on_both! {
    async fn only_a_delivery_counts_as_one(setup: Setup) {
        let app = setup.with_webhook().start().await;
        let (journey, taken) = accepted(&app).await;
        let kinds = [
            "message.sent",
            "message.accepted",
            "message.read",
            "message.delivered.v2",
            "Message.Delivered",
            " message.delivered",
            "delivered",
            "",
        ];
        for kind in kinds {
            report(&app, &receipt(kind, &taken)).await.expect(204);
            let standing = message(&app, &journey, "wd-1").await;
            assert_eq!(standing["status"], "accepted", "{kind:?}");
            let kept = standing["receipts"].as_array().unwrap();
            assert!(!kept.is_empty(), "{kind:?} was not kept");
            for receipt in kept {
                assert_eq!(
                    (&receipt["state"], &receipt["applied"]),
                    (&"accepted".into(), &false.into())
                );
            }
            assert_eq!(notice_proof(&app, &journey).await, "not_due", "{kind:?}");
        }
        // So it is still waited for, and when nothing comes a person phones.
        app.advance("2025-10-01T08:59").await;
        assert_eq!(message(&app, &journey, "wd-1").await["status"], "accepted");
        app.advance("2025-10-01T09:00").await;
        let unproven = message(&app, &journey, "wd-1").await;
        assert_eq!(unproven["status"], "no_receipt");
        assert_eq!(unproven["hop_cause"], "no_receipt");
        assert_eq!(calls(&app, &journey).await.len(), 1);
        assert_eq!(notice_proof(&app, &journey).await, "not_due");
    }

    async fn receipts_of_one_instant_show_in_the_order_of_their_reports(setup: Setup) {
        let app = setup.with_webhook().start().await;
        let (journey, taken) = accepted(&app).await;
        for second in [4, 1, 5, 3, 2, 0] {
            let mut body = receipt("message.sent", &taken);
            body["timestamp"] = json!(format!("2025-09-30T01:00:0{second}Z"));
            report(&app, &body).await.expect(204);
        }
        let standing = message(&app, &journey, "wd-1").await;
        let shown: Vec<&str> = standing["receipts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|receipt| receipt["reported_at"].as_str().unwrap())
            .collect();
        let in_order = [0, 1, 2, 3, 4, 5].map(|second| format!("2025-09-30T01:00:0{second}Z"));
        assert_eq!(shown, in_order);
    }

    async fn a_receipt_about_nothing_of_ours_changes_nothing(setup: Setup) {
        let app = setup.with_webhook().start().await;
        let (journey, taken) = accepted(&app).await;
        let before = message(&app, &journey, "wd-1").await;
        let mut ids = IdMint::new(china("2025-09-30"), 3);
        let mut unknown = || -> String { ids.next::<domain::MessageId>().to_string() };
        let strangers = [
            Taken {
                message_id: unknown(),
                attempt_id: unknown(),
                ..taken.clone()
            },
            // An attempt that is not this message's.
            Taken {
                attempt_id: unknown(),
                ..taken.clone()
            },
            Taken {
                message_id: unknown(),
                ..taken.clone()
            },
        ];
        for stranger in strangers {
            let answer = report(&app, &receipt("message.delivered", &stranger)).await;
            assert_eq!(answer.expect(202), Value::Null);
        }
        let body = receipt("message.delivered", &taken)
            .to_string()
            .into_bytes();
        let signed = |agency| {
            let headers = app
                .fake()
                .sign("call-2", app.sign_in_clock().now(), &body)
                .to_vec();
            post(&app, agency, headers, &body)
        };
        signed(app.seed().foreign.agency).await.expect(202);
        signed(unknown().parse().unwrap())
            .await
            .problem(404, "not_found");
        assert_eq!(message(&app, &journey, "wd-1").await, before);
        assert_eq!(notice_proof(&app, &journey).await, "not_due");
    }

    async fn a_receipt_that_nobody_signed_is_not_believed(setup: Setup) {
        let app = setup.with_webhook().start().await;
        let (journey, taken) = accepted(&app).await;
        let before = message(&app, &journey, "wd-1").await;
        let now = app.sign_in_clock().now();
        let body = receipt("message.delivered", &taken)
            .to_string()
            .into_bytes();
        let fake = app.fake();
        let good = fake.sign("call-3", now, &body).to_vec();
        let without = |name| {
            good.iter()
                .filter(|(given, _)| *given != name)
                .cloned()
                .collect()
        };
        let forger =
            Secret::parse(&"whsec_Zm9yZ2VyIGZvcmdlciBmb3JnZXIgZm9yZ2VyIQ==".into()).unwrap();
        let forged = vec![
            (ID, "call-3".to_owned()),
            (TIMESTAMP, now.timestamp().to_string()),
            (SIGNATURE, forger.sign("call-3", now, &body)),
        ];
        let unsigned: [Headers; 8] = [
            Vec::new(),
            without(ID),
            without(TIMESTAMP),
            without(SIGNATURE),
            forged,
            fake.sign("call-3", now, b"{}").to_vec(),
            fake.sign("call-3", now - TimeDelta::minutes(6), &body)
                .to_vec(),
            fake.sign("call-3", now + TimeDelta::minutes(6), &body)
                .to_vec(),
        ];
        let agency = app.seed().agency;
        for headers in unsigned {
            post(&app, agency, headers, &body)
                .await
                .problem(401, "invalid_signature");
        }
        assert_eq!(message(&app, &journey, "wd-1").await, before);
        assert_eq!(notice_proof(&app, &journey).await, "not_due");

        for nonsense in [
            json!([]),
            json!({}),
            json!({ "type": "message.delivered", "data": {} }),
        ] {
            report(&app, &nonsense).await.problem(400, "malformed_json");
        }
        post(&app, agency, good, &body).await.expect(204);
        assert_eq!(message(&app, &journey, "wd-1").await["status"], "delivered");
    }
}
