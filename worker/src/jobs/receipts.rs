//! Follows up messages whose receipt did not come, and those of which nobody knows whether they
//! arrived.
//!
//! An account that can be asked is asked first, outside any unit of work. What it cannot tell is
//! decided here: a message of unknown fate waits and is asked about again before it is sent again,
//! and one without a receipt waits as long as its rule pack says, and then goes on to the next rung of
//! its ladder.

mod awaiting;
mod follow_up;

use std::slice;

use casework::{Work, WorkError, notify, receipt};
use chrono::{DateTime, Utc};
use domain::{AgencyId, MessageStatus};
use storage::{
    StorageError, Tx,
    messages::{self, Message},
};

use self::follow_up::{Following, Next, follow_up};
pub(super) use self::{awaiting::Awaiting, follow_up::goes_again};
use super::{
    ask::{Question, ask},
    deliver::{Surroundings, readable, set_aside},
    groups::{Groups, call_cause},
    steps::lies_in_the_data,
};
use crate::{
    job::{Batch, Job, Running, Turn},
    runner::blocking,
};

const NAME: &str = "receipts";

#[derive(Debug)]
pub(super) struct Receipts;

impl Job for Receipts {
    fn name(&self) -> &'static str {
        NAME
    }

    fn batch(&self, turn: Turn) -> Running<'_> {
        Box::pin(async move {
            let limit = turn.context.parts.settings.job_batch;
            let taking = turn.clone();
            let (taken, questions) = blocking(move || take(&taking, limit)).await?;
            if !questions.is_empty() {
                let answered = ask(&turn.context, NAME, questions).await;
                blocking(move || settle(&turn, &answered)).await?;
            }
            Ok(Batch {
                acted_on: taken,
                more: i64::try_from(taken).is_ok_and(|taken| taken >= limit),
            })
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

/// Follows up what nobody can be asked about; answers how many messages are due, and what to ask.
fn take(turn: &Turn, limit: i64) -> Result<(usize, Vec<Question<Message>>), WorkError> {
    let providers = &turn.context.parts.providers;
    let (taken, asked, report) = turn.context.write(turn.agency, turn.now, |work| {
        let due = due(work, limit)?;
        let taken = due.len();
        let (due, about, bad) = readable(work, NAME, due, Surroundings::followed)?;
        let (asked, rest): (Vec<_>, Vec<_>) = due
            .iter()
            .map(|message| Following::new(message, &about, providers, work.now))
            .partition(Following::can_be_asked);
        let mut report = Report::default();
        let mut groups = Groups::default();
        for message in &bad {
            if let Some(about) = unasked(work, message)? {
                let one = Following::new(message, &about, providers, work.now);
                act(work, &one, follow_up(&one, None), &mut groups, &mut report)?;
            } else {
                let settled = set_aside(work, message)?;
                groups.add(message, message.status, message.fence, settled);
            }
        }
        for one in &rest {
            act(work, one, follow_up(one, None), &mut groups, &mut report)?;
        }
        groups.write(work.tx, work.agency, work.now)?;
        let asked = asked.iter().filter_map(Following::question).collect();
        Ok((taken, asked, report))
    })?;
    report.count();
    Ok((taken, asked))
}

/// What following up a message needs of whose client something cannot be read: its time is over, and nobody
/// is asked about it any more. None before, or where more than the client cannot be read.
fn unasked(work: &mut Work<'_, '_>, message: &Message) -> Result<Option<Surroundings>, WorkError> {
    if work.now < message.not_after || message.client_id.is_none() {
        return Ok(None);
    }
    match Surroundings::unasked(work, slice::from_ref(message)) {
        Err(error) if lies_in_the_data(&error) => Ok(None),
        loaded => loaded.map(Some),
    }
}

/// Follows up what was asked about. A message that has moved meanwhile keeps the state it has.
fn settle(turn: &Turn, answered: &[Question<Message>]) -> Result<(), WorkError> {
    let now = turn.context.parts.clock.now();
    let providers = &turn.context.parts.providers;
    let report = turn.context.write(turn.agency, now, |work| {
        let messages: Vec<Message> = answered.iter().map(|one| one.about.clone()).collect();
        let about = Surroundings::followed(work, &messages)?;
        let mut report = Report::default();
        let mut groups = Groups::default();
        for one in answered {
            let following = Following::new(&one.about, &about, providers, now);
            let next = follow_up(&following, one.found.as_ref());
            act(work, &following, next, &mut groups, &mut report)?;
        }
        groups.write(work.tx, work.agency, now)?;
        Ok(report)
    })?;
    report.count();
    Ok(())
}

/// What was done, to be counted once the unit of work is over.
#[derive(Debug, Default)]
struct Report {
    /// Messages that go out again and may have arrived.
    possible_duplicates: u64,
}

impl Report {
    fn count(&self) {
        metrics::counter!("worker_possible_duplicates_total").increment(self.possible_duplicates);
    }
}

fn act(
    work: &mut Work<'_, '_>,
    following: &Following<'_>,
    next: Next,
    groups: &mut Groups,
    report: &mut Report,
) -> Result<(), WorkError> {
    let message = following.message;
    let (settled, may_be_twice) = match next {
        Next::Settle {
            settled,
            may_be_twice,
        } => (settled, may_be_twice),
        Next::Receipt(found) => {
            match receipt::apply(work, &found)? {
                receipt::Applied::Moved(_) => return Ok(()),
                // It says nothing new: as if it had said nothing.
                receipt::Applied::Kept | receipt::Applied::Repeated => {
                    (following.still_waiting(), false)
                }
            }
        }
    };
    report.possible_duplicates += u64::from(may_be_twice);
    let (from, fence) = (message.status, message.fence);
    let Some(cause) = call_cause(&settled) else {
        groups.add(message, from, fence, settled);
        return Ok(());
    };
    // Nobody phones about one that has moved meanwhile.
    let (agency, ids) = (work.agency, [message.id]);
    if messages::settle(work.tx, agency, &ids, from, fence, &settled, work.now)? == 1 {
        notify::call_task(work, message, cause)?;
    }
    Ok(())
}

fn due(work: &mut Work<'_, '_>, limit: i64) -> Result<Vec<Message>, WorkError> {
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
    Ok(due)
}
