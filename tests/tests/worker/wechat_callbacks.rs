//! What WeChat calls back with: believed, kept, answered, and acted on afterwards.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{
    TestApp,
    app::china,
    fakes::wechat::{self, AES_KEY, APP_ID, Callback, TOKEN, callback, finished},
    on_both,
    vendors::{
        ALIYUN, MINI_PROGRAM, PATH_SECRET, SERVICE_ACCOUNT, accounts, receipts_path, wechat_path,
    },
};

use crate::{
    story::{CLIENT, message, notice_proof},
    wechat::{OPEN_ID, Office, TEMPLATE},
};

/// An event about the client, that happened now.
pub(crate) fn event(app: &TestApp, parts: &str) -> String {
    event_at(app.now().timestamp(), parts)
}

pub(crate) fn event_at(seconds: i64, parts: &str) -> String {
    wechat::event(OPEN_ID, seconds, parts)
}

/// What the client answered for the template, in the dialog or in the settings.
fn answered(word: &str, wrapper: &str, answer: &str) -> String {
    format!(
        "<Event>{word}</Event><{wrapper}><List><TemplateId>{TEMPLATE}</TemplateId>\
         <SubscribeStatusString>{answer}</SubscribeStatusString></List></{wrapper}>"
    )
}

pub(crate) fn popup(answer: &str) -> String {
    answered(
        "subscribe_msg_popup_event",
        "SubscribeMsgPopupEvent",
        answer,
    )
}

/// What became of a subscribe message.
pub(crate) fn sent(id: &str, code: &str) -> String {
    wechat::sent(id, TEMPLATE, code)
}

pub(crate) async fn calls(app: &TestApp, account: &str, message: &str) {
    let answer = app.wechat_calls(account, message).await;
    assert_eq!(
        answer.header("content-type"),
        Some("text/plain; charset=utf-8")
    );
    assert_eq!(answer.expect(200), "success");
}

pub(crate) fn posts(app: &TestApp) -> usize {
    app.contents().rows("gateway_posts")
}

