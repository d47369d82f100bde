//! Asking for receipts instead of waiting for them (cloud.tencent.com 382/55977, 382/55976).

use chrono::{DateTime, TimeDelta, Utc};
use domain::delivery::ReceiptOutcome;
use serde::{Deserialize, Serialize};

use super::TencentGateway;
use crate::{
    Found, SendError, Sought,
    push::{self, Loose, Report},
    wire_text,
};

/// Receipts in one answer; the most there can be.
const PAGE: u32 = 100;
/// How long the vendor keeps them.
const KEPT: TimeDelta = TimeDelta::days(7);
/// How far its clock may be beside ours.
const SKEW: TimeDelta = TimeDelta::minutes(5);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Pull<'a> {
    limit: u32,
    sms_sdk_app_id: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct PullByNumber<'a> {
    begin_time: i64,
    end_time: i64,
    /// The vendor takes no other than 0.
    offset: u32,
    limit: u32,
    phone_number: &'a str,
    sms_sdk_app_id: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    pull_sms_send_status_set: Vec<Status>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Status {
    #[serde(default)]
    user_receive_time: Option<Loose>,
    #[serde(default)]
    phone_number: Option<String>,
    #[serde(default)]
    serial_no: Option<String>,
    #[serde(default, rename = "ReportStatus")]
    verdict: Option<String>,
    /// The carrier's code.
    #[serde(default)]
    description: Option<String>,
    /// Empty unless the vendor opened it for the account.
    #[serde(default)]
    session_context: Option<String>,
}

impl TencentGateway {
    /// Takes up to 100 receipts from those the vendor keeps waiting. It gives each out once, and
    /// only to accounts it opened this for.
    ///
    /// # Errors
    /// [`SendError`].
    pub async fn pull_receipts(&self, now: DateTime<Utc>) -> Result<Vec<Report>, SendError> {
        let body = Pull {
            limit: PAGE,
            sms_sdk_app_id: &self.sdk_app_id,
        };
        let answer: Answer = self.call("PullSmsSendStatus", &body, now).await?;
        Ok(answer
            .pull_sms_send_status_set
            .into_iter()
            .map(report)
            .collect())
    }

    /// Looks an attempt up among the receipts of its number, by the `SerialNo` it was answered with or
    /// by our own id where the vendor repeats it. Only receipts are listed: a message that is not
    /// there may still be on its way, so nothing proves that it was not taken.
    pub(super) async fn find(&self, sought: &Sought) -> Result<Found, SendError> {
        let Some(number) = push::e164(&sought.recipient) else {
            return Ok(Found::CannotTell);
        };
        if sought.now - sought.sent_at >= KEPT {
            return Ok(Found::CannotTell);
        }
        let body = PullByNumber {
            begin_time: (sought.sent_at - SKEW).timestamp(),
            end_time: (sought.now + SKEW).timestamp(),
            offset: 0,
            limit: PAGE,
            phone_number: &number,
            sms_sdk_app_id: &self.sdk_app_id,
        };
        let answer: Answer = self
            .call("PullSmsSendStatusByPhoneNumber", &body, sought.now)
            .await?;
        let about = answer.pull_sms_send_status_set.into_iter().map(report);
        let mut about: Vec<Report> = about.filter(|report| is_about(report, sought)).collect();
        // A failure for now may stand beside the delivery that came of it in the end.
        about.sort_by_key(|report| report.outcome != Some(ReceiptOutcome::Delivered));
        let hit = about.into_iter().next();
        Ok(hit.map_or(Found::CannotTell, found))
    }
}

fn is_about(report: &Report, sought: &Sought) -> bool {
    let by_serial = report.provider_message_id.is_some()
        && report.provider_message_id == sought.provider_message_id;
    by_serial || report.attempt_id == Some(sought.attempt_id)
}

fn found(report: Report) -> Found {
    match report.outcome {
        None => Found::Taken {
            provider_message_id: report.provider_message_id,
        },
        Some(outcome) => Found::Settled {
            outcome,
            code: report.code,
            provider_message_id: report.provider_message_id,
            happened_at: report.happened_at,
        },
    }
}

fn report(status: Status) -> Report {
    let code = status.description.as_deref().and_then(wire_text::code);
    let delivered = status
        .verdict
        .as_deref()
        .and_then(super::receipt::delivered);
    Report {
        outcome: push::outcome(delivered, code.as_deref()),
        provider_message_id: status.serial_no.as_deref().and_then(wire_text::reference),
        attempt_id: status.session_context.and_then(|id| id.parse().ok()),
        recipient: status.phone_number.as_deref().and_then(push::e164),
        code,
        happened_at: status.user_receive_time.as_ref().and_then(Loose::seconds),
    }
}
