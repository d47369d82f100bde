//! Follows up messages whose receipt did not come, and those of which nobody knows whether they
//! arrived.

use casework::{
    Work, WorkError,
    needed::{deadline, still_needed},
    notify,
};
use chrono::{DateTime, Utc};
use domain::{AgencyId, HopCause, MessageStatus, NoticeProof, delivery::RetryPolicy};
use storage::{
    StorageError, Tx,
    messages::{self, Message, Settled},
};

use super::{
    deliver::Surroundings,
    groups::{Groups, call, to, until},
};
use crate::{
    job::{Batch, Job, Running, Turn},
    runner::blocking,
};

#[derive(Debug)]
pub(super) struct Receipts;

impl Job for Receipts {
    fn name(&self) -> &'static str {
        "receipts"
    }

    fn batch(&self, turn: Turn) -> Running<'_> {
        Box::pin(async move {
            let limit = turn.context.parts.settings.job_batch;
            let (acted_on, resent) = blocking(move || {
                turn.context
                    .write(turn.agency, turn.now, |work| follow_up(work, limit))
            })
            .await?;
            metrics::counter!("worker_possible_duplicates_total")
                .increment(u64::try_from(resent).unwrap_or(u64::MAX));
            let more = i64::try_from(acted_on).is_ok_and(|acted_on| acted_on >= limit);
            Ok(Batch { acted_on, more })
        })
    }

    /// [`super::deliver`] answers for every message.
    fn next_due(
        &self,
        _tx: &mut Tx<'_>,
        _agency: AgencyId,
        _now: DateTime<Utc>,
    ) -> Result<Option<DateTime<Utc>>, StorageError> {
        Ok(None)
    }

    fn is_due(
        &self,
        tx: &mut Tx<'_>,
        agency: AgencyId,
        now: DateTime<Utc>,
    ) -> Result<bool, StorageError> {
        Ok(messages::due_in(tx, agency, MessageStatus::Accepted, now)?
            || messages::due_in(tx, agency, MessageStatus::Unknown, now)?)
    }
}

/// Answers how many messages were acted on, and how many of them go out again.
fn follow_up(work: &mut Work<'_, '_>, limit: i64) -> Result<(usize, usize), WorkError> {
    let (agency, now) = (work.agency, work.now);
    let mut due = messages::lock_due(work.tx, agency, MessageStatus::Accepted, now, limit)?;
    let room = limit - i64::try_from(due.len()).unwrap_or(limit);
    if room > 0 {
        due.extend(messages::lock_due(
            work.tx,
            agency,
            MessageStatus::Unknown,
            now,
            room,
        )?);
    }
    let about = Surroundings::of_cases(work, &due)?;
    let mut groups = Groups::default();
    let mut resent = 0;
    for message in &due {
        let settled = if message.status == MessageStatus::Accepted {
            without_receipt(message, &about, now)
        } else {
            unknown(message, &about, now)
        };
        if let Some((_, cause)) = settled.hop {
            notify::call_task(work, message, cause)?;
        }
        resent += usize::from(settled.status == MessageStatus::Scheduled);
        groups.add(message, message.status, message.fence, settled);
    }
    groups.write(work.tx, agency, now)?;
    Ok((due.len(), resent))
}

/// Neither delivered nor failed: only unproven. A person phones while that still helps.
fn without_receipt(message: &Message, about: &Surroundings, now: DateTime<Utc>) -> Settled {
    let status = MessageStatus::NoReceipt;
    if helps(message, about, now) {
        call(status, Some("no_receipt_in_time"), HopCause::NoReceipt)
    } else {
        to(status, Some("no_receipt_in_time"))
    }
}

/// The gateways in use cannot be asked, but know a repetition by the message's id: it is sent again
/// while it makes sense.
fn unknown(message: &Message, about: &Surroundings, now: DateTime<Utc>) -> Settled {
    let made = u32::try_from(message.attempt_count).unwrap_or(u32::MAX);
    if now >= message.not_after {
        return without_receipt(message, about, now);
    }
    if made < RetryPolicy::default().max_attempts {
        return until(MessageStatus::Scheduled, now, Some("unknown_sent_again"));
    }
    if helps(message, about, now) {
        return call(
            MessageStatus::TechnicalFailure,
            Some("tries_spent"),
            HopCause::TriesSpent,
        );
    }
    to(MessageStatus::TechnicalFailure, Some("tries_spent"))
}

/// Whether it still helps that somebody tells the client.
fn helps(message: &Message, about: &Surroundings, now: DateTime<Utc>) -> bool {
    let Some(case) = message.case_id.and_then(|id| about.cases.get(&id)) else {
        return false;
    };
    let item = message
        .appointment_id
        .and_then(|id| about.appointments.get(&id));
    let proven = item.is_some_and(|item| item.notice_proof == NoticeProof::Proven);
    !proven
        && now < deadline(message.kind, item, case)
        && still_needed(message.kind, item, case, now).is_ok()
}
