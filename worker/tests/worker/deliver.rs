//! What becomes of a message that is due.

use domain::{Channel, HopCause, MessageStatus, NoticeProof, PhoneState};
use gateways::Failure;

use crate::site::{Site, instant};

/// When the first reminder goes out, and the evening before it.
const FIRST: &str = "2025-09-30T01:00:00Z";
const BEFORE: &str = "2025-09-29T12:00:00Z";

#[tokio::test]
async fn a_reminder_goes_out_once_on_its_day_and_proves_notice() {
    let site = Site::new(1);
    let worker = site.worker();
    site.run_at(&worker, BEFORE).await;
    assert_eq!(site.outbox.sent().len(), 0, "it is planned, not sent");
    site.run_at(&worker, FIRST).await;
    site.run_at(&worker, FIRST).await;
    let sent = site.outbox.sent();
    let to_client: Vec<_> = sent
        .iter()
        .filter(|one| one.recipient == "+8613800000000")
        .collect();
    assert_eq!(to_client.len(), 1);
    assert_eq!(
        to_client[0].text,
        "【城东服务站】王先生您好,您预约的服务即将到期,请于10月9日17:00前到站办理,如需改期请致电0571-88880000。"
    );
    let message = site.message("wd-1");
    assert_eq!(message.status, MessageStatus::Delivered);
    assert_eq!(message.attempt_count, 1);
    assert_eq!(site.appointment().notice_proof, NoticeProof::Proven);
    assert_eq!(site.call_tasks(), 0);
}

#[tokio::test]
async fn a_transient_failure_is_tried_again_under_the_same_id() {
    let site = Site::new(1);
    let worker = site.worker();
    site.run_at(&worker, BEFORE).await;
    site.outbox.fail_next(1, Failure::Transient);
    site.run_at(&worker, FIRST).await;
    let message = site.message("wd-1");
    assert_eq!(message.status, MessageStatus::Scheduled);
    let next = message.next_action_at.unwrap() - instant(FIRST);
    assert!(
        (24..=36).contains(&next.num_seconds()),
        "30 s, moved by up to a fifth: {next}"
    );
    site.run_at(&worker, "2025-09-30T01:01:00Z").await;
    let message = site.message("wd-1");
    assert_eq!(
        (message.status, message.attempt_count),
        (MessageStatus::Delivered, 2)
    );
    let outcomes: Vec<_> = site
        .outcomes(&message)
        .into_iter()
        .map(|one| one.0)
        .collect();
    assert_eq!(outcomes, ["transient", "delivered"]);
    assert_eq!(site.outbox.sent()[0].message_id, message.id);
}

#[tokio::test]
async fn tries_that_are_spent_and_permanent_failures_make_a_person_call() {
    for (class, status, cause) in [
        (
            Failure::Transient,
            MessageStatus::TechnicalFailure,
            HopCause::TriesSpent,
        ),
        (
            Failure::Permanent,
            MessageStatus::UndeliveredPermanent,
            HopCause::PermanentFailure,
        ),
        (
            Failure::Configuration,
            MessageStatus::TechnicalFailure,
            HopCause::Configuration,
        ),
    ] {
        let site = Site::new(1);
        let worker = site.worker();
        site.run_at(&worker, BEFORE).await;
        site.outbox.fail_next(7, class);
        for minutes in 0..300 {
            site.clock
                .set(instant(FIRST) + chrono::TimeDelta::minutes(minutes));
            worker.run_until_idle().await.unwrap();
        }
        let message = site.message("wd-1");
        assert_eq!(
            (message.status, message.hop_cause),
            (status, Some(cause)),
            "{class}"
        );
        assert_eq!(message.channel, Channel::CallTask);
        assert_eq!(site.call_tasks(), 1, "{class}");
        assert_eq!(site.appointment().notice_proof, NoticeProof::NotDue);
    }
}

#[tokio::test]
async fn after_an_outage_the_passed_step_is_dropped_and_the_latest_sent() {
    let site = Site::new(1);
    let worker = site.worker();
    site.run_at(&worker, BEFORE).await;
    // Down on 30 September and 2 October; on 6 October the third step is due.
    site.run_at(&worker, "2025-10-06T02:00:00Z").await;
    assert_eq!(site.message("wd-1").status, MessageStatus::Expired);
    assert_eq!(site.message("d-7").status, MessageStatus::Expired);
    assert_eq!(site.message("d-3").status, MessageStatus::Delivered);
    assert_eq!(site.outbox.sent().len(), 1);
}

