//! Whether a client was told of an appointment, and by what.
//!
//! The answer is kept with the appointment, by whatever shows it, as it happens: a text that stated the
//! stored date and arrived at a number that is the client's alone, somebody who reached the client, the
//! client's own word. Where only a text arrived that shows nothing, a person tells the client.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::{
    AppointmentId, AttemptId, AttemptOutcome, CaseId, ClientId, MessageId, MessageStatus, NoProof,
    NoticeBy, NoticeProof, ReceiptId, TaskId, TaskKind,
    miss::{self, Delivery, NoticeTerms},
    provider_choice,
};
use storage::{
    Scope,
    appointments::{self, Appointment, Standing},
    attempts::{self, Try},
    cases,
    confirmations::{self, Confirmation},
    messages::{self, Message},
    receipts::{self, Receipt},
    tasks::{self, Task},
};

use crate::{
    confirm::can_be_kept,
    notify, record, status,
    work::{Work, WorkError},
};

/// Cases of one client that are looked at.
const CASES: i64 = 100;

/// A reminder of an appointment that arrived.
#[derive(Debug)]
pub struct Arrived {
    /// The appointment.
    pub appointment: AppointmentId,
    /// The try that brought it there; several where nobody says which.
    pub by: Vec<Delivery>,
}

/// Notes what deliveries show: notice is proven where every try that it may have been proves it. Answers
/// the appointments that are still ahead and unproven after theirs, with why: a person is to tell the
/// client.
///
/// # Errors
/// When the database fails.
pub fn arrived(
    work: &mut Work<'_, '_>,
    all: &[Arrived],
) -> Result<HashMap<AppointmentId, NoProof>, WorkError> {
    let mut unproven = HashMap::new();
    if all.is_empty() {
        return Ok(unproven);
    }
    let ids: Vec<AppointmentId> = all.iter().map(|one| one.appointment).collect();
    let items = appointments::standings(work.tx, work.agency, &ids)?;
    let items: HashMap<AppointmentId, Standing> =
        items.into_iter().map(|item| (item.id, item)).collect();
    let mut told = Vec::new();
    for one in all {
        let Some(item) = items.get(&one.appointment).filter(|_| !one.by.is_empty()) else {
            continue;
        };
        match why_not(&one.by, &terms(item)) {
            None => told.push(item.clone()),
            Some(why)
                if item.notice_proof != NoticeProof::Proven && can_be_kept(item, work.now) =>
            {
                unproven.insert(item.id, why);
            }
            Some(_) => {}
        }
    }
    for item in &told {
        unproven.remove(&item.id);
    }
    prove(work, &told)?;
    let ids: Vec<AppointmentId> = unproven.keys().copied().collect();
    appointments::mark_notice(work.tx, work.agency, &ids, NoticeProof::Unproven, work.now)?;
    Ok(unproven)
}

/// Notes that the clients of these appointments were told, so that nobody has to phone for it.
///
/// # Errors
/// When the database fails.
pub fn prove(work: &mut Work<'_, '_>, items: &[Standing]) -> Result<(), WorkError> {
    let ids: Vec<AppointmentId> = items.iter().map(|item| item.id).collect();
    appointments::mark_notice(work.tx, work.agency, &ids, NoticeProof::Proven, work.now)?;
    for item in items {
        // Before the state is unproven, nobody was asked to phone.
        if item.notice_proof == NoticeProof::Unproven {
            tasks::cancel_key(work.tx, work.agency, &call_key(item), work.now)?;
        }
    }
    Ok(())
}

/// The key of the call about an appointment whose client is still to be told. One, and another one once
/// the number is in doubt.
pub(crate) fn call_key(item: &Standing) -> String {
    let (kind, id) = (TaskKind::CallClient, item.id);
    match item.number_doubted_at {
        None => format!("{kind}:{id}"),
        Some(at) => format!("{kind}:{id}:{}", at.timestamp_micros()),
    }
}

/// A client's number is not, or not certainly, theirs any more: what was texted to it about appointments
/// that are still ahead proves nothing from now on. Those that lose their proof by it are entered in
/// the trail, and a person tells the client.
///
/// # Errors
/// When the database fails.
pub fn doubt_number(work: &mut Work<'_, '_>, client: ClientId) -> Result<(), WorkError> {
    let filter = cases::Filter {
        client: Some(client),
        ..cases::Filter::default()
    };
    let of_client = cases::list(work.tx, work.agency, Scope::default(), &filter, None, CASES)?;
    let mut ahead = Vec::new();
    for case in of_client.iter().map(|case| case.id) {
        ahead.extend(ahead_of(work, case)?);
    }
    if ahead.is_empty() {
        return Ok(());
    }
    let evidence = Evidence::of(work, client, &ahead)?;
    let mut lost = Vec::new();
    for mut item in ahead {
        item.number_doubted_at = Some(work.now);
        if item.notice_proof == NoticeProof::Proven && evidence.first(&item).is_none() {
            item.notice_proof = NoticeProof::Unproven;
            lost.push(item.id);
            notify::tell_date_task(work, &item, None)?;
        }
        status::save_appointment(work, &mut item)?;
    }
    record::audit_each(work, "doubt_notice", "appointment", &lost)
}

