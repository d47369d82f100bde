//! What becomes of a message without a receipt, or of unknown fate.

use casework::{needed, receipt::Receipt};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{HopCause, MessageStatus, delivery::RetryPolicy};
use gateways::Found;
use storage::{
    attempts::Try,
    messages::{Message, Settled},
};

use super::awaiting::Awaiting;
use crate::{
    Provider, Providers,
    jobs::{
        ask::Question,
        deliver::Surroundings,
        groups::{call, held_up, hop_on, to, until},
    },
};

/// How long after a try of unknown fate it is asked about again. Vendors' queries lag: "not found"
/// within the first minute proves nothing.
const ASKED_AGAIN: [TimeDelta; 2] = [TimeDelta::minutes(10), TimeDelta::hours(1)];
/// How long a receipt is waited for at least, once an account said that it took the message.
const AT_LEAST: TimeDelta = TimeDelta::minutes(5);

/// Why a message of unknown fate goes out again, as [`Message::status_reason`].
const PROVED_ABSENT: &str = "unknown_proved_absent";
const SENT_AGAIN: &str = "unknown_sent_again";

/// Why a message goes out again whose last try is of unknown fate, as [`Message::status_reason`]; none: it
/// goes on for a receipt, or for want of one.
pub(in crate::jobs) fn goes_again(message: &Message) -> Option<&'static str> {
    if message.status == MessageStatus::Claimed {
        // It was cut off, at an account that knows a repetition.
        return Some(SENT_AGAIN);
    }
    let reason = message.status_reason.as_deref()?;
    [PROVED_ABSENT, SENT_AGAIN]
        .into_iter()
        .find(|it| *it == reason)
}

/// A message that is followed up.
#[derive(Clone, Copy)]
pub(super) struct Following<'a> {
    pub message: &'a Message,
    /// Its tries, in the order they were made.
    tries: &'a [Try],
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
        _ => it.still_waiting().into(),
    }
}

impl<'a> Following<'a> {
    pub fn new(
        message: &'a Message,
        about: &'a Surroundings,
        providers: &'a Providers,
        now: DateTime<Utc>,
    ) -> Self {
        let tries = about.tries.get(&message.id).map_or(&[][..], Vec::as_slice);
        let last = tries.last();
        Self {
            message,
            tries,
            last,
            provider: last.and_then(|last| providers.named(&last.gateway)),
            about,
            now,
        }
    }

    /// Whether its account can be asked.
    pub fn can_be_asked(&self) -> bool {
        self.question().is_some()
    }

    /// What to ask.
    pub fn question(&self) -> Option<Question<Message>> {
        let Self { message, about, .. } = *self;
        let (provider, last) = self.provider.zip(self.last)?;
        Question::new(message.clone(), message, last, provider, about, self.now)
    }

    /// Asked about again later, until its time is over; while a delivery is on file that its vendor is
    /// being asked about, nobody else is given it.
    pub fn still_waiting(&self) -> Settled {
        let accepted = |at| until(MessageStatus::Accepted, at, None);
        if let Some(wait) = self.awaiting().filter(|wait| self.now < wait.until) {
            return accepted(wait.next_look(self.now));
        }
        match self.about.said_to_have_arrived(self.message.id, self.now) {
            Some(looked_into) => accepted(looked_into),
            None => self.without_receipt(),
        }
    }

    /// How its receipt is waited for.
    fn awaiting(&self) -> Option<Awaiting> {
        let case = self.message.case_id;
        let pack = case.and_then(|id| self.about.packs.get(&id));
        let last = self.last?;
        Some(Awaiting::new(
            pack.map(AsRef::as_ref),
            self.provider,
            last.started_at,
        ))
    }

    /// Neither delivered nor failed: only unproven. The next account or rung has its turn, or else a
    /// person phones, while that still helps.
    fn without_receipt(&self) -> Settled {
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
        // Whoever posted a receipt of this try, it was taken.
        let last = self.last.map(|last| last.attempt_id);
        let mut open = self.about.open_checks(message.id);
        let is_posted = open.any(|it| Some(it.attempt_id) == last);
        if is_posted || matches!(found, Some(Found::Taken { .. })) {
            return until(MessageStatus::Accepted, self.looked_at(), None).into();
        }
        if now >= message.not_after {
            return self.without_receipt().into();
        }
        let again = self.last.and_then(|last| {
            let mut times = ASKED_AGAIN.iter().map(|wait| last.started_at + *wait);
            times.find(|at| now < *at)
        });
        let absent = found == Some(&Found::Absent);
        let repeats = self
            .provider
            .is_some_and(|it| it.knows_repetition(self.tries, now));
        if let (false, false, Some(again)) = (absent, repeats, again) {
            let at = again.min(message.not_after);
            return held_up(MessageStatus::Unknown, at, Some("asked_about")).into();
        }
        let made = u32::try_from(message.attempt_count).unwrap_or(u32::MAX);
        if made >= RetryPolicy::default().max_attempts {
            return self.spent().into();
        }
        let reason = if absent { PROVED_ABSENT } else { SENT_AGAIN };
        Next::Settle {
            settled: held_up(MessageStatus::Scheduled, now, Some(reason)),
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

    /// When it is looked at, now that its account says it took it.
    fn looked_at(&self) -> DateTime<Utc> {
        let next = self.awaiting().map(|wait| wait.next_look(self.now));
        let least = self.now + AT_LEAST;
        next.map_or(least, |next| next.max(least))
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
            to_confirm: false,
        })
    }

    /// Whether it still helps that somebody tells the client, or the colleague.
    fn helps(&self) -> bool {
        let message = self.message;
        let case = message.case_id.and_then(|id| self.about.cases.get(&id));
        let item = message
            .appointment_id
            .and_then(|id| self.about.appointments.get(&id));
        needed::helps(message, item, case, self.now)
    }
}
