//! Whether a client was told of an appointment, and by what.
//!
//! The answer is kept with the appointment, by whatever shows it, as it happens: a text that stated the
//! stored date and arrived at a number that is the client's alone, somebody who reached the client, the
//! client's own word. Where only a text arrived that shows nothing, a person tells the client.

mod doubt;
mod evidence;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::{
    AppointmentId, AttemptId, NoProof, NoticeProof, TaskKind,
    miss::{self, Delivery, NoticeTerms},
    provider_choice,
};
use storage::{
    appointments::{self, Standing},
    attempts::Try,
    tasks,
};

pub use self::{
    doubt::doubt_number,
    evidence::{Evidence, Notice},
};
use crate::{
    confirm::can_be_kept,
    work::{Work, WorkError},
};

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
