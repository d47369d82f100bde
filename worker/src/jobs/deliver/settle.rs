//! Records what came of a batch: one short unit of work, grouped.

use std::collections::{BTreeSet, HashMap};

use casework::{
    Work, WorkError, message_budgets,
    notice::{self, Arrived},
    notify::{self, is_followed_up},
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    AppointmentId, AttemptOutcome, HopCause, MessageStatus, NoProof, OfficeId,
    delivery::{Retry, RetryPolicy, says_bad_number},
    miss::{self, Delivery},
    provider_choice,
    subscription_credit::CreditChange,
};
use gateways::{Failure, SendError, wechat::says_no_credit};
use storage::{
    PhoneIndex,
    attempts::{self, Outcome},
    clients,
    messages::{self, Settled},
};

use super::{
    bound,
    claim::Ready,
    send::{Sending, Sent},
};
use crate::{
    job::Turn,
    jobs::groups::{Groups, call, call_cause, held_up, hop_on, to, until},
};

/// How long after a time-out the fate of a message is looked at. The other side knows a repetition
/// by the message's id, so what cannot be asked about may be sent again.
pub(super) const LOOK_AGAIN: TimeDelta = TimeDelta::minutes(2);

/// Why a message is over that was taken by a channel without receipts, as [`Message::status_reason`].
///
/// [`Message::status_reason`]: storage::messages::Message::status_reason
const NO_RECEIPTS_COME: &str = "no_receipts_come";

/// Records outcomes. A message that somebody else has meanwhile taken, or whose receipt was faster,
/// keeps the state it has; the attempt's outcome is recorded all the same.
pub(super) fn settle(turn: &Turn, sent: &[Sent], retry: &RetryPolicy) -> Result<(), WorkError> {
    let now = turn.context.parts.clock.now();
    let planned: Vec<Planned<'_>> = sent
        .iter()
        .map(|sent| plan(turn, sent, retry, now))
        .collect();
    let stale = turn
        .context
        .write(turn.agency, now, |work| write(work, &planned))?;
    count(&planned, stale);
    Ok(())
}

/// What is to be written for one message.
struct Planned<'a> {
    ready: &'a Ready,
    outcome: AttemptOutcome,
    code: Option<&'a str>,
    provider_message_id: Option<&'a str>,
    to: Settled,
}

fn plan<'a>(turn: &Turn, sent: &'a Sent, retry: &RetryPolicy, now: DateTime<Utc>) -> Planned<'a> {
    let ready = &sent.ready;
    let planned = |outcome, code, to| Planned {
        ready,
        outcome,
        code,
        provider_message_id: None,
        to,
    };
    match &sent.result {
        Sending::NotTried => planned(
            AttemptOutcome::Transient,
            Some("not_tried"),
            held_up(MessageStatus::Scheduled, now, Some("lease_too_short")),
        ),
        Sending::Tried(Ok(accepted)) => Planned {
            provider_message_id: accepted.provider_message_id.as_deref(),
            ..if accepted.delivered {
                planned(
                    AttemptOutcome::Delivered,
                    None,
                    to(MessageStatus::Delivered, None),
                )
            } else if !provider_choice::brings_receipts(ready.channel) {
                let over = to(MessageStatus::NoReceipt, Some(NO_RECEIPTS_COME));
                planned(AttemptOutcome::Accepted, None, over)
            } else {
                let looked_at = ready.awaiting.next_look(now);
                let wait = until(MessageStatus::Accepted, looked_at, None);
                planned(AttemptOutcome::Accepted, None, wait)
            }
        },
        Sending::Tried(Err(error)) => {
            let unit = turn.context.parts.randomness.unit();
            let settled = after_failure(ready, error, retry, unit, now);
            planned(outcome_of(error.class), Some(error.code.as_str()), settled)
        }
    }
}

fn after_failure(
    ready: &Ready,
    error: &SendError,
    retry: &RetryPolicy,
    jitter_unit: f64,
    now: DateTime<Utc>,
) -> Settled {
    let not_after = ready.message.not_after;
    let code = Some(error.code.as_str());
    if goes_on(ready, error, retry, now) {
        let cause = match error.class {
            Failure::Quota => HopCause::ProviderFailed,
            class => cause_of(class),
        };
        return Settled {
            is_held_up: true,
            ..hop_on(ready.channel, now, code, cause)
        };
    }
    let next = retry.next_attempt(
        ready.attempts_made(),
        now,
        not_after,
        jitter_unit,
        error.retry_after,
    );
    let status = error.class.status_after(next);
    if status == MessageStatus::Unknown {
        return held_up(status, now + LOOK_AGAIN, code);
    }
    if let (MessageStatus::Scheduled, Retry::At(at)) = (status, next) {
        return held_up(status, at, code);
    }
    let cause = cause_of(error.class);
    if is_followed_up(ready.message.kind) {
        call(status, code, cause)
    } else {
        to(status, code)
    }
}

/// Whether another account has its turn at once: after what this one refuses for good, for now by a
/// quota, or for its configuration. A number that does not exist is the same for every account that
/// texts it.
fn goes_on(ready: &Ready, error: &SendError, retry: &RetryPolicy, now: DateTime<Utc>) -> bool {
    let bad_number = says_bad_number(&error.code) && provider_choice::is_text(ready.channel);
    let elsewhere = matches!(
        error.class,
        Failure::Permanent | Failure::Configuration | Failure::Quota
    );
    elsewhere
        && !ready.chosen.is_last
        && !bad_number
        && ready.attempts_made() < retry.max_attempts
        && now < ready.message.not_after
}

