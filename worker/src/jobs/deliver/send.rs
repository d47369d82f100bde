//! Calls the account's gateway, outside any unit of work.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::{StreamExt as _, stream};
use gateways::{Accepted, Failure, SendError};
use tokio::sync::{OwnedSemaphorePermit, mpsc::UnboundedSender};

use super::claim::Ready;
use crate::job::Context;

/// How much longer than its own time-out a gateway is given to come back.
const SLACK: Duration = Duration::from_secs(2);

/// What came of one message.
#[derive(Debug)]
pub(super) struct Sent {
    pub ready: Ready,
    pub result: Sending,
    /// Its place at the gateways, held until the result is recorded: set where sending it again would
    /// make a second message of it, so that a process that dies leaves few of those behind.
    place: Option<Place>,
}

/// A place among those at the gateways, and the turn of one that goes by itself.
#[derive(Debug)]
struct Place {
    _turn: Option<OwnedSemaphorePermit>,
    _sending: Option<OwnedSemaphorePermit>,
}

impl Sent {
    /// Whether it is to be recorded at once.
    pub fn is_urgent(&self) -> bool {
        self.place.is_some()
    }
}

/// What came of the call, or that there was none.
#[derive(Debug)]
pub(super) enum Sending {
    /// The gateway answered, or was tried in vain.
    Tried(Result<Accepted, SendError>),
    /// Too little was left of the lease: another worker might have sent it at the same time. Or what came of
    /// the one before is not recorded.
    NotTried,
}

/// Hands messages over, so many at a time, and passes on what came of each as soon as it is known. Once
/// something of that is lost (`is_lost`), none of those follows that go one at a time.
pub(super) async fn send(
    context: &Context,
    ready: Vec<Ready>,
    lease_until: DateTime<Utc>,
    came: UnboundedSender<Sent>,
    is_lost: &AtomicBool,
) {
    let concurrency = context.parts.settings.concurrency;
    let (in_turn, together): (Vec<_>, Vec<_>) = ready
        .into_iter()
        .partition(|ready| context.parts.providers.one_at_a_time(ready.chosen.account));
    let each = |ready: Vec<Ready>, at_a_time| {
        let calls = ready.into_iter();
        stream::iter(calls.map(|ready| one(context, ready, lease_until, is_lost)))
            .buffer_unordered(at_a_time)
    };
    // Those that wait for their turn keep no other waiting.
    let mut sending = stream::select(each(together, concurrency), each(in_turn, 1));
    while let Some(sent) = sending.next().await {
        if came.send(sent).is_err() {
            return;
        }
    }
}

async fn one(
    context: &Context,
    ready: Ready,
    lease_until: DateTime<Utc>,
    is_lost: &AtomicBool,
) -> Sent {
    let (providers, clock) = (&context.parts.providers, &context.parts.clock);
    let place = ready.chosen.account;
    let in_turn = providers.one_at_a_time(place);
    let held = Place {
        _turn: if in_turn {
            Arc::clone(&context.in_turn).acquire_owned().await.ok()
        } else {
            None
        },
        // Two batches may be under way, and the office's platform takes so many at once in all.
        _sending: Arc::clone(&context.sending).acquire_owned().await.ok(),
    };
    let longest = context.parts.settings.send_timeout;
    let ends_by = TimeDelta::from_std(longest)
        .ok()
        .and_then(|longest| clock.now().checked_add_signed(longest));
    let in_time = ends_by.is_some_and(|ends_by| ends_by < lease_until);
    let may_follow = !in_turn || !is_lost.load(Ordering::Relaxed);
    let Some(provider) = providers.at(place).filter(|_| in_time && may_follow) else {
        providers.record(place, None, clock.now());
        return Sent {
            ready,
            result: Sending::NotTried,
            place: None,
        };
    };
    let sending = provider.gateway.send(&ready.outgoing);
    let result = match tokio::time::timeout(longest + SLACK, sending).await {
        Ok(result) => result,
        Err(_elapsed) => Err(SendError::new(Failure::Unknown, "timeout")),
    };
    providers.record(place, Some(&result), clock.now());
    Sent {
        ready,
        result: Sending::Tried(result),
        place: Some(held).filter(|_| !provider.always_knows_repetition()),
    }
}
