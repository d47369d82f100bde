//! What shows that a client was told of a date, as JSON.

use casework::notice::{Evidence, Notice};
use chrono::{DateTime, Utc};
use domain::{AttemptId, MessageId, NoProof, NoticeBy, NoticeProof, ReceiptId, TaskId};
use serde::Serialize;
use storage::appointments::Appointment;
use utoipa::ToSchema;

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

impl From<Notice> for NoticeView {
    fn from(it: Notice) -> Self {
        Self {
            by: it.by,
            at: it.at,
            message_id: it.message_id,
            attempt_id: it.attempt_id,
            receipt_id: it.receipt_id,
            task_id: it.task_id,
        }
    }
}

/// What showed first that the client was told of an appointment, or else why what arrived does not.
pub fn shown(item: &Appointment, evidence: &Evidence) -> (Option<NoticeView>, Vec<NoProof>) {
    if item.notice_proof == NoticeProof::Proven {
        return (evidence.first(item).map(NoticeView::from), Vec::new());
    }
    (None, evidence.gaps(item))
}
