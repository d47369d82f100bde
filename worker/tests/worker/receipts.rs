//! What receipts do, and what their absence does.

use std::sync::Arc;

use casework::receipt::{self, Applied, Receipt};
use domain::{HopCause, MessageStatus, NoticeProof, PhoneState, delivery::ReceiptOutcome};

use crate::{gateways::Accepting, site::Site};

const FIRST: &str = "2025-09-30T01:00:00Z";
const BEFORE: &str = "2025-09-29T12:00:00Z";

async fn accepted(site: &Site) -> worker::Worker {
    let worker = site.worker_with(Arc::new(Accepting));
    site.run_at(&worker, BEFORE).await;
    site.run_at(&worker, FIRST).await;
    assert_eq!(site.message("wd-1").status, MessageStatus::Accepted);
    worker
}

fn receipt(site: &Site, outcome: ReceiptOutcome, code: &str) -> Receipt {
    Receipt {
        gateway: "accepting".to_owned(),
        outcome: Some(outcome),
        message_id: Some(site.message("wd-1").id),
        attempt_id: None,
        code: Some(code.to_owned()),
        happened_at: None,
        to_confirm: false,
    }
}

#[tokio::test]
async fn a_delivery_receipt_proves_notice_and_counts_once() {
    let site = Site::new(1);
    accepted(&site).await;
    assert_eq!(site.appointment().notice_proof, NoticeProof::NotDue);
    let delivered = receipt(&site, ReceiptOutcome::Delivered, "DELIVRD");
    let applied = site.write(|work| receipt::apply(work, &delivered));
    assert_eq!(applied, Applied::Moved(MessageStatus::Delivered));
    assert_eq!(site.appointment().notice_proof, NoticeProof::Proven);
    assert_eq!(
        site.write(|work| receipt::apply(work, &delivered)),
        Applied::Repeated
    );
    let failed = receipt(&site, ReceiptOutcome::UndeliveredPermanent, "MK:0001");
    assert_eq!(
        site.write(|work| receipt::apply(work, &failed)),
        Applied::Kept
    );
    assert_eq!(site.message("wd-1").status, MessageStatus::Delivered);
    assert_eq!(site.call_tasks(), 0);
}

#[tokio::test]
async fn a_number_that_does_not_exist_is_marked_and_a_person_calls() {
    let site = Site::new(1);
    accepted(&site).await;
    let failed = receipt(&site, ReceiptOutcome::UndeliveredPermanent, "MK:0001");
    site.write(|work| receipt::apply(work, &failed));
    let message = site.message("wd-1");
    assert_eq!(message.status, MessageStatus::UndeliveredPermanent);
    assert_eq!(message.hop_cause, Some(HopCause::PermanentFailure));
    assert_eq!(site.call_tasks(), 1);
    site.change_client(|client| assert_eq!(client.phone_state, PhoneState::Invalid));
}

#[tokio::test]
async fn no_receipt_in_time_is_neither_delivered_nor_failed_and_a_person_calls() {
    let site = Site::new(1);
    let worker = accepted(&site).await;
    site.run_at(&worker, "2025-10-01T00:59:59Z").await;
    assert_eq!(site.message("wd-1").status, MessageStatus::Accepted);
    site.run_at(&worker, "2025-10-01T01:00:00Z").await;
    let message = site.message("wd-1");
    assert_eq!(message.status, MessageStatus::NoReceipt);
    assert_eq!(message.hop_cause, Some(HopCause::NoReceipt));
    assert_eq!(site.call_tasks(), 1);
    let late = receipt(&site, ReceiptOutcome::Delivered, "DELIVRD");
    let applied = site.write(|work| receipt::apply(work, &late));
    assert_eq!(applied, Applied::Moved(MessageStatus::Delivered));
}

#[tokio::test]
async fn with_nobody_left_a_person_calls_and_once_the_client_was_told_after_three_failures() {
    let site = Site::new(1);
    let worker = accepted(&site).await;
    let failed = receipt(&site, ReceiptOutcome::UndeliveredTemporary, "UNDELIV");
    site.write(|work| receipt::apply(work, &failed));
    let message = site.message("wd-1");
    assert_eq!(message.status, MessageStatus::UndeliveredTemporary);
    assert_eq!(message.hop_cause, Some(HopCause::TemporaryFailure));
    assert_eq!(site.call_tasks(), 1);
    let delivered = receipt(&site, ReceiptOutcome::Delivered, "DELIVRD");
    site.write(|work| receipt::apply(work, &delivered));
    let days = [
        ("d-7", "2025-10-02T01:00:00Z"),
        ("d-3", "2025-10-06T01:00:00Z"),
        ("d0", "2025-10-09T01:00:00Z"),
    ];
    for (index, (step, at)) in days.into_iter().enumerate() {
        site.run_at(&worker, at).await;
        let failed = Receipt {
            message_id: Some(site.message(step).id),
            ..failed.clone()
        };
        assert_eq!(site.call_tasks(), 1);
        site.write(|work| receipt::apply(work, &failed));
        let calls = if index == 2 { 2 } else { 1 };
        assert_eq!(site.call_tasks(), calls, "after {step}");
    }
    assert_eq!(site.message("d0").hop_cause, Some(HopCause::TriesSpent));
}

#[tokio::test]
async fn a_receipt_for_nothing_of_ours_is_not_found() {
    let site = Site::new(1);
    accepted(&site).await;
    let attempt_id = Some("0190163d-8694-739b-aea5-966c26f8ad91".parse().unwrap());
    let foreign = Receipt {
        attempt_id,
        ..receipt(&site, ReceiptOutcome::Delivered, "DELIVRD")
    };
    site.write(|work| {
        assert!(receipt::apply(work, &foreign).is_err());
        Ok(())
    });
    assert_eq!(site.message("wd-1").status, MessageStatus::Accepted);
}
