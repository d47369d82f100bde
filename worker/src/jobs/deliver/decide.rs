//! What is done with a due message: its verdict, its text, and what follows when it has none.

use casework::{Work, WorkError, digest};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{HopCause, MessageStatus, delivery::RetryPolicy, local_time::local_date};
use gateways::Outgoing;
use storage::messages::{self, Message};

use super::{
    eligible::{Facts, Verdict, judge},
    load::Surroundings,
    text,
};
use crate::{
    job::Turn,
    jobs::groups::{call, to},
};

/// What is done with one due message.
#[derive(Debug)]
pub(super) enum Decision {
    Send {
        outgoing: Outgoing,
        receipt_wait: TimeDelta,
    },
    End(messages::Settled),
    Postpone {
        until: DateTime<Utc>,
        reason: String,
    },
}

/// Judges a due message and, if it is to be sent, renders it.
pub(super) fn decide(
    turn: &Turn,
    work: &mut Work<'_, '_>,
    about: &Surroundings,
    message: &Message,
    retry: &RetryPolicy,
) -> Result<Decision, WorkError> {
    let (office, tz) = about
        .offices
        .get(&message.office_id)
        .ok_or_else(|| WorkError::corrupt("office of a message is missing"))?;
    let client = message.client_id.and_then(|id| about.clients.get(&id));
    let phone = client.and_then(|client| client.phone.as_ref());
    let pack = message
        .case_id
        .and_then(|id| about.packs.get(&id))
        .map(AsRef::as_ref);
    let facts = Facts {
        message,
        appointment: message
            .appointment_id
            .and_then(|id| about.appointments.get(&id)),
        case: message.case_id.and_then(|id| about.cases.get(&id)),
        pack,
        client,
        staff: message.staff_id.and_then(|id| about.staff.get(&id)),
        tz: *tz,
        withheld: about.withheld.contains(&message.id),
        shared: phone.is_some_and(|phone| about.shared_phones.contains(phone)),
        neutral_to_unverified: turn.context.parts.settings.neutral_to_unverified,
        now: work.now,
    };
    let (phone, neutral) = match judge(&facts) {
        Verdict::Send { phone, neutral } => (phone, neutral),
        Verdict::Postpone { until, reason } => return Ok(Decision::Postpone { until, reason }),
        Verdict::Expire(reason) => {
            return Ok(Decision::End(expired(message, reason)));
        }
        Verdict::Cancel(reason) => {
            return Ok(Decision::End(to(MessageStatus::Cancelled, Some(reason))));
        }
        Verdict::Call { reason, cause } => {
            return Ok(Decision::End(call(
                MessageStatus::Cancelled,
                Some(reason),
                cause,
            )));
        }
    };
    let made = u32::try_from(message.attempt_count).unwrap_or(u32::MAX);
    if made >= retry.max_attempts {
        // Only claims that were cut off come here: the schedule ends the others.
        return Ok(Decision::End(given_up(
            message,
            "tries_spent",
            HopCause::TriesSpent,
        )));
    }
    let waiting = match message.staff_id {
        Some(person) => Some(digest::waiting_for(
            work,
            person,
            local_date(work.now, *tz),
        )?),
        None => None,
    };
    if waiting == Some(0) {
        return Ok(Decision::End(to(
            MessageStatus::Cancelled,
            Some("nothing_waiting"),
        )));
    }
    let Ok(text) = text::render(&facts, about, office, neutral, waiting) else {
        tracing::error!(message = %message.id, office = %office.id, "no text of this office is acceptable");
        return Ok(Decision::End(given_up(
            message,
            "wording_refused",
            HopCause::Configuration,
        )));
    };
    let wait = pack.map_or(24, |pack| pack.receipt_wait_hours);
    Ok(Decision::Send {
        receipt_wait: TimeDelta::hours(i64::from(wait)),
        outgoing: Outgoing {
            attempt_id: work.ids.next(),
            message_id: message.id,
            recipient: phone,
            text,
            kind: message.kind,
            template: None,
            sent_at: work.now,
        },
    })
}

/// Over without being sent. One that was tried, in vain, is given to a person; one that was never
/// tried gives way to the next step of its ladder.
fn expired(message: &Message, reason: &'static str) -> messages::Settled {
    if message.attempt_count > 0 && message.client_id.is_some() {
        return call(MessageStatus::Expired, Some(reason), HopCause::TriesSpent);
    }
    to(MessageStatus::Expired, Some(reason))
}

/// Never sent. A message to a client is given to a person; staff see their tasks anyway.
fn given_up(message: &Message, reason: &'static str, cause: HopCause) -> messages::Settled {
    if message.client_id.is_some() {
        return call(MessageStatus::TechnicalFailure, Some(reason), cause);
    }
    to(MessageStatus::TechnicalFailure, Some(reason))
}