const fn cause_of(failure: Failure) -> HopCause {
    match failure {
        Failure::Permanent => HopCause::PermanentFailure,
        Failure::Configuration => HopCause::Configuration,
        Failure::Transient | Failure::Quota | Failure::Unknown => HopCause::TriesSpent,
    }
}

const fn outcome_of(failure: Failure) -> AttemptOutcome {
    match failure {
        Failure::Transient => AttemptOutcome::Transient,
        Failure::Permanent => AttemptOutcome::Permanent,
        Failure::Configuration => AttemptOutcome::Configuration,
        Failure::Quota => AttemptOutcome::Quota,
        Failure::Unknown => AttemptOutcome::Unknown,
    }
}

fn write(work: &mut Work<'_, '_>, planned: &[Planned<'_>]) -> Result<usize, WorkError> {
    let (agency, now) = (work.agency, work.now);
    let outcomes: Vec<Outcome> = planned
        .iter()
        .map(|one| Outcome {
            agency_id: agency,
            attempt_id: one.ready.outgoing.attempt_id,
            message_id: one.ready.message.id,
            outcome: one.outcome,
            code: one.code.map(str::to_owned),
            provider_message_id: one.provider_message_id.map(str::to_owned),
            finished_at: now,
        })
        .collect();
    attempts::insert_outcomes(work.tx, &outcomes)?;
    let unproven = note_notice(work, planned)?;
    let mut groups = Groups::default();
    let mut stale = 0;
    for one in planned {
        let (message, fence) = (&one.ready.message, one.ready.fence());
        let to = told_by_a_person(one, &unproven).unwrap_or_else(|| one.to.clone());
        let Some(cause) = call_cause(&to) else {
            groups.add(message, MessageStatus::Claimed, fence, to);
            continue;
        };
        let held = MessageStatus::Claimed;
        let changed = messages::settle(work.tx, agency, &[message.id], held, fence, &to, now)?;
        if changed == 0 {
            stale += 1;
            continue;
        }
        notify::call_task(work, message, cause)?;
        if let (Some(client), Some(number)) = (message.client_id, one.ready.client_number())
            && one.code.is_some_and(says_bad_number)
        {
            let number = PhoneIndex::of(work.tx.sealer(), number);
            clients::mark_invalid(work.tx, agency, client, &number, now)?;
        }
    }
    stale += groups.write(work.tx, agency, now)?;
    for one in planned {
        note_credit(work, one)?;
    }
    let offices: BTreeSet<OfficeId> = planned
        .iter()
        .map(|one| one.ready.message.office_id)
        .collect();
    message_budgets::tell_of(work, offices)?;
    Ok(stale)
}

/// Notes what the deliveries show that came with the answer, and which show nothing.
fn note_notice(
    work: &mut Work<'_, '_>,
    planned: &[Planned<'_>],
) -> Result<HashMap<AppointmentId, NoProof>, WorkError> {
    let now = work.now;
    let arrived: Vec<Arrived> = planned
        .iter()
        .filter_map(|one| {
            let delivery = Delivery {
                no_proof: one.ready.no_proof,
                to_number: provider_choice::is_text(one.ready.channel),
                sent_at: one.ready.outgoing.sent_at,
                arrived_at: now,
            };
            Some(Arrived {
                appointment: reminded_of(one)?,
                by: vec![delivery],
            })
        })
        .collect();
    notice::arrived(work, &arrived)
}

/// The appointment that a delivered reminder is of.
fn reminded_of(one: &Planned<'_>) -> Option<AppointmentId> {
    let message = &one.ready.message;
    let delivered = one.outcome == AttemptOutcome::Delivered;
    message
        .appointment_id
        .filter(|_| delivered && miss::proves_notice(message.kind))
}

/// What becomes of a message that arrived and shows nothing.
fn told_by_a_person(
    one: &Planned<'_>,
    unproven: &HashMap<AppointmentId, NoProof>,
) -> Option<Settled> {
    let why = unproven.get(&reminded_of(one)?)?;
    let cause = HopCause::NoticeUnproven;
    Some(call(one.to.status, Some(why.as_str()), cause))
}

/// What a message takes was spent when it was handed over. It comes back unless the platform took the
/// message or may have; a refusal for want of one says that none is left.
fn note_credit(work: &mut Work<'_, '_>, one: &Planned<'_>) -> Result<(), WorkError> {
    use AttemptOutcome as O;
    let change = match one.outcome {
        O::Accepted | O::Delivered | O::Unknown => return Ok(()),
        O::Permanent if one.code.is_some_and(says_no_credit) => CreditChange::Emptied,
        O::Permanent | O::Transient | O::Configuration | O::Quota => CreditChange::Returned,
    };
    bound::note(work, one.ready, change)
}

/// Counts by state.
fn count(planned: &[Planned<'_>], stale: usize) {
    let mut by_status: HashMap<&'static str, u64> = HashMap::new();
    for one in planned {
        *by_status.entry(one.to.status.as_str()).or_default() += 1;
    }
    for (status, count) in by_status {
        metrics::counter!("worker_messages_total", "status" => status).increment(count);
    }
    metrics::counter!("worker_stale_outcomes_total")
        .increment(u64::try_from(stale).unwrap_or(u64::MAX));
}
