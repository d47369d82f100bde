//! Workers that die, hang and race.

use std::{collections::HashSet, sync::Arc, time::Duration};

use domain::MessageStatus;
use gateways::{Accepted, Failure, Found, SendError};
use storage::messages;

use crate::{
    gateways::Hanging,
    site::{Site, instant},
};

const FIRST: &str = "2025-09-30T01:00:00Z";
const BEFORE: &str = "2025-09-29T12:00:00Z";
const LEASE_OVER: &str = "2025-09-30T01:02:00Z";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_dies_between_claim_and_outcome_loses_nothing() {
    let site = Site::new(1);
    let hanging = Hanging::new(Ok(Accepted {
        provider_message_id: None,
        delivered: true,
    }));
    let dying = site.worker_with(hanging.clone());
    site.run_at(&dying, BEFORE).await;
    site.clock.set(instant(FIRST));
    let running = tokio::spawn(async move { dying.run_until_idle().await });
    hanging.arrived.acquire().await.unwrap().forget();
    running.abort();
    running.await.unwrap_err();
    assert_eq!(site.message("wd-1").status, MessageStatus::Claimed);

    let next = site.worker();
    site.run_at(&next, "2025-09-30T01:01:59Z").await;
    assert_eq!(site.outbox.sent().len(), 0, "the lease still holds");
    site.run_at(&next, "2025-09-30T01:02:00Z").await;
    let message = site.message("wd-1");
    assert_eq!(
        (message.status, message.attempt_count),
        (MessageStatus::Delivered, 2)
    );
    let cut_off = ("unknown", Some("cut_off".to_owned()));
    assert_eq!(site.outcomes(&message), [cut_off, ("delivered", None)]);
    let first = &hanging.taken.sent()[0];
    let second = &site.outbox.sent()[0];
    assert_eq!(
        first.message_id, second.message_id,
        "the other side can tell a repetition"
    );
    assert_ne!(first.attempt_id, second.attempt_id);
}

/// A worker is killed while its only message is on its way to a vendor; another one follows up when its
/// lease is over, and at `next`. Answers what the vendor took in all, and the message.
async fn killed_at_a_vendor(found: Found, next: &str) -> (usize, messages::Message) {
    let site = Site::new(1);
    let taken = Accepted {
        provider_message_id: None,
        delivered: false,
    };
    let vendor = Arc::new(Hanging::that_knows(Some(found), Ok(taken)));
    let dying = site.worker_at_vendor(vendor.clone());
    site.run_at(&dying, BEFORE).await;
    site.clock.set(instant(FIRST));
    let running = tokio::spawn(async move { dying.run_until_idle().await });
    vendor.arrived.acquire().await.unwrap().forget();
    running.abort();
    running.await.unwrap_err();
    vendor.released.add_permits(10);
    let other = site.worker_at_vendor(vendor.clone());
    site.run_at(&other, LEASE_OVER).await;
    site.run_at(&other, next).await;
    (vendor.taken.sent().len(), site.message("wd-1"))
}

/// What nobody can ask about leaves when the one before is recorded: a worker that dies leaves one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_email_leaves_when_the_one_before_is_recorded() {
    let site = Site::new(3);
    let vendor = Hanging::new(Ok(Accepted {
        provider_message_id: None,
        delivered: true,
    }));
    let worker = site.worker_one_at_a_time(vendor.clone());
    site.run_at(&worker, BEFORE).await;
    site.clock.set(instant(FIRST));
    let running = tokio::spawn(async move { worker.run_until_idle().await });
    for before in 0..3 {
        vendor.arrived.acquire().await.unwrap().forget();
        let recorded = site.in_state(MessageStatus::Delivered);
        assert_eq!((vendor.taken.sent().len(), recorded), (before + 1, before));
        vendor.released.add_permits(1);
    }
    running.await.unwrap().unwrap();
    assert_eq!(site.in_state(MessageStatus::Delivered), 3);
}

