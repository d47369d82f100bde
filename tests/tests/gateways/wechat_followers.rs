//! Asking who follows the service account.

use domain::delivery::Failure;
use gateways::{SendError, wechat::Follower};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use tests::fakes::{
    wechat::{SECRET, refused},
    wire::Reaction,
};

use crate::{
    capture,
    wechat::{Setting, setting},
};

/// What the platform says of a person.
async fn said(setting: &Setting, person: &str) -> Result<Follower, SendError> {
    let open_id = SecretString::from(setting.fake.follower(person));
    let account = setting.account_with(SECRET);
    account.follower(&open_id, setting.clock.now()).await
}

#[tokio::test]
async fn who_follows_has_an_id_with_all_accounts_that_are_linked() {
    let setting = setting().await;
    setting.fake.follow(&setting.fake.follower("wang"));
    assert!(matches!(
        said(&setting, "wang").await,
        Ok(Follower::NotLinked)
    ));
    setting.fake.link("wang");
    let Ok(Follower::Linked(union)) = said(&setting, "wang").await else {
        panic!("not linked")
    };
    assert_eq!(union.expose_secret(), setting.fake.union_id("wang"));
    setting.fake.unfollow(&setting.fake.follower("wang"));
    assert!(matches!(said(&setting, "wang").await, Ok(Follower::Gone)));
}

#[tokio::test]
async fn a_token_that_is_refused_is_renewed_once() {
    let setting = setting().await;
    let (account, open_id) = (setting.account_with(SECRET), setting.fake.follower("wang"));
    setting.fake.follow(&open_id);
    let open_id = SecretString::from(open_id);
    for tokens in 1..=2 {
        let asked = account.follower(&open_id, setting.clock.now()).await;
        assert!(matches!(asked, Ok(Follower::NotLinked)));
        assert_eq!(setting.fake.tokens().len(), tokens);
        setting.fake.refuse_current_token();
    }
}

#[tokio::test]
async fn what_is_no_answer_has_a_class_and_repeats_nothing() {
    capture::start();
    let setting = setting().await;
    setting.fake.script_followers([
        refused(40_003),
        refused(48_001),
        refused(-1),
        Reaction::Answer(503, json!({})),
        Reaction::Answer(200, json!("ok")),
        Reaction::Drop,
    ]);
    let expected = [
        (Failure::Permanent, "errcode_40003"),
        (Failure::Configuration, "errcode_48001"),
        (Failure::Transient, "errcode_-1"),
        (Failure::Transient, "http_503"),
        (Failure::Unknown, "answer_invalid"),
        (Failure::Unknown, "connection_lost"),
    ];
    for (class, code) in expected {
        let error = said(&setting, "zhang-of-the-logs").await.unwrap_err();
        assert_eq!(error, SendError::new(class, code));
    }
    // A unionid that is none is not believed.
    let odd = json!({ "subscribe": 1, "unionid": "o 1" });
    setting.fake.script_followers([Reaction::Answer(200, odd)]);
    assert!(matches!(
        said(&setting, "wang").await,
        Ok(Follower::NotLinked)
    ));
    let logged = capture::text();
    assert!(!logged.contains("zhang-of-the-logs"));
}
