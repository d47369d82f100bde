//! Access tokens: one for all, renewed when it must be, forced hardly ever.

use chrono::TimeDelta;
use domain::delivery::Failure;
use gateways::{MessageGateway as _, SendError, wechat::TemplateGateway};
use serde_json::{Value, json};
use tests::fakes::{
    wechat::{APP_ID, FORCED_A_DAY, SECRET, Scripted},
    wire::Reaction,
};

use super::{OPEN_ID, Setting, TIMEOUT, refusal, setting};

impl Setting {
    /// Asks for a token past our client.
    async fn token(&self, force: bool) -> Value {
        let body = json!({
            "grant_type": "client_credential", "appid": APP_ID, "secret": SECRET,
            "force_refresh": force,
        });
        self.posts("cgi-bin/stable_token", &body).await
    }

    /// What a token is answered with, past our client.
    async fn errcode(&self, token: &Value) -> i64 {
        let token = token["access_token"].as_str().unwrap();
        let path = format!("cgi-bin/message/template/send?access_token={token}");
        let body = json!({
            "touser": OPEN_ID, "template_id": "day-reminder", "client_msg_id": "1",
            "data": { "date1": { "value": "2026年6月12日" } },
        });
        let answer = self.posts(&path, &body).await;
        answer.get("errcode").and_then(Value::as_i64).unwrap()
    }

    async fn posts(&self, path: &str, body: &Value) -> Value {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let request = client.post(format!("{}{path}", self.fake.url()));
        let answer = request.json(body).send().await.unwrap();
        serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
    }
}

#[tokio::test]
async fn one_token_serves_all_until_it_runs_out() {
    let setting = setting().await;
    let gateway = setting.template();
    let messages = [setting.message(), setting.message(), setting.message()];
    let [one, two, three] = messages.each_ref().map(|message| gateway.send(message));
    let (one, two, three) = tokio::join!(one, two, three);
    for sent in [one, two, three] {
        sent.unwrap();
    }
    assert_eq!(setting.fake.token_requests(), 1);
    setting.clock.advance(TimeDelta::minutes(116));
    gateway.send(&setting.message()).await.unwrap();
    assert_eq!(setting.fake.token_requests(), 2);
}

#[tokio::test]
async fn a_refused_token_is_renewed_once_and_forced_only_if_it_comes_again() {
    let setting = setting().await;
    let gateway = setting.template();
    gateway.send(&setting.message()).await.unwrap();
    setting.fake.script([Scripted::TokenExpired]);
    gateway.send(&setting.message()).await.unwrap();
    assert_eq!(setting.fake.token_requests(), 2);
    setting.fake.refuse_current_token();
    gateway.send(&setting.message()).await.unwrap();
    assert_eq!(setting.fake.token_requests(), 4);
    // It is not asked for without end.
    setting
        .fake
        .script([Scripted::TokenExpired, Scripted::TokenExpired]);
    let error = refusal(&gateway, &setting.message()).await;
    assert_eq!(
        error,
        SendError::new(Failure::Configuration, "errcode_42001")
    );
    assert_eq!(setting.fake.token_requests(), 5);
}

#[tokio::test]
async fn without_a_token_nothing_is_sent_and_the_reason_is_told() {
    let setting = setting().await;
    let wrong = TemplateGateway::new(setting.account_with("wrong"));
    let error = refusal(&wrong, &setting.message()).await;
    let expected = SendError::new(Failure::Configuration, "token_errcode_40125");
    assert_eq!(error, expected);
    let faults = [
        (Reaction::Drop, Failure::Transient, "token_connection_lost"),
        (
            Reaction::Answer(502, Value::Null),
            Failure::Transient,
            "token_http_502",
        ),
        (
            Reaction::Answer(200, json!({})),
            Failure::Transient,
            "token_answer_invalid",
        ),
        (
            Reaction::Late(TIMEOUT * 4, json!({})),
            Failure::Transient,
            "token_timeout",
        ),
    ];
    for (reaction, class, code) in faults {
        let gateway = setting.template();
        setting.fake.token_answers(Some(reaction));
        let error = refusal(&gateway, &setting.message()).await;
        assert_eq!(error, SendError::new(class, code));
        // It is not tried for each message, and is tried again soon.
        setting.fake.token_answers(None);
        assert_eq!(refusal(&gateway, &setting.message()).await, error);
        setting.clock.advance(TimeDelta::seconds(5));
        gateway.send(&setting.message()).await.unwrap();
    }
    assert_eq!(
        setting.fake.taken().len(),
        1,
        "one message under one id within ten minutes"
    );
}

