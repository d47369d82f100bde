use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_768_465_800 + second, 0).unwrap()
}

#[expect(clippy::unnecessary_wraps, reason = "stands for a fetch that may fail")]
fn granted(token: &str) -> Result<Granted, SendError> {
    Ok(Granted {
        token: token.into(),
        expires_in: 7_200,
    })
}

fn soon() -> Instant {
    deadline(Duration::from_secs(10))
}

async fn get(cache: &AccessToken, now: DateTime<Utc>, token: &str) -> String {
    let token = cache.get(now, soon(), |_| async { granted(token) }).await;
    token.unwrap().expose_secret().to_owned()
}

#[tokio::test]
async fn a_token_is_used_until_five_minutes_before_its_end() {
    let cache = AccessToken::default();
    assert_eq!(get(&cache, at(0), "first").await, "first");
    assert_eq!(get(&cache, at(6_899), "second").await, "first");
    assert_eq!(get(&cache, at(6_900), "second").await, "second");
}

#[tokio::test]
async fn many_that_need_a_token_fetch_one() {
    let (cache, fetches) = (AccessToken::default(), AtomicUsize::new(0));
    let one = || {
        cache.get(at(0), soon(), |_| async {
            fetches.fetch_add(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            granted("shared")
        })
    };
    let (first, second, third) = tokio::join!(one(), one(), one());
    for token in [first, second, third] {
        assert_eq!(token.unwrap().expose_secret(), "shared");
    }
    assert_eq!(fetches.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_failed_fetch_answers_for_those_who_waited_and_is_tried_again_later() {
    let cache = AccessToken::default();
    let down = || async { Err(SendError::new(Failure::Unknown, "timeout")) };
    let error = cache.get(at(0), soon(), |_| down()).await.unwrap_err();
    assert_eq!(error, SendError::new(Failure::Transient, "token_timeout"));
    let waited = cache.get(at(4), soon(), |_| async { granted("new") }).await;
    assert_eq!(waited.unwrap_err(), error);
    assert_eq!(get(&cache, at(5), "new").await, "new");
}

#[tokio::test]
async fn a_refused_token_is_replaced_once_for_all() {
    let cache = AccessToken::default();
    get(&cache, at(0), "old").await;
    let (old, fetches) = (SecretString::from("old"), AtomicUsize::new(0));
    let renew = || {
        cache.renew(&old, at(1), soon(), |how| {
            assert_eq!(how, Fetch::Current);
            fetches.fetch_add(1, Ordering::SeqCst);
            async { granted("new") }
        })
    };
    let (one, other) = tokio::join!(renew(), renew());
    assert_eq!(one.unwrap().expose_secret(), "new");
    assert_eq!(other.unwrap().expose_secret(), "new");
    assert_eq!(fetches.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn only_a_refused_token_that_comes_again_is_forced_out_and_not_often() {
    let cache = AccessToken::default();
    get(&cache, at(0), "old").await;
    let old = SecretString::from("old");
    let same = |how| async move {
        granted(if how == Fetch::Forced {
            "forced"
        } else {
            "old"
        })
    };
    let token = cache.renew(&old, at(1), soon(), same).await.unwrap();
    assert_eq!(token.expose_secret(), "forced");
    let again = |_| async { granted("forced") };
    let error = cache
        .renew(&token, at(60), soon(), again)
        .await
        .unwrap_err();
    assert_eq!(
        error,
        SendError::new(Failure::Configuration, "token_refused")
    );
}

#[tokio::test]
async fn nobody_waits_longer_for_a_token_than_a_send_may_take() {
    let cache = AccessToken::default();
    let stuck = cache.get(at(0), soon(), |_| std::future::pending());
    let waiting = cache.get(at(0), Instant::now(), |_| async { granted("other") });
    tokio::select! {
        biased;
        _ = stuck => panic!("it never comes"),
        ended = waiting => {
            let error = ended.unwrap_err();
            assert_eq!(error, SendError::new(Failure::Transient, "token_timeout"));
        }
    }
}

#[test]
fn no_token_is_shown() {
    let state = State {
        token: Some(("token-5".into(), at(0))),
        ..State::default()
    };
    assert!(!format!("{state:?}").contains("token-5"));
}
