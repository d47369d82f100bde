//! What is not believed, what is only kept, and for how long.

use chrono::TimeDelta;
use domain::{AgencyId, IdMint, Role};
use reqwest::Method;
use serde_json::{Value, json};
use tests::{app::china, on_both};

use super::{ALL, NUMBER, anothers_message, answer, client, hand_in, read_by, said};
use crate::{
    receipts::accepted,
    story::{message, notice_proof},
};

on_both! {
    async fn nothing_acts_that_is_not_certain(setup: Setup) {
        let app = setup.with_webhook().start().await;
        let (journey, _) = accepted(&app).await;
        let stranger = "13911112222";
        let unchanged = async || {
            let client = client(&app, &journey).await;
            assert_eq!(client["phone_sms_ok"], true);
            assert_eq!(notice_proof(&app, &journey).await, "not_due");
        };
        for (id, text) in [("u-1", "1"), ("u-2", "TD"), ("u-3", "改期"), ("u-4", "谁啊")] {
            answer(&app, id, stranger, text).await;
        }
        answer(&app, "u-5", "1069000001", "1").await;
        unchanged().await;

        // Nobody has verified the number.
        let token = app.login(Role::Caseworker).await;
        let path = format!("/v1/clients/{}", journey.client);
        app.patch(&token, &path, json!({ "phone_confirmed": false })).await.expect(200);
        for (id, text) in [("v-1", "1"), ("v-2", "TD"), ("v-3", "改期")] {
            answer(&app, id, NUMBER, text).await;
        }
        unchanged().await;
        let own = read_by(&app, "caseworker", &ALL).await;
        assert_eq!(own.len(), 3);
        for task in &own {
            assert_eq!(task["reply"]["doubt"], "unverified_number");
            assert_eq!(task["client_id"], journey.client);
        }

        // It is another client's too: a caseworker of one reads nothing that may be the other's.
        app.patch(&token, &path, json!({ "phone_confirmed": true })).await.expect(200);
        app.register_client("赵小军", NUMBER).await;
        for (id, text) in [("s-1", "1"), ("s-2", "TD"), ("s-3", "改期")] {
            answer(&app, id, NUMBER, text).await;
        }
        unchanged().await;
        assert_eq!(read_by(&app, "caseworker", &ALL).await.len(), 3);
        let doubts: Vec<Value> = read_by(&app, "supervisor", &ALL)
            .await
            .into_iter()
            .filter(|task| task["assignee_id"].is_null())
            .map(|task| {
                assert_eq!((&task["client_id"], &task["case_id"], &task["message_id"]), (&Value::Null, &Value::Null, &Value::Null));
                assert_eq!(task["kind"], "reply_received");
                task["reply"]["doubt"].clone()
            })
            .collect();
        let count = |doubt: &str| doubts.iter().filter(|one| *one == doubt).count();
        assert_eq!((count("unknown_sender"), count("shared_number"), doubts.len()), (5, 3, 8));
        let answered = message(&app, &journey, "wd-1").await["replies"].clone();
        assert_eq!(answered.as_array().unwrap().len(), 3);
    }

    async fn danger_is_for_today_and_apart_from_the_case(setup: Setup) {
        let app = setup.with_webhook().start().await;
        let (journey, _) = accepted(&app).await;
        // A Sunday in the national holiday.
        app.advance("2025-10-05T20:30").await;
        answer(&app, "r-1", NUMBER, "我不想活了").await;
        answer(&app, "r-2", "13911112222", "救命").await;
        app.run_until_idle().await;
        let own = read_by(&app, "caseworker", &["emergency_help"]).await;
        assert_eq!(own.len(), 1);
        assert_eq!((&own[0]["due_on"], &own[0]["case_id"]), (&json!("2025-10-05"), &Value::Null));
        assert_eq!((&own[0]["client_id"], &own[0]["reply"]["text"]), (&json!(journey.client), &json!("我不想活了")));
        let of_all = read_by(&app, "supervisor", &["emergency_help"]).await;
        let from_nobody = of_all.iter().filter(|task| task["client_id"].is_null());
        assert_eq!(from_nobody.count(), 1);
        // Both are told at once: the client's caseworker of hers, the head of the office of both.
        let supervisor = app.login(Role::Supervisor).await;
        let notices = app.all_items(&supervisor, "/v1/messages?recipient=staff&limit=100").await;
        let told = |username: &str| {
            let id = json!(app.seed().staff(username));
            let alerts = notices.iter().filter(|one| one["kind"] == "staff_alert" && one["staff_id"] == id);
            alerts.map(|one| (one["step"].clone(), one["planned_for"].clone())).collect::<Vec<_>>()
        };
        let at_once = (json!("emergency"), json!("2025-10-05T12:30:00Z"));
        assert_eq!(told("caseworker"), std::slice::from_ref(&at_once));
        assert_eq!(told("supervisor"), [at_once.clone(), at_once]);
        assert_eq!(told("colleague"), []);
    }

    async fn an_answer_is_about_the_last_week_and_what_is_still_ahead(setup: Setup) {
        let app = setup.with_webhook().start().await;
        let (journey, taken) = accepted(&app).await;
        // Nothing was sent since 09:00 a week ago.
        app.outage_until("2025-10-07T09:01");
        answer(&app, "r-1", NUMBER, "1").await;
        let nothing = read_by(&app, "caseworker", &["reply_received"]).await;
        assert_eq!(nothing[0]["reply"]["doubt"], "nothing_ahead");
        assert_eq!(nothing[0]["message_id"], Value::Null);
        assert_eq!(notice_proof(&app, &journey).await, "not_due");
        // The platform knows better: it names the message.
        let mut named = said("r-2", NUMBER, "1");
        named["data"]["message_id"] = json!(taken.message_id);
        hand_in(&app, app.seed().agency, &named).await.expect(204);
        assert_eq!(notice_proof(&app, &journey).await, "proven");

        let items = app.appointments(&journey).await;
        app.let_pass(&items[0]).await;
        assert_eq!(app.appointments(&journey).await[0]["status"], "missed");
        named["data"]["id"] = json!("r-3");
        hand_in(&app, app.seed().agency, &named).await.expect(204);
        let late = read_by(&app, "caseworker", &["reply_received"]).await;
        let late: Vec<&Value> = late.iter().filter(|task| task["message_id"] == taken.message_id).collect();
        assert_eq!(late.len(), 1);
        assert_eq!(late[0]["reply"]["doubt"], "nothing_ahead");
    }

    async fn a_repetition_is_not_kept_and_a_strange_message_is_not_believed(setup: Setup) {
        let app = setup.with_webhook().start().await;
        let (journey, _) = accepted(&app).await;
        let other = anothers_message(&app, &journey).await;
        for _ in 0..3 {
            answer(&app, "r-1", NUMBER, "你好").await;
        }
        assert_eq!(app.contents().rows("replies"), 1);
        assert_eq!(read_by(&app, "caseworker", &ALL).await.len(), 1);
        // A message of another client's, and one of nobody's.
        let mut ids = IdMint::new(china("2025-09-30"), 3);
        let nobodys = ids.next::<domain::MessageId>().to_string();
        for (id, named) in [("r-2", other.as_str()), ("r-3", nobodys.as_str())] {
            let mut body = said(id, NUMBER, "1");
            body["data"]["message_id"] = json!(named);
            hand_in(&app, app.seed().agency, &body).await.expect(204);
            // Of one instant they have no order.
            let replies = message(&app, &journey, "wd-1").await["replies"].clone();
            let confirmed = replies.as_array().unwrap().iter().filter(|one| one["effect"] == "confirmed");
            assert_eq!(confirmed.count(), if id == "r-2" { 1 } else { 2 }, "{named}");
        }
    }

    async fn a_reply_that_nobody_signed_is_not_believed(setup: Setup) {
        let app = setup.with_webhook().start().await;
        let (journey, _) = accepted(&app).await;
        let (seed, now) = (app.seed(), app.sign_in_clock().now());
        let path = format!("/v1/agencies/{}/replies", seed.agency);
        let body = said("r-1", NUMBER, "TD").to_string();
        let before = app.contents();
        let bytes = body.as_bytes();
        let late = app.fake().sign("call-1", now - TimeDelta::minutes(6), bytes).to_vec();
        let other = app.fake().sign("call-1", now, b"{}").to_vec();
        for headers in [Vec::new(), late, other] {
            let mut request = app.request(Method::POST, &path).header("content-type", "application/json");
            for (name, value) in headers {
                request = request.header(name, value);
            }
            let refused = app.send(request.body(body.clone())).await;
            refused.problem(401, "invalid_signature");
        }
        for nonsense in [json!([]), json!({}), json!({ "type": "reply.received", "data": { "from": NUMBER, "text": "1" } })] {
            hand_in(&app, seed.agency, &nonsense).await.problem(400, "malformed_json");
        }
        let nobody: AgencyId = IdMint::new(china("2025-09-30"), 3).next();
        hand_in(&app, nobody, &said("r-1", NUMBER, "TD")).await.problem(404, "not_found");
        assert!(app.contents().changed_since(&before).is_empty());
        assert_eq!(client(&app, &journey).await["phone_sms_ok"], true);
    }

    /// Another agency's clients are not ours to know, and the client's copy has what they wrote.
    async fn an_answer_stays_in_its_agency_and_is_sealed(setup: Setup) {
        const TEXT: &str = "我搬到女儿家住了";
        let app = setup.with_webhook().start().await;
        let (journey, _) = accepted(&app).await;
        hand_in(&app, app.seed().foreign.agency, &said("r-1", NUMBER, "TD")).await.expect(204);
        assert_eq!(client(&app, &journey).await["phone_sms_ok"], true);
        assert!(read_by(&app, "caseworker", &ALL).await.is_empty());
        let foreign = read_by(&app, "foreign.supervisor", &ALL).await;
        assert_eq!(foreign[0]["reply"]["doubt"], "unknown_sender");

        answer(&app, "r-1", NUMBER, TEXT).await;
        let task = read_by(&app, "caseworker", &ALL).await.remove(0);
        assert_eq!(task["reply"]["text"], TEXT);
        let held = app.contents();
        assert!(!held.mentions(TEXT) && !held.mentions(NUMBER) && !held.mentions("r-1"));
    }

    async fn an_answer_goes_after_three_years(setup: Setup) {
        let app = setup.with_webhook().start().await;
        accepted(&app).await;
        answer(&app, "r-1", NUMBER, "你好").await;
        for (day, left) in [("2028-09-28T10:00", 1), ("2028-10-01T10:00", 0)] {
            app.outage_until(day);
            app.worker().run_job_once("purge").await.unwrap();
            assert_eq!(app.contents().rows("replies"), left, "{day}");
        }
    }
}
