//! What is on file about whether a client was told, and what of it came first.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::{
    AppointmentId, AttemptId, AttemptOutcome, ClientId, MessageId, MessageStatus, NoProof,
    NoticeBy, ReceiptCheck, ReceiptId, TaskId,
    miss::{self, NoticeTerms},
};
use storage::{
    appointments::Appointment,
    attempts::{self, Try},
    cases::Case,
    confirmations::{self, Confirmation},
    messages::{self, Message},
    receipts::{self, Reported},
    tasks::{self, Task},
};

use super::{arrived_by, deliveries, delivery, terms, why_not};
use crate::work::{Work, WorkError};

/// What shows that a client was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// By what.
    pub by: NoticeBy,
    /// When it happened, by the word of whoever says so (UTC).
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

impl Notice {
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
}

/// What is on file about whether a client was told.
#[expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]
pub struct Evidence {
    /// Reminders that were handed over, by the appointment they are of; none: of the report-in.
    reminders: HashMap<MessageId, Option<AppointmentId>>,
    tries: Vec<Try>,
    receipts: Vec<Reported>,
    tasks: Vec<Task>,
    confirmations: Vec<Confirmation>,
}

impl Evidence {
    /// Loads it for appointments of one client.
    ///
    /// # Errors
    /// When the database fails.
    pub fn of(
        work: &mut Work<'_, '_>,
        client: ClientId,
        items: &[Appointment],
    ) -> Result<Self, WorkError> {
        let ids: Vec<AppointmentId> = items.iter().map(|item| item.id).collect();
        let messages = messages::of_appointments(work.tx, work.agency, &ids)?;
        let tasks = tasks::of_appointments(work.tx, work.agency, &ids)?;
        let confirmations = confirmations::of_client(work.tx, work.agency, client)?;
        Self::about(work, &messages, tasks, confirmations)
    }

    /// The same with messages, tasks and confirmations that are at hand.
    ///
    /// # Errors
    /// When the database fails.
    pub fn about(
        work: &mut Work<'_, '_>,
        messages: &[Message],
        tasks: Vec<Task>,
        confirmations: Vec<Confirmation>,
    ) -> Result<Self, WorkError> {
        let reminders: HashMap<_, _> = messages
            .iter()
            .filter(|message| miss::proves_notice(message.kind) && message.attempt_count > 0)
            .map(|message| (message.id, message.appointment_id))
            .collect();
        let ids: Vec<MessageId> = reminders.keys().copied().collect();
        let (tries, receipts) = if ids.is_empty() {
            Default::default()
        } else {
            (
                attempts::tries(work.tx, work.agency, &ids)?,
                receipts::of_messages(work.tx, work.agency, &ids)?,
            )
        };
        Ok(Self {
            reminders,
            tries,
            receipts,
            tasks,
            confirmations,
        })
    }

    /// What showed first that the client was told of an appointment.
    pub fn first(&self, item: &Appointment) -> Option<Notice> {
        let confirmed = self.confirmations.iter().find(|one| one.is_of(item));
        let confirmed = confirmed.map(|one| Notice::new(NoticeBy::Confirmation, one.confirmed_at));
        let others = self.first_of(Some(item.id), &terms(&item.into()));
        others.into_iter().chain(confirmed).min_by_key(|it| it.at)
    }

    /// What showed first that the client was told of the last day to report in.
    pub fn first_of_report_in(&self, case: &Case) -> Option<Notice> {
        self.first_of(None, &of_report_in(case))
    }

    /// Why what arrived about an appointment shows nothing, each reason once. Says nothing of what
    /// else does.
    pub fn gaps(&self, item: &Appointment) -> Vec<NoProof> {
        self.gaps_of(Some(item.id), &terms(&item.into()))
    }

    /// The same about the report-in.
    pub fn gaps_of_report_in(&self, case: &Case) -> Vec<NoProof> {
        self.gaps_of(None, &of_report_in(case))
    }

    /// A failure that contradicts a delivery takes nothing back.
    fn first_of(&self, about: Option<AppointmentId>, terms: &NoticeTerms) -> Option<Notice> {
        let deliveries = self.deliveries(about, terms).into_iter();
        let proofs = deliveries.filter_map(|(why, notice)| why.is_none().then_some(notice));
        let contacts = self
            .tasks
            .iter()
            .filter(|task| task.appointment_id == about)
            .filter(|task| miss::contact_proves(task.outcome, task.closed_at, terms.until))
            .filter_map(|task| {
                Some(Notice {
                    task_id: Some(task.id),
                    ..Notice::new(NoticeBy::Contact, task.closed_at?)
                })
            });
        proofs.chain(contacts).min_by_key(|notice| notice.at)
    }

    fn gaps_of(&self, about: Option<AppointmentId>, terms: &NoticeTerms) -> Vec<NoProof> {
        let deliveries = self.deliveries(about, terms).into_iter();
        let mut gaps: Vec<NoProof> = deliveries.filter_map(|(why, _)| why).collect();
        gaps.sort_unstable();
        gaps.dedup();
        gaps
    }

    /// What arrived, and why it shows nothing, if so.
    fn deliveries(
        &self,
        about: Option<AppointmentId>,
        terms: &NoticeTerms,
    ) -> Vec<(Option<NoProof>, Notice)> {
        let is_about = |message: MessageId| self.reminders.get(&message) == Some(&about);
        let receipts = self
            .receipts
            .iter()
            .filter(|it| it.receipt.state == MessageStatus::Delivered)
            .filter(|it| is_about(it.receipt.message_id))
            .filter_map(|Reported { receipt, check }| {
                let tries = self.tries.iter();
                let tries = tries.filter(|made| made.message_id == receipt.message_id);
                let at = arrived_by(receipt.reported_at, receipt.received_at);
                let by = deliveries(tries, receipt.attempt_id, at);
                let notice = Notice {
                    message_id: Some(receipt.message_id),
                    attempt_id: receipt.attempt_id,
                    receipt_id: Some(receipt.id),
                    ..Notice::new(NoticeBy::Receipt, receipt.reported_at)
                };
                let why = why_not(&by, terms);
                match check {
                    None => Some((why, notice)),
                    Some(ReceiptCheck::Unanswered) => {
                        Some((why.or(Some(NoProof::NotConfirmed)), notice))
                    }
                    // What its vendor says is a receipt of its own.
                    Some(_) => None,
                }
            });
        let answers = self
            .tries
            .iter()
            .filter(|made| made.outcome == Some(AttemptOutcome::Delivered))
            .filter(|made| is_about(made.message_id))
            .filter_map(|made| {
                let at = made.finished_at?;
                let notice = Notice {
                    message_id: Some(made.message_id),
                    attempt_id: Some(made.attempt_id),
                    ..Notice::new(NoticeBy::Answer, at)
                };
                Some((miss::no_proof(&delivery(made, at), terms), notice))
            });
        receipts.chain(answers).collect()
    }
}

/// A number in doubt takes nothing back here: the paper that was received says the day.
const fn of_report_in(case: &Case) -> NoticeTerms {
    NoticeTerms {
        until: case.report_in_closes_at,
        number_doubted_at: None,
    }
}
