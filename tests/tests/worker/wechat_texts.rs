//! What people write to the service account at WeChat: kept, answered at once, and acted on by the
//! worker.

use domain::Role;
use serde_json::{Value, json};
use tests::{on_both, vendors::SERVICE_ACCOUNT};

use crate::{
    ladder::rungs,
    replies::{ALL, read_by},
    story::{message, notice_proof},
    wechat::{OPEN_ID, Office},
};

/// Somebody who follows the account and is nobody's client.
const STRANGER: &str = "o-nobody";

impl Office {
    /// Somebody sends something to the service account, and it is acted on.
    async fn sends(&self, open_id: &str, id: &str, parts: &str) {
        let seconds = self.app.now().timestamp();
        let message = format!(
            "<xml><ToUserName><![CDATA[gh_1]]></ToUserName>\
             <FromUserName><![CDATA[{open_id}]]></FromUserName><CreateTime>{seconds}</CreateTime>\
             {parts}<MsgId>{id}</MsgId></xml>"
        );
        let answer = self.app.wechat_calls(SERVICE_ACCOUNT, &message).await;
        assert_eq!(answer.expect(200), "success");
    }

    async fn writes(&self, open_id: &str, id: &str, text: &str) {
        let parts =
            format!("<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{text}]]></Content>");
        self.sends(open_id, id, &parts).await;
        self.app.run_until_idle().await;
    }

    /// What people answered to the first reminder.
    async fn replies(&self) -> Vec<Value> {
        self.message().await["replies"].as_array().unwrap().clone()
    }

    /// A service account that is bound, after the first reminder.
    async fn reminded(setup: tests::Setup, consent: bool) -> Self {
        let it = Self::open(setup).await;
        it.bind();
        if consent {
            it.consent();
        }
        it.app.advance("2025-09-30T09:01").await;
        it
    }
}

