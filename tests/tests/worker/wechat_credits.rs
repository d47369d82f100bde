//! What clients accepted to be sent is spent once, and never counted on twice.

use domain::MessageStatus;
use gateways::Failure;
use serde_json::Value;
use storage::messages::{self, Message};
use tests::{on_both, vendors::MINI_PROGRAM};

use crate::{
    ladder::rungs,
    wechat::{OPEN_ID, Office},
    wechat_callbacks::{calls, event, popup, posts},
};

impl Office {
    /// Other messages to the client like the first reminder, due now; answers their ids.
    pub(crate) async fn more(&self, keys: &[&str]) -> Vec<String> {
        let like = self.message().await["id"]
            .as_str()
            .unwrap()
            .parse()
            .unwrap();
        let made = self.app.write(|work| {
            let like = messages::get(work.tx, work.agency, like)?.unwrap();
            let made: Vec<Message> = keys
                .iter()
                .map(|key| Message {
                    id: work.ids.next(),
                    dedupe_key: format!("like:{key}"),
                    status: MessageStatus::Scheduled,
                    hop_cause: None,
                    next_action_at: Some(work.now),
                    attempt_count: 0,
                    fence: 0,
                    status_reason: None,
                    final_at: None,
                    ..like.clone()
                })
                .collect();
            assert_eq!(messages::insert_once(work.tx, &made)?, made.len());
            Ok(made)
        });
        made.into_iter()
            .map(|message| message.id.to_string())
            .collect()
    }

    /// A message by its id.
    pub(crate) async fn by_id(&self, id: &str) -> Value {
        let messages = self.app.messages(&self.journey).await;
        messages
            .into_iter()
            .find(|message| message["id"] == id)
            .unwrap()
    }
}

on_both! {
    /// Both are planned in one batch, and one acceptance is left.
    async fn of_two_messages_at_once_one_takes_the_last_acceptance(setup: Setup) {
        let it = Office::subscribing(setup).await;
        it.app.advance("2025-09-30T09:01").await;
        assert_eq!(rungs(&it.message().await), [("sms", Some("no_credit"))]);
        it.accepts_one();
        let both = it.more(&["one", "two"]).await;
        it.app.run_until_idle().await;
        let mut went = Vec::new();
        for id in &both {
            let message = it.by_id(id).await;
            let by = rungs(&message);
            went.push(by.iter().map(|(account, _)| (*account).to_owned()).collect::<Vec<_>>());
        }
        went.sort();
        assert_eq!(went, [["mini-program"], ["sms"]]);
        assert_eq!((it.wechat.tried(), it.credits()), (1, 0));
    }

    /// What the platform says it did not take takes nothing.
    async fn what_was_not_taken_comes_back(setup: Setup) {
        let it = Office::subscribing(setup).await;
        it.accepts_one();
        it.wechat.fail_next(Failure::Transient, "errcode_-1");
        it.app.advance("2025-09-30T09:00").await;
        assert_eq!(it.credits(), 1);
        it.app.advance("2025-09-30T09:05").await;
        assert_eq!(rungs(&it.message().await), [("mini-program", None), ("mini-program", None)]);
        assert_eq!((it.recipients().0, it.credits()), (vec![OPEN_ID.to_owned()], 0));
    }

    /// The dialog may come before the binding: it is the first thing the mini program shows.
    async fn what_was_accepted_before_the_binding_counts(setup: Setup) {
        let it = Office::with_mini_program(setup).await;
        calls(&it.app, MINI_PROGRAM, &event(&it.app, &popup("accept"))).await;
        it.app.run_until_idle().await;
        assert_eq!(it.app.contents().rows("credit_events"), 0);
        it.bind();
        it.consent();
        it.app.advance("2025-09-30T09:01").await;
        assert_eq!(it.recipients().0, [OPEN_ID]);
        assert_eq!(it.credits(), 0);
    }

    async fn what_somebody_accepted_whom_nobody_knows_is_forgotten_after_a_day(setup: Setup) {
        let it = Office::with_mini_program(setup).await;
        calls(&it.app, MINI_PROGRAM, &event(&it.app, &popup("accept"))).await;
        it.app.advance("2025-10-01T09:01").await;
        let contents = it.app.contents();
        assert!(contents.mentions("ignored") && !contents.mentions(OPEN_ID));
        assert_eq!((posts(&it.app), contents.rows("credit_events")), (1, 0));
    }
}
