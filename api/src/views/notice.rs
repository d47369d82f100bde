//! What shows that a client was told of an appointment, as JSON.

use chrono::{DateTime, Utc};
use domain::{
    AttemptId, AttemptOutcome, MessageId, MessageStatus, ReceiptId, TaskId, TaskOutcome, miss,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{escalations::ContactView, messages::MessageView};

/// By what it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NoticeBy {
    /// A delivery receipt of the provider.
    Receipt,
    /// The provider's answer at the hand-over: it delivers at once and sends no receipts.
    Answer,
    /// Somebody reached the client.
    Contact,
    /// The client said so.
    Confirmation,
}

/// What showed first that the client was told.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoticeView {
    /// By what.
    pub by: NoticeBy,
    /// When it happened, by the word of whoever says so; UTC.
    pub at: DateTime<Utc>,
    /// The message that reached the client.
    pub message_id: Option<MessageId>,
    /// The try by which it did, where the receipt names it.
    pub attempt_id: Option<AttemptId>,
    /// The receipt that says so.
    pub receipt_id: Option<ReceiptId>,
    /// The call or contact.
    pub task_id: Option<TaskId>,
}

impl NoticeView {
    const fn new(by: NoticeBy, at: DateTime<Utc>) -> Self {
        Self {
            by,
            at,
            message_id: None,
            attempt_id: None,
            receipt_id: None,
            task_id: None,
        }
    }

    /// What of all this came first. Reminders after the due day show nothing, and a failure that
    /// contradicts a delivery takes nothing back.
    pub fn first(
        reminders: &[MessageView],
        contacts: &[ContactView],
        confirmed_at: Option<DateTime<Utc>>,
    ) -> Option<Self> {
        let in_time = || {
            reminders
                .iter()
                .filter(|message| miss::proves_notice(message.kind))
        };
        let receipts = in_time().flat_map(|message| {
            let receipts = message.receipts.iter();
            receipts
                .filter(|receipt| receipt.state == MessageStatus::Delivered)
                .map(|receipt| Self {
                    message_id: Some(message.id),
                    attempt_id: receipt.attempt_id,
                    receipt_id: Some(receipt.id),
                    ..Self::new(NoticeBy::Receipt, receipt.reported_at)
                })
        });
        let answers = in_time().flat_map(|message| {
            let attempts = message.attempts.iter();
            attempts
                .filter(|attempt| attempt.outcome == Some(AttemptOutcome::Delivered))
                .filter_map(|attempt| {
                    Some(Self {
                        message_id: Some(message.id),
                        attempt_id: Some(attempt.id),
                        ..Self::new(NoticeBy::Answer, attempt.finished_at?)
                    })
                })
        });
        let contacts = contacts
            .iter()
            .filter(|contact| contact.task.outcome == Some(TaskOutcome::Reached))
            .filter_map(|contact| {
                Some(Self {
                    task_id: Some(contact.task.id),
                    ..Self::new(NoticeBy::Contact, contact.task.closed_at?)
                })
            });
        let confirmed = confirmed_at.map(|at| Self::new(NoticeBy::Confirmation, at));
        receipts
            .chain(answers)
            .chain(contacts)
            .chain(confirmed)
            .min_by_key(|notice| notice.at)
    }
}
