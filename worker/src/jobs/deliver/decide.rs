//! What is done with a due message: its verdict, its text, and what follows when it has none.

use casework::{Work, WorkError, digest, notify::is_followed_up};
use chrono::{DateTime, Utc};
use domain::{HopCause, MessageKind, MessageStatus, delivery::RetryPolicy, local_time::local_date};
use gateways::{Outgoing, ProviderTemplate};
use storage::messages::{self, Message};

use super::{
    choose::{choose, nobody_left, was_held_up},
    claim::Ready,
    eligible::{Facts, Verdict, Way, judge},
    load::Surroundings,
    text::Text,
};
use crate::{
    job::Turn,
    jobs::{
        groups::{call, to, until},
        receipts::{Awaiting, goes_again},
    },
};

/// What is done with one due message.
#[derive(Debug)]
pub(super) enum Decision {
    Send(Box<Ready>),
    /// It is over, or waits for an account.
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
        bound: client.and_then(|client| about.bound.get(&client.id)),
        shared: phone.is_some_and(|phone| about.shared_phones.contains(phone)),
        neutral_to_unverified: turn.context.parts.settings.neutral_to_unverified,
        now: work.now,
    };
    let way = match judge(&facts) {
        Verdict::Send(way) => way,
        Verdict::Postpone { until, reason } => return Ok(Decision::Postpone { until, reason }),
        Verdict::Expire(reason) => {
            return Ok(Decision::End(expired(message, reason)));
        }
        Verdict::Cancel(reason) => {
            return Ok(Decision::End(to(MessageStatus::Cancelled, Some(reason))));
        }
        Verdict::Nowhere(cause) => return Ok(Decision::End(nobody_left(message, cause))),
    };
    if let Some(looked_into) = about.said_to_have_arrived(message.id, work.now) {
        let at = looked_into.min(message.not_after);
        let why = goes_again(message).or(message.status_reason.as_deref());
        return Ok(Decision::End(until(MessageStatus::Scheduled, at, why)));
    }
    let made = u32::try_from(message.attempt_count).unwrap_or(u32::MAX);
    if made >= retry.max_attempts {
        // Only claims that were cut off come here: the schedule ends the others.
        return Ok(Decision::End(given_up(
            message,
            "tries_spent",
            HopCause::TriesSpent,
        )));
    }
    let waiting = match facts.staff {
        Some(person) if message.kind == MessageKind::StaffDigest => {
            let today = local_date(work.now, *tz);
            Some(digest::waiting_for(work, person, today)?)
        }
        _ => None,
    };
    if waiting == Some(0) {
        return Ok(Decision::End(to(
            MessageStatus::Cancelled,
            Some("nothing_waiting"),
        )));
    }
    let text = Text {
        facts: &facts,
        about,
        office,
        doubt: way.doubt,
        discreet: way.neutral,
        waiting,
    };
    prepare(turn, work, &text, way)
}

/// Chooses the account of a message that is to be sent, and renders what that account takes.
fn prepare(
    turn: &Turn,
    work: &mut Work<'_, '_>,
    text: &Text<'_>,
    way: Way,
) -> Result<Decision, WorkError> {
    let Text {
        facts,
        about,
        office,
        ..
    } = *text;
    let message = facts.message;
    let chosen = match choose(turn, about, facts, &way, text) {
        Ok(chosen) => chosen,
        Err(settled) => return Ok(Decision::End(settled)),
    };
    let provider = turn
        .context
        .parts
        .providers
        .at(chosen.account)
        .ok_or_else(|| WorkError::corrupt("a chosen account is not there"))?;
    let addressee = provider
        .app_id
        .as_ref()
        .zip(facts.bound)
        .and_then(|(app_id, bound)| bound.addressee(app_id));
    let recipient = match &provider.app_id {
        None => way.address,
        Some(_) => addressee.map(|one| one.open_id.clone()),
    };
    let (Ok(outbound), Some(recipient)) = (text.render(provider), recipient) else {
        tracing::error!(message = %message.id, office = %office.id, "no text of this office is acceptable");
        return Ok(Decision::End(given_up(
            message,
            domain::delivery::WORDING_REFUSED,
            HopCause::Configuration,
        )));
    };
    let awaiting = Awaiting::new(facts.pack, Some(provider), work.now);
    let no_proof = text.no_proof(provider, &outbound);
    Ok(Decision::Send(Box::new(Ready {
        message: message.clone(),
        chosen,
        account: provider.name.clone(),
        channel: provider.gateway.channel(),
        credit_of: addressee
            .filter(|_| provider.needs_credit)
            .map(|one| one.id),
        awaiting,
        no_proof,
        outgoing: Outgoing {
            attempt_id: work.ids.next(),
            message_id: message.id,
            recipient,
            text: outbound.text.text,
            kind: message.kind,
            template: outbound.provider_template.map(|filled| ProviderTemplate {
                provider_template_id: filled.template_id,
                params: filled.params,
            }),
            sent_at: work.now,
        },
    })))
}

/// Over without being sent. One that was tried in vain, or would have gone but for its providers, is
/// given to a person; any other gives way to the next step of its ladder.
pub(super) fn expired(message: &Message, reason: &'static str) -> messages::Settled {
    let in_vain = message.attempt_count > 0 || was_held_up(message);
    if in_vain && is_followed_up(message.kind) {
        return call(MessageStatus::Expired, Some(reason), HopCause::TriesSpent);
    }
    to(MessageStatus::Expired, Some(reason))
}

/// Never sent: given to a person, unless it goes out again anyway.
fn given_up(message: &Message, reason: &'static str, cause: HopCause) -> messages::Settled {
    if is_followed_up(message.kind) {
        return call(MessageStatus::TechnicalFailure, Some(reason), cause);
    }
    to(MessageStatus::TechnicalFailure, Some(reason))
}
