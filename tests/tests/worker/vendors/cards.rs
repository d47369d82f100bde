//! Messages of a service account and of a mini program at WeChat.

use serde_json::json;
use tests::{
    fakes::wechat::finished,
    on_both,
    vendors::{ALIYUN, MINI_PROGRAM, SERVICE_ACCOUNT},
};

use super::{FILLED, Office};
use crate::{
    ladder::rungs,
    story::notice_proof,
    wechat::{OPEN_ID, TEMPLATE, bind, consent},
    wechat_callbacks::{popup, sent},
};

on_both! {
    async fn the_service_account_tells_what_became_of_its_message(setup: Setup) {
        let it = Office::open(setup, Some((SERVICE_ACCOUNT, "wechat_template"))).await;
        it.usual("wd-1").await;
        it.card(SERVICE_ACCOUNT, "wd-1").await;
        it.wechat.follow(OPEN_ID);
        bind(&it.app, &it.journey);
        consent(&it.app, &it.journey);
        it.app.advance("2025-09-30T09:01").await;
        let taken = it.wechat.taken();
        assert_eq!((taken.len(), taken[0].data["date1"].as_str()), (1, "2025年10月9日"));
        assert_eq!(it.message("wd-1").await["status"], "accepted");
        it.calls_back(SERVICE_ACCOUNT, &finished(&taken[0].msgid.to_string(), "success")).await;
        assert_eq!(it.message("wd-1").await["status"], "delivered");
        assert_eq!(notice_proof(&it.app, &it.journey).await, "proven");
        assert!(it.aliyun.taken().is_empty());
    }

    /// Each acceptance that WeChat tells of carries one message; without any a text message goes.
    async fn an_acceptance_carries_one_message_of_the_mini_program(setup: Setup) {
        let it = Office::open(setup, Some((MINI_PROGRAM, "wechat_subscribe"))).await;
        for step in ["wd-1", "d-7"] {
            it.usual(step).await;
            it.card(MINI_PROGRAM, step).await;
        }
        bind(&it.app, &it.journey);
        consent(&it.app, &it.journey);
        it.wechat.accept(OPEN_ID, TEMPLATE);
        it.calls_back(MINI_PROGRAM, &popup("accept")).await;
        it.app.advance("2025-09-30T09:01").await;
        let taken = it.wechat.taken();
        assert_eq!((taken.len(), taken[0].call, taken[0].to.as_str()), (1, "subscribe", OPEN_ID));
        it.calls_back(MINI_PROGRAM, &sent(&taken[0].msgid.to_string(), "0")).await;
        assert_eq!(it.message("wd-1").await["status"], "delivered");
        assert_eq!(notice_proof(&it.app, &it.journey).await, "proven");

        it.app.advance("2025-10-02T09:01").await;
        let next = it.message("d-7").await;
        assert_eq!((&next["channel"], it.wechat.taken().len()), (&json!("sms"), 1));
        assert_eq!(it.aliyun.taken()[0].text, FILLED);
    }

    /// The credit was spent elsewhere, and WeChat did not tell: its refusal moves the message on.
    async fn an_acceptance_that_is_gone_is_found_out_when_it_is_used(setup: Setup) {
        let it = Office::open(setup, Some((MINI_PROGRAM, "wechat_subscribe"))).await;
        it.usual("wd-1").await;
        it.card(MINI_PROGRAM, "wd-1").await;
        bind(&it.app, &it.journey);
        consent(&it.app, &it.journey);
        it.calls_back(MINI_PROGRAM, &popup("accept")).await;
        it.app.advance("2025-09-30T09:01").await;
        let sent = it.message("wd-1").await;
        assert_eq!(rungs(&sent), [(MINI_PROGRAM, None), (ALIYUN, Some("permanent_failure"))]);
        assert_eq!(it.aliyun.taken().len(), 1);
    }
}