/// A platform that refuses its own token all day long, as when somebody else holds the account: it is
/// forced as often as it allows, and no more.
#[tokio::test]
async fn nothing_is_forced_in_a_loop() {
    let setting = setting().await;
    let gateway = setting.template();
    for _ in 0..24 * 20 {
        setting.fake.refuse_current_token();
        // Most of them are refused, for want of a token.
        let _ = gateway.send(&setting.message()).await;
        setting.clock.advance(TimeDelta::minutes(3));
    }
    let forced = setting.fake.forced();
    assert!((1..=FORCED_A_DAY).contains(&forced.len()), "{forced:?}");
    let apart = |pair: &[_]| pair[1] - pair[0] >= TimeDelta::seconds(30);
    assert!(forced.windows(2).all(apart), "{forced:?}");
}

#[tokio::test]
async fn no_more_tokens_are_asked_for_than_run_out() {
    let setting = setting().await;
    let (one, other) = (setting.template(), setting.template());
    for _ in 0..24 * 6 {
        one.send(&setting.message()).await.unwrap();
        other.send(&setting.message()).await.unwrap();
        setting.clock.advance(TimeDelta::minutes(10));
    }
    let made = setting.fake.tokens().len();
    assert!((12..=13).contains(&made), "{made} in a day");
    // Each of the two processes asks once for each.
    assert_eq!(setting.fake.token_requests(), 2 * made);
    assert!(setting.fake.forced().is_empty());
}

#[tokio::test]
async fn who_finds_its_token_forced_out_by_another_takes_the_new_one() {
    let setting = setting().await;
    let (one, other) = (setting.template(), setting.template());
    for gateway in [&one, &other] {
        gateway.send(&setting.message()).await.unwrap();
    }
    setting.fake.refuse_current_token();
    for gateway in [&one, &other, &one] {
        gateway.send(&setting.message()).await.unwrap();
    }
    assert_eq!(setting.fake.forced().len(), 1);
    assert_eq!(setting.fake.tokens().len(), 2);
}

/// The platform itself, as its pages describe it.
#[tokio::test]
async fn a_forced_token_ends_the_one_before_and_an_ordinary_one_does_not() {
    let setting = setting().await;
    let first = setting.token(false).await;
    setting.clock.advance(TimeDelta::minutes(114));
    let same = setting.token(false).await;
    assert_eq!(same["access_token"], first["access_token"]);
    assert_eq!(same["expires_in"], 360);
    setting.clock.advance(TimeDelta::minutes(2));
    let second = setting.token(false).await;
    assert_ne!(second["access_token"], first["access_token"]);
    assert_eq!(
        setting.errcode(&first).await,
        0,
        "both are good for a while"
    );
    setting.clock.advance(TimeDelta::minutes(4));
    assert_eq!(setting.errcode(&first).await, 42_001);

    let third = setting.token(true).await;
    assert_eq!(setting.errcode(&second).await, 40_001);
    assert_eq!(setting.errcode(&third).await, 0);
    setting.clock.advance(TimeDelta::seconds(29));
    assert_eq!(
        setting.token(true).await["access_token"],
        third["access_token"]
    );
}

#[tokio::test]
async fn when_no_more_can_be_forced_today_the_message_waits() {
    let setting = setting().await;
    let gateway = setting.template();
    gateway.send(&setting.message()).await.unwrap();
    for _ in 0..FORCED_A_DAY {
        assert!(setting.token(true).await["access_token"].is_string());
        setting.clock.advance(TimeDelta::seconds(30));
    }
    assert_eq!(setting.token(true).await["errcode"], 45_009);
    // What was forced by others is followed; what would have to be forced waits.
    gateway.send(&setting.message()).await.unwrap();
    setting.fake.refuse_current_token();
    let error = refusal(&gateway, &setting.message()).await;
    assert_eq!(error, SendError::new(Failure::Quota, "token_errcode_45009"));
    setting.clock.advance(TimeDelta::days(1));
    gateway.send(&setting.message()).await.unwrap();
}
