//! Claims due messages: one short unit of work that decides, renders and records attempts.

use std::collections::{BTreeMap, HashMap};

use casework::{Work, WorkError, notify};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    AttemptOutcome, Channel, MessageId, MessageKind, MessageStatus, NoProof, WechatBindingId,
    delivery::RetryPolicy,
    provider_choice::{self, WaitsFor},
};
use gateways::Outgoing;
use storage::{
    PhoneIndex, Sealer,
    attempts::{self, Attempt, Outcome, Try},
    messages::{self, Message, Settled},
};

use super::{
    NAME, bound,
    choose::{Chosen, waits},
    decide::{Decision, decide},
    load::{self, Surroundings},
    settle::LOOK_AGAIN,
    unreadable::{readable, set_aside},
};
use crate::{
    Providers,
    job::Turn,
    jobs::{
        groups::{self, Groups, call_cause, held_up},
        receipts::{Awaiting, goes_again},
        steps::lies_in_the_data,
    },
};

/// Messages of a batch at most that go one at a time: all of them have to be on their way before the lease
/// is over, though each takes as long as it may.
const MOST_IN_TURN: usize = 8;
/// When the others are due again.
const NEXT_TURN: TimeDelta = TimeDelta::seconds(1);
/// Code of an attempt that nobody was left to record the outcome of.
const CUT_OFF: &str = "cut_off";

/// A message that was claimed and may be sent.
#[derive(Debug)]
pub(super) struct Ready {
    /// As it was before the claim.
    pub message: Message,
    /// What the account gets.
    pub outgoing: Outgoing,
    /// Which account.
    pub chosen: Chosen,
    /// Its name.
    pub account: String,
    /// How it sends.
    pub channel: Channel,
    /// The binding whose credit it takes, where it takes one.
    pub credit_of: Option<WechatBindingId>,
    /// How a receipt is waited for, once it is taken.
    pub awaiting: Awaiting,
    /// Why its delivery would not show that the client was told of the date.
    pub no_proof: Option<NoProof>,
}

impl Ready {
    /// The fence the claim gave it.
    pub fn fence(&self) -> i64 {
        self.message.fence + 1
    }

    /// The number it goes to, if to a client's: 11 digits.
    pub fn client_number(&self) -> Option<&str> {
        let is_clients = self.message.client_id.is_some();
        let number = self.outgoing.recipient.strip_prefix("+86")?;
        (is_clients && provider_choice::is_text(self.channel)).then_some(number)
    }

    /// What it takes of what its client accepted, if it does: the binding, and the template.
    pub fn takes(&self) -> Option<(WechatBindingId, &str)> {
        let template = self.outgoing.template.as_ref()?;
        Some((self.credit_of?, &template.provider_template_id))
    }

    /// Attempts made, this one included.
    pub fn attempts_made(&self) -> u32 {
        u32::try_from(self.message.attempt_count)
            .unwrap_or(u32::MAX)
            .saturating_add(1)
    }
}

/// What a claim took.
#[derive(Debug)]
pub(super) struct Claimed {
    pub ready: Vec<Ready>,
    /// Messages taken, those that are not sent included.
    pub taken: usize,
    pub lease_until: DateTime<Utc>,
    /// Attempts that were cut off before their outcome: their messages may go out twice.
    cut_off: usize,
    /// Attempts that were cut off, of which the account is asked before anything goes out again.
    to_ask: usize,
    /// Messages that ended here, by state.
    ended: HashMap<MessageStatus, u64>,
}

/// Claims up to a batch of due messages for one agency.
pub(super) fn claim(turn: &Turn, retry: &RetryPolicy) -> Result<Claimed, WorkError> {
    let claimed = turn
        .context
        .write(turn.agency, turn.now, |work| take(turn, work, retry))?;
    if claimed.cut_off > 0 {
        let count = u64::try_from(claimed.cut_off).unwrap_or(u64::MAX);
        tracing::warn!(agency = %turn.agency, count, "attempts were cut off; resending under the same ids");
        metrics::counter!("worker_possible_duplicates_total").increment(count);
    }
    if claimed.to_ask > 0 {
        let count = claimed.to_ask;
        tracing::warn!(agency = %turn.agency, count, "attempts were cut off; asking before anything is sent again");
    }
    for (status, count) in &claimed.ended {
        metrics::counter!("worker_messages_total", "status" => status.as_str()).increment(*count);
    }
    for cause in claimed.ready.iter().filter_map(|ready| ready.chosen.hop) {
        metrics::counter!("worker_hops_total", "cause" => cause.as_str()).increment(1);
    }
    Ok(claimed)
}