/// A slow mail server holds up no more than goes out within a lease; nothing counts as tried.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_emails_than_can_leave_in_time_are_not_taken() {
    let site = Site::new(20);
    let worker = site.worker_one_at_a_time(Arc::new(site.outbox.clone()));
    for (second, delivered) in [(0, 8), (1, 16), (2, 20), (3, 20)] {
        let now = format!("2025-09-30T01:00:0{second}Z");
        site.run_at(&worker, &now).await;
        assert_eq!(site.in_state(MessageStatus::Delivered), delivered);
    }
    assert_eq!(site.outbox.sent().len(), 20);
}

/// Nobody can be asked about it any more, but its receipt may come.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_went_by_an_account_that_is_gone_waits_an_hour_before_another_has_it() {
    let site = Site::new(1);
    let vendor = Hanging::new(Err(SendError::new(Failure::Unknown, "timeout")));
    let before = site.worker_at_vendor(vendor.clone());
    site.run_at(&before, BEFORE).await;
    vendor.released.add_permits(10);
    site.run_at(&before, FIRST).await;
    assert_eq!(site.message("wd-1").status, MessageStatus::Unknown);
    let after = site.worker();
    for still in ["2025-09-30T01:02:00Z", "2025-09-30T01:59:59Z"] {
        site.run_at(&after, still).await;
        assert_eq!(site.message("wd-1").status, MessageStatus::Unknown);
    }
    site.run_at(&after, "2025-09-30T02:00:00Z").await;
    assert_eq!(site.message("wd-1").status, MessageStatus::Delivered);
    assert_eq!(
        (vendor.taken.sent().len(), site.outbox.sent().len()),
        (1, 1)
    );
}