on_both! {
    async fn a_word_confirms_a_date_or_ends_wechat_and_texts_go_on(setup: Setup) {
        let it = Office::reminded(setup, true).await;
        assert_eq!(rungs(&it.message().await), [("service-account", None)]);
        it.writes(OPEN_ID, "1", "收到").await;
        assert_eq!(notice_proof(&it.app, &it.journey).await, "proven");
        let [reply] = &it.replies().await[..] else { panic!("not one reply") };
        let shown = (&reply["effect"], &reply["gateway"], &reply["channel"]);
        assert_eq!(shown, (&json!("confirmed"), &json!(SERVICE_ACCOUNT), &json!("wechat")));
        assert_eq!(reply["sent_at"], "2025-09-30T01:01:00Z");
        it.writes(OPEN_ID, "2", "退订").await;
        assert_eq!(read_by(&it.app, "caseworker", &["messages_stopped"]).await.len(), 1);
        it.app.advance("2025-10-02T09:05").await;
        let next = message(&it.app, &it.journey, "d-7").await;
        assert_eq!(rungs(&next), [("sms", None)]);
        // Whose account it was is wiped; a consent is given to its text, not by a word.
        it.writes(OPEN_ID, "3", "订阅").await;
        assert_eq!(it.app.contents().rows("replies"), 2);
        it.app.advance("2025-10-06T09:05").await;
        assert_eq!(rungs(&message(&it.app, &it.journey, "d-3").await), [("sms", None)]);
    }

    /// The account is theirs, and the one place there to answer.
    async fn who_was_reminded_by_text_message_answers_here_too(setup: Setup) {
        let it = Office::reminded(setup, false).await;
        assert_eq!(rungs(&it.message().await), [("sms", Some("no_consent"))]);
        it.writes(OPEN_ID, "1", "1").await;
        assert_eq!(notice_proof(&it.app, &it.journey).await, "proven");
        assert_eq!(it.replies().await.len(), 1);
        // There is no consent that it could end.
        it.writes(OPEN_ID, "2", "TD").await;
        let [left] = &read_by(&it.app, "caseworker", &ALL).await[..] else { panic!("not one task") };
        assert_eq!(left["reply"]["doubt"], "not_by_reply");
        let token = it.app.login(Role::Caseworker).await;
        let client = it.app.get(&token, &format!("/v1/clients/{}", it.journey.client)).await;
        assert_eq!(client.expect(200)["phone_sms_ok"], true, "a word here ends no text messages");
    }

    async fn a_repetition_changes_nothing_and_it_is_sealed(setup: Setup) {
        const TEXT: &str = "我搬到女儿家住了";
        let it = Office::reminded(setup, true).await;
        let parts = format!("<MsgType>text</MsgType><Content>{TEXT}</Content>");
        for _ in 0..2 {
            it.sends(OPEN_ID, "24500000000000001", &parts).await;
        }
        assert_eq!(it.app.contents().rows("gateway_posts"), 1);
        assert!(read_by(&it.app, "caseworker", &ALL).await.is_empty(), "it is acted on by the worker");
        let kept = it.app.contents();
        assert!(!kept.mentions(TEXT) && !kept.mentions(OPEN_ID) && !kept.mentions("24500000000000001"));
        let other = it.app.another_worker();
        let (one, two) = tokio::join!(it.app.worker().run_until_idle(), other.run_until_idle());
        one.unwrap();
        two.unwrap();
        it.sends(OPEN_ID, "24500000000000001", &parts).await;
        it.app.run_until_idle().await;
        let [task] = &read_by(&it.app, "caseworker", &ALL).await[..] else { panic!("not one task") };
        assert_eq!((&task["kind"], &task["reply"]["text"]), (&json!("reply_received"), &json!(TEXT)));
        let kept = it.app.contents();
        assert_eq!(kept.rows("replies"), 1);
        assert!(!kept.mentions(TEXT) && !kept.mentions(OPEN_ID) && !kept.mentions("24500000000000001"));
    }

    /// Whoever follows the account writes to it, about anything.
    async fn of_a_stranger_only_danger_is_heard(setup: Setup) {
        let it = Office::reminded(setup, true).await;
        for (id, text) in [("1", "你好"), ("2", "1"), ("3", "TD"), ("4", "几点开门")] {
            it.writes(STRANGER, id, text).await;
        }
        assert_eq!(it.app.contents().rows("replies"), 0);
        assert!(it.app.contents().mentions("ignored"));
        for person in ["caseworker", "supervisor"] {
            assert!(read_by(&it.app, person, &ALL).await.is_empty());
        }
        assert_eq!(notice_proof(&it.app, &it.journey).await, "not_due");
        it.writes(STRANGER, "5", "救命").await;
        assert!(read_by(&it.app, "caseworker", &ALL).await.is_empty());
        // Whose it is nobody knows: it is told in each agency.
        for head in ["supervisor", "foreign.supervisor"] {
            let [task] = &read_by(&it.app, head, &ALL).await[..] else { panic!("not one task") };
            assert_eq!((&task["kind"], &task["reply"]["doubt"]), (&json!("emergency_help"), &json!("unknown_sender")));
        }
        assert!(!it.app.contents().mentions(STRANGER));
    }

    async fn what_is_no_text_is_for_the_caseworker_to_look_at(setup: Setup) {
        let it = Office::reminded(setup, true).await;
        let picture = "<MsgType>image</MsgType><PicUrl>http://mmbiz.qpic.cn/1</PicUrl><MediaId>m1</MediaId>";
        it.sends(OPEN_ID, "1", picture).await;
        it.sends(STRANGER, "2", picture).await;
        it.sends(OPEN_ID, "3", "<MsgType>voice</MsgType><MediaId>m2</MediaId>").await;
        it.app.run_until_idle().await;
        let mut shown: Vec<_> = Vec::new();
        for task in read_by(&it.app, "caseworker", &ALL).await {
            assert_eq!(task["kind"], "reply_received");
            shown.push(task["reply"]["text"].as_str().unwrap().to_owned());
        }
        shown.sort();
        assert_eq!(shown, ["[图片]", "[语音]"]);
        assert!(read_by(&it.app, "supervisor", &ALL).await.iter().all(|task| !task["client_id"].is_null()));
    }
}