fn take(turn: &Turn, work: &mut Work<'_, '_>, retry: &RetryPolicy) -> Result<Claimed, WorkError> {
    let settings = &turn.context.parts.settings;
    let (agency, now) = (work.agency, work.now);
    let limit = settings.claim_batch;
    let mut due = messages::lock_due(work.tx, agency, MessageStatus::Claimed, now, limit)?;
    let room = limit - i64::try_from(due.len()).unwrap_or(limit);
    if room > 0 {
        due.extend(messages::lock_due(
            work.tx,
            agency,
            MessageStatus::Scheduled,
            now,
            room,
        )?);
    }
    let lease = TimeDelta::from_std(settings.claim_lease).unwrap_or(TimeDelta::MAX);
    let mut claimed = Claimed {
        ready: Vec::with_capacity(due.len()),
        taken: due.len(),
        lease_until: now + lease,
        cut_off: 0,
        to_ask: 0,
        ended: HashMap::new(),
    };
    if due.is_empty() {
        return Ok(claimed);
    }
    let providers = &turn.context.parts.providers;
    let load = |work: &mut Work<'_, '_>, due: &[Message]| Surroundings::of(work, providers, due);
    let (mut due, mut about, bad) = readable(work, NAME, due, load)?;
    // What cannot wait comes before the summaries.
    due.sort_by_key(|message| message.kind == MessageKind::StaffDigest);
    let cut_off = close_cut_off(work, &due, &about.tries)?;
    let mut attempts = Vec::with_capacity(due.len());
    let mut groups = Groups::default();
    // Another batch of this process sends such messages: they would wait for it, and others for them.
    let is_taken = turn.context.in_turn.available_permits() == 0;
    let mut in_turn_left = if is_taken { 0 } else { MOST_IN_TURN };
    for message in bad {
        let settled = match cut_off_unread(work, &message)? {
            Some(settled) => settled,
            None => set_aside(work, &message)?,
        };
        if settled.is_final {
            *claimed.ended.entry(settled.status).or_default() += 1;
        }
        groups.add(&message, message.status, message.fence, settled);
    }
    for message in due {
        if asks_first(&message, &about, providers, now) {
            claimed.to_ask += 1;
            // Its call may have been made a moment ago, and vendors' queries lag.
            let unknown = held_up(MessageStatus::Unknown, now + LOOK_AGAIN, Some(CUT_OFF));
            groups.add(&message, message.status, message.fence, unknown);
            continue;
        }
        match decide(turn, work, &about, &message, retry)? {
            Decision::Send(ready)
                if in_turn_left == 0 && providers.one_at_a_time(ready.chosen.account) =>
            {
                providers.record(ready.chosen.account, None, now);
                let later = waits(&message, WaitsFor::Pace, now + NEXT_TURN);
                groups.add(&message, message.status, message.fence, later);
            }
            Decision::Send(ready) => {
                in_turn_left -= usize::from(providers.one_at_a_time(ready.chosen.account));
                bound::reserve(work, &mut about.bound, &ready)?;
                if let Some(client) = ready.message.client_id {
                    let account = ready.account.clone();
                    about.recent.note(client, account, work.now);
                }
                attempts.push(attempt(&ready, work.tx.sealer()));
                claimed.ready.push(*ready);
            }
            Decision::End(settled) => {
                if settled.is_final {
                    *claimed.ended.entry(settled.status).or_default() += 1;
                }
                if let Some(cause) = call_cause(&settled) {
                    notify::call_task(work, &message, cause)?;
                }
                groups.add(&message, message.status, message.fence, settled);
            }
            Decision::Postpone { until, reason } => {
                let held = (message.status, message.fence);
                messages::postpone(work.tx, agency, &[message.id], held, until, &reason, now)?;
                if let Some(again) =
                    goes_again(&message).filter(|_| held.0 == MessageStatus::Claimed)
                {
                    let waits = groups::until(MessageStatus::Scheduled, until, Some(again));
                    groups.add(&message, MessageStatus::Scheduled, message.fence, waits);
                }
            }
        }
    }
    claimed.cut_off = cut_off - claimed.to_ask;
    groups.write(work.tx, agency, now)?;
    attempts::insert_many(work.tx, &attempts)?;
    for (channel, ids) in by_channel(&attempts) {
        messages::mark_claimed(work.tx, agency, &ids, channel, claimed.lease_until, now)?;
    }
    Ok(claimed)
}