/// It was taken; nobody can be asked about its receipt any more, which is waited for all the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_taken_by_an_account_that_is_gone_waits_as_long_as_any_other() {
    let site = Site::new(1);
    let taken = Accepted {
        provider_message_id: None,
        delivered: false,
    };
    let vendor = Arc::new(Hanging::that_knows(Some(Found::CannotTell), Ok(taken)));
    let before = site.worker_at_vendor(vendor.clone());
    site.run_at(&before, BEFORE).await;
    vendor.released.add_permits(10);
    site.run_at(&before, FIRST).await;
    let after = site.worker();
    for still in ["2025-09-30T01:05:00Z", "2025-10-01T00:59:59Z"] {
        site.run_at(&after, still).await;
        assert_eq!(site.message("wd-1").status, MessageStatus::Accepted);
    }
    site.run_at(&after, "2025-10-01T01:00:00Z").await;
    assert_eq!(site.message("wd-1").status, MessageStatus::NoReceipt);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_vendor_took_before_the_worker_died_is_not_sent_again() {
    let taken = Found::Taken {
        provider_message_id: None,
    };
    let (sent, message) = killed_at_a_vendor(taken, "2025-09-30T01:04:00Z").await;
    assert_eq!((sent, message.attempt_count), (1, 1));
    assert_eq!(message.status, MessageStatus::Accepted);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_vendor_never_took_goes_again_once_it_would_know() {
    let (sent, message) = killed_at_a_vendor(Found::Absent, "2025-09-30T01:03:59Z").await;
    assert_eq!((sent, message.status), (1, MessageStatus::Unknown));
    let (sent, message) = killed_at_a_vendor(Found::Absent, "2025-09-30T01:04:00Z").await;
    assert_eq!((sent, message.attempt_count), (2, 2));
    assert_eq!(message.status, MessageStatus::Accepted);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_vendor_cannot_tell_waits_an_hour_before_it_goes_again() {
    let (sent, message) = killed_at_a_vendor(Found::CannotTell, "2025-09-30T01:04:00Z").await;
    assert_eq!((sent, message.status), (1, MessageStatus::Unknown));
    let (sent, message) = killed_at_a_vendor(Found::CannotTell, "2025-09-30T02:00:00Z").await;
    assert_eq!((sent, message.attempt_count), (2, 2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn at_a_vendor_outcomes_are_recorded_while_others_are_on_their_way() {
    let site = Site::new(2);
    let hanging = Hanging::new(Ok(Accepted {
        provider_message_id: None,
        delivered: true,
    }));
    let worker = site.worker_at_vendor(hanging.clone());
    site.run_at(&worker, BEFORE).await;
    site.clock.set(instant(FIRST));
    let running = tokio::spawn(async move { worker.run_until_idle().await });
    hanging.arrived.acquire_many(2).await.unwrap().forget();
    hanging.released.add_permits(1);
    let recorded = async {
        while site.in_state(MessageStatus::Delivered) == 0 {
            tokio::task::yield_now().await;
        }
    };
    let limit = Duration::from_secs(30);
    tokio::time::timeout(limit, recorded).await.unwrap();
    assert_eq!(site.in_state(MessageStatus::Claimed), 1);
    hanging.released.add_permits(1);
    running.await.unwrap().unwrap();
    assert_eq!(site.in_state(MessageStatus::Delivered), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outcome_under_an_old_fence_changes_nothing() {
    let site = Site::new(1);
    let hanging = Hanging::new(Err(SendError::new(Failure::Permanent, "http_422")));
    let slow = site.worker_with(hanging.clone());
    site.run_at(&slow, BEFORE).await;
    site.clock.set(instant(FIRST));
    let running = tokio::spawn(async move { slow.run_until_idle().await });
    hanging.arrived.acquire().await.unwrap().forget();
    site.run_at(&site.worker(), "2025-09-30T01:02:00Z").await;
    hanging.released.add_permits(1);
    running.await.unwrap().unwrap();
    let message = site.message("wd-1");
    assert_eq!(message.status, MessageStatus::Delivered);
    assert_eq!(
        site.call_tasks(),
        0,
        "nobody is sent after a client who was reached"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_workers_at_once_send_every_message_once() {
    let site = Site::new(60);
    let (one, other) = (site.worker(), site.worker());
    site.clock.set(instant(BEFORE));
    let (first, second) = tokio::join!(one.run_until_idle(), other.run_until_idle());
    first.unwrap();
    second.unwrap();
    site.clock.set(instant(FIRST));
    let tasks =
        [one, other].map(|worker| tokio::spawn(async move { worker.run_until_idle().await }));
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    let sent = site.outbox.sent();
    let ids: HashSet<_> = sent.iter().map(|one| one.message_id).collect();
    assert_eq!((sent.len(), ids.len()), (60, 60));
}

#[tokio::test]
async fn a_time_out_is_reconciled_before_it_is_sent_again() {
    let site = Site::new(1);
    let worker = site.worker();
    site.run_at(&worker, BEFORE).await;
    site.outbox.fail_next(1, Failure::Unknown);
    site.run_at(&worker, FIRST).await;
    assert_eq!(site.message("wd-1").status, MessageStatus::Unknown);
    site.run_at(&worker, "2025-09-30T01:01:59Z").await;
    assert_eq!(site.outbox.sent().len(), 0);
    site.run_at(&worker, "2025-09-30T01:02:00Z").await;
    let message = site.message("wd-1");
    assert_eq!(
        (message.status, message.attempt_count),
        (MessageStatus::Delivered, 2)
    );
}

/// Two batches are under way as soon as the first one was full.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn batches_under_way_share_the_places_at_the_gateway() {
    let site = Site::new(9);
    let hanging = Hanging::new(Ok(Accepted {
        provider_message_id: None,
        delivered: true,
    }));
    let worker = site.worker_set(hanging.clone(), |settings| {
        settings.claim_batch = 3;
        settings.concurrency = 2;
    });
    site.run_at(&worker, BEFORE).await;
    site.clock.set(instant(FIRST));
    let running = tokio::spawn(async move { worker.run_until_idle().await });
    let (arrived, released) = (&hanging.arrived, &hanging.released);
    for _ in 0..3 {
        released.add_permits(1);
        arrived.acquire().await.unwrap().forget();
    }
    arrived.acquire_many(2).await.unwrap().forget();
    let third = tokio::time::timeout(Duration::from_millis(300), arrived.acquire()).await;
    assert!(third.is_err(), "a third message is at the gateway");
    released.add_permits(100);
    running.await.unwrap().unwrap();
    assert!(hanging.taken.sent().len() >= 9);
}
