//! What becomes of a message without a receipt, or of unknown fate.

use casework::{
    needed::{deadline, still_needed},
    receipt::Receipt,
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    HopCause, MessageStatus, NoticeProof,
    delivery::{MAY_ARRIVE, RetryPolicy},
};
use gateways::Found;
use storage::{
    attempts::Try,
    messages::{Message, Settled},
};

use super::ask::Question;
use crate::{
    Provider, Providers,
    jobs::{
        deliver::Surroundings,
        groups::{call, hop_on, to, until},
    },
};

/// How long after a try of unknown fate it is asked about again. Vendors' queries lag: "not found"
/// within the first minute proves nothing.
const ASKED_AGAIN: [TimeDelta; 2] = [TimeDelta::minutes(10), TimeDelta::hours(1)];
/// How long a receipt is waited for at least, once an account said that it took the message.
const AT_LEAST: TimeDelta = TimeDelta::minutes(5);
/// Hours a receipt is waited for, where no pack says it.
const RECEIPT_WAIT_HOURS: u32 = 24;

/// A message that is followed up.
#[derive(Clone, Copy)]
pub(super) struct Following<'a> {
    pub message: &'a Message,
    /// Its last try.
    last: Option<&'a Try>,
    /// The account that made it, if it is still there.
    provider: Option<&'a Provider>,
    about: &'a Surroundings,
    now: DateTime<Utc>,
}

/// What is done.
pub(super) enum Next {
    /// The message takes a state.
    Settle {
        settled: Settled,
        /// Whether it goes out again though it may have arrived.
        may_be_twice: bool,
    },
    /// The account knows what became of it.
    Receipt(Receipt),
}

impl From<Settled> for Next {
    fn from(settled: Settled) -> Self {
        Self::Settle {
            settled,
            may_be_twice: false,
        }
    }
}

/// What is done with a message, after what the account answered, if it was asked.
pub(super) fn follow_up(it: &Following<'_>, found: Option<&Found>) -> Next {
    if let Some(receipt) = found.and_then(|found| it.receipt(found)) {
        return Next::Receipt(receipt);
    }
    match it.message.status {
        MessageStatus::Unknown => it.unknown(found),
        _ => it.without_receipt().into(),
    }
}

impl<'a> Following<'a> {
    pub fn new(
        message: &'a Message,
        about: &'a Surroundings,
        providers: &'a Providers,
        now: DateTime<Utc>,
    ) -> Self {
        let last = about.tries.get(&message.id).and_then(|tries| tries.last());
        Self {
            message,
            last,
            provider: last.and_then(|last| providers.named(&last.gateway)),
            about,
            now,
        }
    }

    /// Whether its account can be asked. One that knows a repetition need not be: there it is sent
    /// again.
    pub fn can_be_asked(&self) -> bool {
        self.question().is_some()
    }

    /// What to ask.
    pub fn question(&self) -> Option<Question> {
        let provider = self
            .provider
            .filter(|provider| !provider.knows_repetition)?;
        let client = self.about.clients.get(&self.message.client_id?)?;
        Question::new(self.message, self.last?, provider, client, self.now)
    }

    /// Neither delivered nor failed: only unproven. The next account or rung has its turn, or else a
    /// person phones, while that still helps.
    pub fn without_receipt(&self) -> Settled {
        let reason = Some("no_receipt_in_time");
        let cause = HopCause::NoReceipt;
        if !self.helps() {
            return to(MessageStatus::NoReceipt, reason);
        }
        if self.last.is_some_and(|last| !last.is_last) && self.now < self.message.not_after {
            return hop_on(self.message.channel, self.now, reason, cause);
        }
        call(MessageStatus::NoReceipt, reason, cause)
    }

    /// A reminder that comes twice is a nuisance, and one that never comes may cost the client dearly:
    /// what nobody can tell for an hour is sent again, and counted.
    fn unknown(&self, found: Option<&Found>) -> Next {
        let Self { message, now, .. } = *self;
        if let Some(Found::Taken { .. }) = found {
            return until(MessageStatus::Accepted, self.receipt_until(), None).into();
        }
        if now >= message.not_after {
            return self.without_receipt().into();
        }
        let again = self.last.and_then(|last| {
            let mut times = ASKED_AGAIN.iter().map(|wait| last.started_at + *wait);
            times.find(|at| now < *at)
        });
        let absent = found == Some(&Found::Absent);
        let repeats = self.provider.is_none_or(|account| account.knows_repetition);
        if let (false, false, Some(again)) = (absent, repeats, again) {
            let at = again.min(message.not_after);
            return until(MessageStatus::Unknown, at, Some("asked_about")).into();
        }
        let made = u32::try_from(message.attempt_count).unwrap_or(u32::MAX);
        if made >= RetryPolicy::default().max_attempts {
            return self.spent().into();
        }
        let reason = if absent {
            "unknown_proved_absent"
        } else {
            "unknown_sent_again"
        };
        Next::Settle {
            settled: until(MessageStatus::Scheduled, now, Some(reason)),
            may_be_twice: !absent,
        }
    }

    fn spent(&self) -> Settled {
        let (status, reason) = (MessageStatus::TechnicalFailure, Some("tries_spent"));
        if self.helps() {
            call(status, reason, HopCause::TriesSpent)
        } else {
            to(status, reason)
        }
    }

    fn receipt_until(&self) -> DateTime<Utc> {
        let pack = self
            .message
            .case_id
            .and_then(|id| self.about.packs.get(&id));
        let hours = pack.map_or(RECEIPT_WAIT_HOURS, |pack| pack.receipt_wait_hours);
        let least = self.now + AT_LEAST;
        self.last.map_or(least, |last| {
            let wait = TimeDelta::hours(i64::from(hours)).min(MAY_ARRIVE);
            least.max(last.started_at + wait)
        })
    }

    fn receipt(&self, found: &Found) -> Option<Receipt> {
        let Found::Settled {
            outcome,
            code,
            happened_at,
            ..
        } = found
        else {
            return None;
        };
        let last = self.last?;
        Some(Receipt {
            gateway: last.gateway.clone(),
            outcome: Some(*outcome),
            message_id: Some(self.message.id),
            attempt_id: Some(last.attempt_id),
            code: code.clone(),
            happened_at: *happened_at,
        })
    }

    /// Whether it still helps that somebody tells the client.
    fn helps(&self) -> bool {
        let Self { message, now, .. } = *self;
        let Some(case) = message.case_id.and_then(|id| self.about.cases.get(&id)) else {
            return false;
        };
        let item = message
            .appointment_id
            .and_then(|id| self.about.appointments.get(&id));
        let proven = item.is_some_and(|item| item.notice_proof == NoticeProof::Proven);
        !proven
            && now < deadline(message.kind, item, case)
            && still_needed(message.kind, item, case, now).is_ok()
    }
}