#[tokio::test]
async fn in_quiet_hours_a_message_waits_and_the_shift_is_recorded() {
    let site = Site::new(1);
    let worker = site.worker();
    site.run_at(&worker, BEFORE).await;
    // Down all day; back at 21:30 local.
    site.run_at(&worker, "2025-09-30T13:30:00Z").await;
    let message = site.message("wd-1");
    assert_eq!(message.status, MessageStatus::Scheduled);
    assert_eq!(
        message.next_action_at,
        Some(instant("2025-10-01T00:00:00Z"))
    );
    assert_eq!(message.shifted_from, Some(instant(FIRST)));
    assert_eq!(
        message.shift_reason.as_deref(),
        Some("quiet hours 21:00–08:00: sent after them")
    );
    assert_eq!((message.attempt_count, site.outbox.sent().len()), (0, 0));
    site.run_at(&worker, "2025-10-01T00:00:00Z").await;
    assert_eq!(site.message("wd-1").status, MessageStatus::Delivered);
}

#[tokio::test]
async fn what_changed_since_planning_is_seen_at_sending() {
    let site = Site::new(1);
    let worker = site.worker();
    site.run_at(&worker, BEFORE).await;
    site.write(|work| {
        let mut item =
            storage::appointments::of_case(work.tx, work.agency, site.cases[0].id)?.remove(0);
        let version = item.version;
        item.status = domain::AppointmentStatus::Completed;
        item.version += 1;
        assert!(storage::appointments::save(work.tx, &item, version)?);
        Ok(())
    });
    site.run_at(&worker, FIRST).await;
    let message = site.message("wd-1");
    assert_eq!(message.status, MessageStatus::Cancelled);
    assert_eq!(
        message.status_reason.as_deref(),
        Some("appointment_completed")
    );
}

#[tokio::test]
async fn without_a_usable_number_a_person_calls() {
    let changes: [fn(&mut storage::clients::Client); 3] = [
        |client| client.phone = None,
        |client| client.phone_sms_ok = false,
        |client| client.phone_state = PhoneState::Invalid,
    ];
    for change in changes {
        let site = Site::new(1);
        let worker = site.worker();
        site.change_client(change);
        site.run_at(&worker, BEFORE).await;
        site.run_at(&worker, FIRST).await;
        let message = site.message("wd-1");
        assert_eq!(message.status, MessageStatus::Cancelled);
        assert_eq!(message.hop_cause, Some(HopCause::NoUsableNumber));
        assert_eq!(site.call_tasks(), 1);
        assert_eq!(site.outbox.sent().len(), 0);
    }
}

#[tokio::test]
async fn shared_and_unverified_numbers_get_a_text_that_says_nothing() {
    let neutral = "【城东服务站】您有一项预约服务待办理,如有疑问请与服务站联系。";
    let unverified = Site::new(1);
    unverified.change_client(|client| client.phone_state = PhoneState::Unverified);
    let shared = Site::new(2);
    shared.change_client(|client| client.phone = Some("13800000001".to_owned()));
    for site in [unverified, shared] {
        let worker = site.worker();
        site.run_at(&worker, BEFORE).await;
        site.run_at(&worker, FIRST).await;
        let sent = site.outbox.sent();
        assert_eq!(sent.len(), site.cases.len());
        assert!(sent.iter().all(|one| one.text == neutral));
        // Delivered, and yet nobody is known to have been told the date: a person does it, once.
        let message = site.message("wd-1");
        assert_eq!(message.status, MessageStatus::Delivered);
        assert_eq!(message.hop_cause, Some(HopCause::NoticeUnproven));
        assert_eq!(site.appointment().notice_proof, NoticeProof::Unproven);
        site.run_at(&worker, "2025-10-02T01:00:00Z").await;
        assert_eq!(site.message("d-7").status, MessageStatus::Delivered);
        assert_eq!(site.call_tasks(), site.cases.len());
    }
}