/// The messages of attempts, by the channel they go by: mostly one.
fn by_channel(attempts: &[Attempt]) -> BTreeMap<Channel, Vec<MessageId>> {
    let mut ids: BTreeMap<Channel, Vec<MessageId>> = BTreeMap::new();
    for attempt in attempts {
        ids.entry(attempt.channel)
            .or_default()
            .push(attempt.message_id);
    }
    ids
}

fn attempt(ready: &Ready, sealer: &Sealer) -> Attempt {
    let (message, outgoing) = (&ready.message, &ready.outgoing);
    Attempt {
        agency_id: message.agency_id,
        id: outgoing.attempt_id,
        message_id: message.id,
        number: message.attempt_count.saturating_add(1),
        channel: ready.channel,
        gateway: ready.account.clone(),
        fence: ready.fence(),
        text: outgoing.text.clone(),
        started_at: outgoing.sent_at,
        hop_cause: ready.chosen.hop,
        is_last: ready.chosen.is_last,
        no_proof: ready.no_proof,
        phone_index: ready
            .client_number()
            .map(|number| PhoneIndex::of(sealer, number)),
    }
}

/// Whether a message was on its way when its worker died, to an account that would not know it again, or
/// that is not in the settings any more: it is asked about, or waited for, before it is sent again.
fn asks_first(
    message: &Message,
    about: &Surroundings,
    providers: &Providers,
    now: DateTime<Utc>,
) -> bool {
    let tries = about.tries.get(&message.id).map_or(&[][..], Vec::as_slice);
    message.status == MessageStatus::Claimed
        && tries
            .last()
            .filter(|last| last.outcome.is_none())
            .is_some_and(|last| {
                let account = providers.named(&last.gateway);
                account.is_none_or(|account| !account.knows_repetition(tries, now))
            })
}

/// One that was on its way when its worker died, and of whose client, say, something cannot be read: its fate
/// is unknown, as far as its tries can be read.
fn cut_off_unread(
    work: &mut Work<'_, '_>,
    message: &Message,
) -> Result<Option<Settled>, WorkError> {
    if message.status != MessageStatus::Claimed {
        return Ok(None);
    }
    let one = std::slice::from_ref(message);
    match load::tries(work, one) {
        Err(error) if lies_in_the_data(&error) => Ok(None),
        tries => {
            close_cut_off(work, one, &tries?)?;
            let at = work.now + LOOK_AGAIN;
            Ok(Some(held_up(MessageStatus::Unknown, at, Some(CUT_OFF))))
        }
    }
}

/// Gives attempts that were cut off (the process died or hung) their outcome: unknown. Answers how
/// many.
fn close_cut_off(
    work: &mut Work<'_, '_>,
    due: &[Message],
    tries: &HashMap<MessageId, Vec<Try>>,
) -> Result<usize, WorkError> {
    let outcomes: Vec<Outcome> = due
        .iter()
        .filter(|message| message.status == MessageStatus::Claimed)
        .filter_map(|message| tries.get(&message.id))
        .flatten()
        .filter(|made| made.outcome.is_none())
        .map(|made| Outcome {
            agency_id: work.agency,
            attempt_id: made.attempt_id,
            message_id: made.message_id,
            outcome: AttemptOutcome::Unknown,
            code: Some(CUT_OFF.to_owned()),
            provider_message_id: None,
            finished_at: work.now,
        })
        .collect();
    attempts::insert_outcomes(work.tx, &outcomes)?;
    Ok(outcomes.len())
}