on_both! {
    async fn what_became_of_a_template_message_is_applied_once(setup: Setup) {
        let it = Office::open(setup).await;
        it.bind();
        it.consent();
        it.wechat.refers_to_next_by("2398213457");
        it.app.advance("2025-09-30T09:01").await;
        assert_eq!(it.message().await["status"], "accepted");
        let success = event(&it.app, &finished("2398213457", "success"));
        for _ in 0..2 {
            calls(&it.app, SERVICE_ACCOUNT, &success).await;
        }
        assert!(!it.app.contents().mentions("2398213457</MsgID>"), "it stands there in the clear");
        it.app.run_until_idle().await;
        calls(&it.app, SERVICE_ACCOUNT, &success).await;
        it.app.run_until_idle().await;
        let sent = it.message().await;
        assert_eq!(sent["status"], "delivered");
        assert_eq!(sent["receipts"].as_array().unwrap().len(), 1);
        assert_eq!(notice_proof(&it.app, &it.journey).await, "proven");
        assert_eq!(posts(&it.app), 1);
    }

    async fn who_blocks_the_account_gets_a_text_message(setup: Setup) {
        let it = Office::open(setup).await;
        it.bind();
        it.consent();
        it.wechat.refers_to_next_by("7");
        it.app.advance("2025-09-30T09:01").await;
        calls(&it.app, SERVICE_ACCOUNT, &event(&it.app, &finished("7", "failed:user block"))).await;
        it.app.advance("2025-09-30T09:02").await;
        let moved = it.message().await;
        assert_eq!((&moved["channel"], &moved["hop_cause"]), (&json!("sms"), &json!("permanent_failure")));
        assert_eq!(it.recipients().1, [CLIENT]);
    }

    /// Each acceptance counts once, however often and in whatever order it is told.
    async fn what_the_client_accepts_is_counted(setup: Setup) {
        let it = Office::subscribing(setup).await;
        let accepted = event(&it.app, &popup("accept"));
        for _ in 0..3 {
            calls(&it.app, MINI_PROGRAM, &accepted).await;
        }
        calls(&it.app, MINI_PROGRAM, &event(&it.app, &popup("reject"))).await;
        it.app.run_until_idle().await;
        assert_eq!((it.credits(), posts(&it.app)), (1, 2));
        it.wechat.refers_to_next_by("1864323726461255680");
        it.app.advance("2025-09-30T09:01").await;
        assert_eq!(it.credits(), 0, "the answer to the sending says that it was spent");
        let done = event(&it.app, &sent("1864323726461255680", "0"));
        calls(&it.app, MINI_PROGRAM, &done).await;
        // Accepted once more.
        let again = event_at(it.app.now().timestamp() - 30, &popup("accept"));
        calls(&it.app, MINI_PROGRAM, &again).await;
        it.app.run_until_idle().await;
        assert_eq!(it.message().await["status"], "delivered");
        assert_eq!(it.credits(), 1, "the event about the message spends nothing again");
        let off = answered("subscribe_msg_change_event", "SubscribeMsgChangeEvent", "reject");
        calls(&it.app, MINI_PROGRAM, &event(&it.app, &off)).await;
        it.app.run_until_idle().await;
        assert_eq!(it.credits(), 0);
        it.app.advance("2025-10-02T09:01").await;
        let next = message(&it.app, &it.journey, "d-7").await;
        assert_eq!(next["channel"], "sms");
    }

    async fn who_left_the_account_is_bound_no_more_and_gets_text_messages(setup: Setup) {
        let it = Office::open(setup).await;
        it.bind();
        it.consent();
        let stranger = event(&it.app, "<Event>unsubscribe</Event>").replace(OPEN_ID, "o-nobody");
        calls(&it.app, SERVICE_ACCOUNT, &stranger).await;
        // Told late: the binding was made after it.
        let before = event_at(it.app.now().timestamp() - 60, "<Event>unsubscribe</Event>");
        calls(&it.app, SERVICE_ACCOUNT, &before).await;
        it.app.advance("2025-09-30T09:01").await;
        assert!(it.app.contents().mentions("ignored"));
        assert_eq!(it.recipients().0, [OPEN_ID]);
        calls(&it.app, SERVICE_ACCOUNT, &event(&it.app, "<Event>unsubscribe</Event>")).await;
        it.app.advance("2025-10-02T09:01").await;
        let next = message(&it.app, &it.journey, "d-7").await;
        assert_eq!(next["channel"], "sms");
        assert!(!it.app.contents().mentions(OPEN_ID));
    }

    async fn a_call_is_believed_as_it_was_signed_and_for_minutes(app: TestApp) {
        let now = app.sign_in_clock().now();
        let good = event_at(1, "<Event>unsubscribe</Event>");
        let forged = |change: &dyn Fn(&mut Callback)| {
            let mut call = callback(&good, now);
            change(&mut call);
            call
        };
        let other_body = callback(&event_at(2, "<Event>unsubscribe</Event>"), now).body;
        for (call, code) in [
            (forged(&|call| call.msg_signature = call.signature.clone()), 401),
            (forged(&|call| call.msg_signature.clear()), 401),
            (forged(&|call| "1".clone_into(&mut call.nonce)), 401),
            (forged(&|call| call.body.clone_from(&other_body)), 401),
            (forged(&|call| call.timestamp.clear()), 401),
            (callback(&good, now - TimeDelta::seconds(301)), 401),
            (callback(&good, now + TimeDelta::seconds(301)), 401),
            // What a signature covers may still be nothing.
            (callback("<xml></xml>", now), 400),
            (callback("<!DOCTYPE x [<!ENTITY e \"o-1\">]><xml><FromUserName>&e;</FromUserName></xml>", now), 400),
        ] {
            let answer = app.wechat_called(SERVICE_ACCOUNT, call).await;
            let word = if code == 401 { "invalid_signature" } else { "malformed_json" };
            answer.problem(code, word);
        }
        let call = callback(&good, now);
        for account in ["nobody", ALIYUN] {
            let answer = app.wechat_called(account, call.clone()).await;
            answer.problem(404, "not_found");
        }
        let path = receipts_path(SERVICE_ACCOUNT, PATH_SECRET);
        let answer = app.send(app.request(Method::POST, &path).json(&json!([]))).await;
        answer.problem(404, "not_found");
        assert_eq!(posts(&app), 0);
        // A replay within the minutes changes nothing.
        for _ in 0..2 {
            app.wechat_called(SERVICE_ACCOUNT, call.clone()).await.expect(200);
        }
        assert_eq!(posts(&app), 1);
        // Events about nothing of ours are answered and kept nowhere.
        calls(&app, SERVICE_ACCOUNT, &event_at(1, "<Event>LOCATION</Event><Latitude>23.1</Latitude>")).await;
        assert_eq!(posts(&app), 1);
    }

    async fn the_address_is_checked_by_its_own_signature(app: TestApp) {
        let now = app.sign_in_clock().now();
        let check = |call: &Callback| app.send(app.request(Method::GET, &wechat_path(SERVICE_ACCOUNT, call)));
        let call = callback("", now);
        assert_eq!(check(&call).await.expect(200), "5838479218127813673");
        let forged = Callback { signature: call.msg_signature.clone(), ..call.clone() };
        check(&forged).await.problem(401, "invalid_signature");
        let old = callback("", now - TimeDelta::seconds(301));
        check(&old).await.problem(401, "invalid_signature");
    }

    async fn the_key_before_opens_while_it_is_replaced(setup: Setup) {
        let with = |key: &str, previous: Option<&str>| {
            let account = json!([{
                "name": SERVICE_ACCOUNT, "kind": "wechat_template", "app_id": APP_ID,
                "callback_token": TOKEN, "callback_aes_key": key, "previous_callback_aes_key": previous,
            }]);
            serde_json::from_value(account).unwrap()
        };
        let new = "A".repeat(43);
        let mut accounts = accounts();
        accounts.retain(|account| account.name == ALIYUN);
        let replaced: Vec<_> = with(&new, Some(AES_KEY));
        accounts.extend(replaced);
        let app = setup.with_accounts(accounts).start().await;
        calls(&app, SERVICE_ACCOUNT, &event_at(1, "<Event>unsubscribe</Event>")).await;
        assert_eq!(posts(&app), 1);
    }

    /// As a library of the platform's made it.
    async fn the_recorded_calls_are_taken(setup: Setup) {
        let text = include_str!("../../../shared/gateways/fixtures/wechat_callback_vectors.json");
        let recorded: Value = serde_json::from_str(text).unwrap();
        let accounts = json!([{
            "name": SERVICE_ACCOUNT, "kind": "wechat_template", "app_id": recorded["appid"],
            "callback_token": recorded["token"], "callback_aes_key": recorded["encoding_aes_key"],
        }]);
        let setup = setup.at("2026-01-15T16:30").with_accounts(serde_json::from_value(accounts).unwrap());
        let app = setup.start().await;
        assert_eq!(app.sign_in_clock().now(), china("2026-01-15T16:30"));
        let check = &recorded["url_verification"];
        let path = format!("/v1/gateways/{SERVICE_ACCOUNT}/wechat?{}", check["query"].as_str().unwrap());
        let answer = app.send(app.request(Method::GET, &path)).await;
        assert_eq!(answer.expect(200).to_string(), check["reply"].to_string());
        let cases = recorded["encrypted"]["cases"].as_object().unwrap();
        let word = |value: &Value| value.as_str().unwrap().to_owned();
        for (name, case) in cases {
            let call = Callback {
                timestamp: word(&recorded["timestamp"]),
                nonce: word(&recorded["nonce"]),
                msg_signature: word(&case["msg_signature"]),
                signature: word(&check["signature"]),
                body: word(&case["request_body"]),
            };
            let answer = app.wechat_called(SERVICE_ACCOUNT, call).await;
            assert_eq!(answer.expect(200), "success", "{name}");
        }
        assert_eq!(posts(&app), cases.len());
        app.run_until_idle().await;
    }
}