/// The appointments of a case that reminders were planned of, and that can still be kept.
fn ahead_of(work: &mut Work<'_, '_>, case: CaseId) -> Result<Vec<Appointment>, WorkError> {
    let now = work.now;
    let mut items = appointments::of_case(work.tx, work.agency, case)?;
    items.retain(|item| item.notified && can_be_kept(&item.into(), now));
    Ok(items)
}

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

/// What is on file about whether clients were told.
#[expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]
pub struct Evidence {
    tries: Vec<Try>,
    receipts: Vec<Receipt>,
    /// Reminders, by the appointment they are of.
    messages: HashMap<MessageId, AppointmentId>,
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
        let (tx, agency) = (&mut *work.tx, work.agency);
        let ids: Vec<AppointmentId> = items.iter().map(|item| item.id).collect();
        let sent = |message: &Message| {
            let of = message
                .appointment_id
                .filter(|_| message.attempt_count > 0)?;
            miss::proves_notice(message.kind).then_some((message.id, of))
        };
        let messages = messages::of_appointments(tx, agency, &ids)?;
        let messages: HashMap<_, _> = messages.iter().filter_map(sent).collect();
        let reminders: Vec<MessageId> = messages.keys().copied().collect();
        Ok(Self {
            tries: attempts::tries(tx, agency, &reminders)?,
            receipts: receipts::of_messages(tx, agency, &reminders)?,
            messages,
            tasks: tasks::of_appointments(tx, agency, &ids)?,
            confirmations: confirmations::of_client(tx, agency, client)?,
        })
    }

    /// What showed first that the client was told of an appointment. A failure that contradicts a
    /// delivery takes nothing back.
    pub fn first(&self, item: &Appointment) -> Option<Notice> {
        let deliveries = self.deliveries(item).into_iter();
        let proofs = deliveries.filter_map(|(why, notice)| why.is_none().then_some(notice));
        let reached = |task: &&Task| {
            task.appointment_id == Some(item.id)
                && miss::contact_proves(task.outcome, task.closed_at, item.grace_ends_at)
        };
        let contacts = self.tasks.iter().filter(reached).filter_map(|task| {
            Some(Notice {
                task_id: Some(task.id),
                ..Notice::new(NoticeBy::Contact, task.closed_at?)
            })
        });
        let confirmed = self.confirmations.iter().find(|one| one.is_of(item));
        let confirmed = confirmed.map(|one| Notice::new(NoticeBy::Confirmation, one.confirmed_at));
        proofs
            .chain(contacts)
            .chain(confirmed)
            .min_by_key(|notice| notice.at)
    }

    /// Why what arrived about an appointment shows nothing, each reason once. Says nothing of what
    /// else does.
    pub fn gaps(&self, item: &Appointment) -> Vec<NoProof> {
        let deliveries = self.deliveries(item).into_iter();
        let mut gaps: Vec<NoProof> = deliveries.filter_map(|(why, _)| why).collect();
        gaps.sort_unstable();
        gaps.dedup();
        gaps
    }

    /// What arrived about an appointment, and why it shows nothing, if so.
    fn deliveries(&self, item: &Appointment) -> Vec<(Option<NoProof>, Notice)> {
        let terms = terms(&item.into());
        let is_of = |message: MessageId| self.messages.get(&message) == Some(&item.id);
        let receipts = self
            .receipts
            .iter()
            .filter(|receipt| receipt.state == MessageStatus::Delivered)
            .filter(|receipt| is_of(receipt.message_id))
            .map(|receipt| {
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
                (why_not(&by, &terms), notice)
            });
        let answers = self
            .tries
            .iter()
            .filter(|made| made.outcome == Some(AttemptOutcome::Delivered))
            .filter(|made| is_of(made.message_id))
            .filter_map(|made| {
                let at = made.finished_at?;
                let notice = Notice {
                    message_id: Some(made.message_id),
                    attempt_id: Some(made.attempt_id),
                    ..Notice::new(NoticeBy::Answer, at)
                };
                Some((miss::no_proof(&delivery(made, at), &terms), notice))
            });
        receipts.chain(answers).collect()
    }
}

/// When something arrived, by the word of a gateway whose clock may be fast: before we were told.
pub(crate) fn arrived_by(reported_at: DateTime<Utc>, received_at: DateTime<Utc>) -> DateTime<Utc> {
    reported_at.min(received_at)
}

/// The tries that a delivery may have been of: the one that is named, or else any.
pub(crate) fn deliveries<'a>(
    tries: impl Iterator<Item = &'a Try>,
    named: Option<AttemptId>,
    arrived_at: DateTime<Utc>,
) -> Vec<Delivery> {
    tries
        .filter(|made| named.is_none_or(|id| id == made.attempt_id))
        .map(|made| delivery(made, arrived_at))
        .collect()
}

fn delivery(made: &Try, arrived_at: DateTime<Utc>) -> Delivery {
    Delivery {
        no_proof: made.no_proof,
        to_number: provider_choice::is_text(made.channel),
        sent_at: made.started_at,
        arrived_at,
    }
}

fn why_not(by: &[Delivery], terms: &NoticeTerms) -> Option<NoProof> {
    by.iter().find_map(|one| miss::no_proof(one, terms))
}

const fn terms(item: &Standing) -> NoticeTerms {
    NoticeTerms {
        until: item.grace_ends_at,
        number_doubted_at: item.number_doubted_at,
    }
}
