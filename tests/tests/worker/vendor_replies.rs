//! What people answer by the vendors of SMS: kept, answered at once, and acted on by the worker.

use std::sync::Arc;

use domain::{Channel, Role};
use reqwest::Method;
use serde_json::{Value, json};
use tests::{
    Response, Setup, TestApp, on_both,
    steps::Journey,
    vendors::{ALIYUN, PATH_SECRET, TENCENT, recorded},
};
use worker::Providers;

use crate::{
    replies::{ALL, read_by},
    scripted::Scripted,
    story::{before_the_first_reminder, message, notice_proof},
};

const NUMBER: &str = "13900001111";

/// An office with an account at either vendor, after the first reminder, which went by Aliyun.
async fn office(setup: Setup) -> (TestApp, Journey, Arc<Scripted>) {
    let aliyun = Scripted::new(ALIYUN, Channel::Sms);
    let tencent = Scripted::new(TENCENT, Channel::Sms);
    let accounts = vec![aliyun.provider(1), tencent.provider(0)];
    let setup = setup.with_providers(Providers::new(accounts, []));
    let app = setup.start().await;
    let journey = before_the_first_reminder(&app).await;
    app.advance("2025-09-30T09:01").await;
    (app, journey, aliyun)
}

pub(crate) async fn post(app: &TestApp, account: &str, secret: &str, body: &Value) -> Response {
    let path = format!("/v1/gateways/{account}/{secret}/replies");
    app.send(app.request(Method::POST, &path).json(body)).await
}

/// A reply as Aliyun posts it, as it was recorded but for whose it is and what it says.
pub(crate) fn of_aliyun(id: &str, from: &str, text: &str) -> Value {
    let mut reply = recorded()["aliyun_smsup"]["request"][0].clone();
    reply["phone_number"] = json!(from);
    reply["content"] = json!(text);
    reply["sequence_id"] = json!(id);
    reply
}

fn of_tencent(from: &str, text: &str) -> Value {
    let mut reply = recorded()["tencent_reply"]["request"].clone();
    reply["mobile"] = json!(from);
    reply["text"] = json!(text);
    reply
}

async fn texts_are_on(app: &TestApp, journey: &Journey) -> bool {
    let token = app.login(Role::Caseworker).await;
    let client = app
        .get(&token, &format!("/v1/clients/{}", journey.client))
        .await;
    client.expect(200)["phone_sms_ok"] == true
}

on_both! {
    async fn an_answer_by_aliyun_is_about_what_aliyun_sent(setup: Setup) {
        let (app, journey, _) = office(setup).await;
        let reply = of_aliyun("8812", NUMBER, "１");
        let taken = post(&app, ALIYUN, PATH_SECRET, &json!([reply])).await;
        assert_eq!(taken.expect(200), recorded()["aliyun_smsup"]["reply"]["body"]);
        assert_eq!(notice_proof(&app, &journey).await, "not_due", "it is acted on by the worker");
        assert!(!app.contents().mentions(NUMBER), "the number stands there in the clear");
        // Again, and by two workers at once.
        post(&app, ALIYUN, PATH_SECRET, &json!([reply, reply])).await.expect(200);
        let other = app.another_worker();
        let (one, two) = tokio::join!(app.worker().run_until_idle(), other.run_until_idle());
        one.unwrap();
        two.unwrap();
        assert_eq!(notice_proof(&app, &journey).await, "proven");
        let replies = message(&app, &journey, "wd-1").await["replies"].clone();
        assert_eq!(replies.as_array().unwrap().len(), 1);
        let shown = (&replies[0]["effect"], &replies[0]["gateway"], &replies[0]["channel"]);
        assert_eq!(shown, (&json!("confirmed"), &json!(ALIYUN), &json!("sms")));
    }

    async fn an_answer_by_tencent_stops_texts_and_confirms_nothing_it_did_not_send(setup: Setup) {
        let (app, journey, _) = office(setup).await;
        let taken = post(&app, TENCENT, PATH_SECRET, &of_tencent(NUMBER, "1")).await;
        assert_eq!(taken.expect(200), recorded()["tencent_reply"]["reply"]["body"]);
        app.run_until_idle().await;
        assert_eq!(notice_proof(&app, &journey).await, "not_due");
        let left = read_by(&app, "caseworker", &ALL).await;
        assert_eq!((left.len(), &left[0]["reply"]["doubt"]), (1, &json!("nothing_ahead")));
        for _ in 0..2 {
            post(&app, TENCENT, PATH_SECRET, &of_tencent(NUMBER, "TD")).await.expect(200);
        }
        app.run_until_idle().await;
        assert!(!texts_are_on(&app, &journey).await);
        assert_eq!(read_by(&app, "caseworker", &["messages_stopped"]).await.len(), 1);
        app.advance("2025-10-02T09:05").await;
        assert_eq!(message(&app, &journey, "d-7").await["attempts"], json!([]));
    }

    /// The vendors do not say whose number was answered.
    async fn a_number_of_two_agencies_acts_in_neither_and_a_strangers_in_none(setup: Setup) {
        let (app, journey, _) = office(setup).await;
        let token = app.login_as("foreign.caseworker").await;
        let body = json!({ "name": "赵小军", "sex": "male", "phone": NUMBER, "phone_confirmed": true });
        app.post(&token, "/v1/clients", body).await.expect(201);
        let all = json!([of_aliyun("1", NUMBER, "TD"), of_aliyun("2", "13911112222", "TD")]);
        post(&app, ALIYUN, PATH_SECRET, &all).await.expect(200);
        app.run_until_idle().await;
        assert!(texts_are_on(&app, &journey).await);
        for person in ["caseworker", "foreign.caseworker"] {
            let left = read_by(&app, person, &ALL).await;
            assert_eq!((left.len(), &left[0]["reply"]["doubt"]), (1, &json!("shared_number")), "{person}");
        }
        assert_eq!(app.contents().rows("replies"), 2);
    }

    async fn only_the_account_posts_and_only_what_can_be_read_is_kept(setup: Setup) {
        let (app, journey, _) = office(setup).await;
        let before = app.contents();
        let body = json!([of_aliyun("1", NUMBER, "TD")]);
        for (account, secret) in [(ALIYUN, "wrong"), ("nobody", PATH_SECRET), (TENCENT, &PATH_SECRET[1..])] {
            post(&app, account, secret, &body).await.problem(404, "not_found");
        }
        // Each in its own form.
        post(&app, TENCENT, PATH_SECRET, &body).await.problem(400, "malformed_json");
        post(&app, ALIYUN, PATH_SECRET, &of_tencent(NUMBER, "TD")).await.problem(400, "malformed_json");
        assert!(app.contents().changed_since(&before).is_empty());
        let some = json!([{ "content": "x" }, of_aliyun("1", NUMBER, "TD")]);
        let refused = post(&app, ALIYUN, PATH_SECRET, &some).await.problem(400, "malformed_json");
        assert_eq!(refused["errors"][0]["pointer"], "/0");
        app.run_until_idle().await;
        assert!(!texts_are_on(&app, &journey).await);
    }
}
