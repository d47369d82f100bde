//! Events of WeChat that name no message we know: they are about the only one they can be about, or about
//! none.

use gateways::Failure;
use tests::{
    fakes::wechat::finished,
    on_both,
    vendors::{MINI_PROGRAM, SERVICE_ACCOUNT},
};

use crate::{
    ladder::rungs,
    story::{CLIENT, as_owner, notice_proof},
    wechat::Office,
    wechat_callbacks::{calls, event, event_at, popup, sent},
};

on_both! {
    /// As the platform may report where a `client_msg_id` was set.
    async fn one_without_an_id_is_about_the_only_message_that_waits(setup: Setup) {
        let it = Office::open(setup).await;
        it.bind();
        it.consent();
        it.app.advance("2025-09-30T09:01").await;
        let success = event(&it.app, &finished("0", "success"));
        for _ in 0..2 {
            calls(&it.app, SERVICE_ACCOUNT, &success).await;
        }
        it.app.run_until_idle().await;
        let told = it.message().await;
        assert_eq!(told["status"], "delivered");
        assert_eq!(told["receipts"].as_array().unwrap().len(), 1);
        assert_eq!(notice_proof(&it.app, &it.journey).await, "proven");
        // Another one: the first is over, so it is about the second.
        let next = it.more(&["next"]).await;
        it.app.run_until_idle().await;
        let blocked = event(&it.app, &finished("0", "failed:user block"));
        calls(&it.app, SERVICE_ACCOUNT, &blocked).await;
        it.app.run_until_idle().await;
        let moved = it.by_id(&next[0]).await;
        assert_eq!(rungs(&moved), [("service-account", None), ("sms", Some("permanent_failure"))]);
        assert_eq!(it.message().await["status"], "delivered");
    }

    /// What is stored of the person's case cannot be read: others are acted on, and it is once that is mended.
    async fn one_about_what_cannot_be_read_waits_by_itself(setup: Setup) {
        let it = Office::open(setup).await;
        it.bind();
        it.consent();
        it.app.advance("2025-09-30T09:01").await;
        calls(&it.app, SERVICE_ACCOUNT, &event(&it.app, &finished("0", "success"))).await;
        calls(&it.app, SERVICE_ACCOUNT, &event(&it.app, &finished("2398213457", "success"))).await;
        as_owner(&it.app, "UPDATE cases SET measure = '?'");
        it.app.worker().run_job_once("apply_posts").await.unwrap();
        as_owner(&it.app, "UPDATE cases SET measure = 'community_treatment'");
        assert_eq!(it.message().await["status"], "accepted");
        it.app.advance("2025-09-30T09:02").await;
        assert_eq!(it.message().await["status"], "delivered");
    }

    async fn of_two_it_may_be_about_it_is_about_none(setup: Setup) {
        let it = Office::open(setup).await;
        it.bind();
        it.consent();
        it.app.advance("2025-09-30T09:01").await;
        let second = it.more(&["second"]).await;
        it.app.run_until_idle().await;
        calls(&it.app, SERVICE_ACCOUNT, &event(&it.app, &finished("0", "success"))).await;
        it.app.run_until_idle().await;
        for message in [it.message().await, it.by_id(&second[0]).await] {
            assert_eq!(message["status"], "accepted");
        }
        assert!(it.app.contents().mentions("no_reference"));
        assert_eq!(notice_proof(&it.app, &it.journey).await, "not_due");
    }

    /// Of another time, of another person: it waits for a day, and says nothing.
    async fn one_of_another_time_or_person_proves_nothing(setup: Setup) {
        let it = Office::open(setup).await;
        it.bind();
        it.consent();
        it.app.advance("2025-09-30T09:01").await;
        let now = it.app.now().timestamp();
        for at in [now - 3_600, now + 3 * 3_600] {
            calls(&it.app, SERVICE_ACCOUNT, &event_at(at, &finished("0", "success"))).await;
        }
        let stranger = event(&it.app, &finished("0", "success"));
        let stranger = stranger.replace(crate::wechat::OPEN_ID, "o-nobody");
        calls(&it.app, SERVICE_ACCOUNT, &stranger).await;
        it.app.advance("2025-10-01T08:00").await;
        assert_eq!(it.message().await["status"], "accepted");
    }

    /// The answer did not come, but the event did: its id is new to us.
    async fn what_timed_out_is_known_by_its_event(setup: Setup) {
        let it = Office::subscribing(setup).await;
        it.accepts_one();
        it.wechat.fail_next(Failure::Unknown, "timeout");
        it.app.advance("2025-09-30T09:01").await;
        assert_eq!((it.message().await["status"].as_str(), it.credits()), (Some("unknown"), 0));
        calls(&it.app, MINI_PROGRAM, &event(&it.app, &popup("accept"))).await;
        let other = sent("78", "0").replace("priTmplId", "otherTmplId");
        calls(&it.app, MINI_PROGRAM, &event(&it.app, &other)).await;
        it.app.run_until_idle().await;
        assert_eq!(it.message().await["status"], "unknown", "by another template");
        calls(&it.app, MINI_PROGRAM, &event(&it.app, &sent("77", "0"))).await;
        it.app.run_until_idle().await;
        assert_eq!(it.message().await["status"], "delivered");
        assert_eq!(it.credits(), 1, "it took the one that was spent on it");
        assert_eq!(notice_proof(&it.app, &it.journey).await, "proven");
        it.app.advance("2025-09-30T11:00").await;
        assert!(it.recipients().1.is_empty());
    }

    /// WeChat knows no repetition and cannot be asked: nobody takes a second acceptance for the same
    /// message.
    async fn what_timed_out_goes_on_to_the_next_rung_and_stays_spent(setup: Setup) {
        let it = Office::subscribing(setup).await;
        it.accepts_one();
        it.wechat.fail_next(Failure::Unknown, "timeout");
        it.app.advance("2025-09-30T09:01").await;
        calls(&it.app, MINI_PROGRAM, &event(&it.app, &popup("accept"))).await;
        it.app.advance("2025-09-30T09:59").await;
        assert_eq!((it.message().await["status"].as_str(), it.credits()), (Some("unknown"), 1));
        it.app.advance("2025-09-30T10:01").await;
        let moved = it.message().await;
        assert_eq!(rungs(&moved), [("mini-program", None), ("sms", Some("provider_failed"))]);
        assert_eq!((it.wechat.tried(), it.credits()), (1, 1));
        assert_eq!(it.recipients().1, [CLIENT]);
    }
}
