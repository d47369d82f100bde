//! When time may leap, and where to.

use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};
use domain::MessageStatus;
use storage::{
    gateway_posts,
    messages::figures::{self, UnderWay},
    receipt_checks,
};

use crate::TestApp;

/// Nothing may begin between the look and the leap: a lease would run out under a worker's hands.
const ROOM: TimeDelta = TimeDelta::seconds(2);

/// The leaps of a soak, and how late messages were on the way.
#[derive(Debug, Default)]
pub(super) struct Leaps {
    /// How many there were.
    pub count: usize,
    /// How long the message waited that waited longest past its time, or past the leap over it.
    pub longest_wait: TimeDelta,
    to: Option<DateTime<Utc>>,
}

/// What is under way, by state.
pub(super) fn waiting(app: &TestApp) -> Vec<UnderWay> {
    let agency = app.seed().agency;
    let waiting = app.store().read(|tx| figures::under_way(tx, agency));
    waiting.unwrap()
}

/// When something that vendors posted is acted on, or asked about, next (UTC).
pub(super) fn next_post(app: &TestApp) -> Option<DateTime<Utc>> {
    let agency = app.seed().agency;
    let posted = app.store().read(gateway_posts::next_due).unwrap();
    let asked = app.store().read(|tx| receipt_checks::next_due(tx, agency));
    posted.into_iter().chain(asked.unwrap()).min()
}

impl Leaps {
    /// Where time leaps to, if nothing is due: to what is next. Things close to each other are done
    /// together; a minute is little to a vendor that knows a repetition for ten.
    pub fn next(
        &mut self,
        waiting: &[UnderWay],
        receipts: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Option<DateTime<Utc>> {
        let of = |status| waiting.iter().find(|it| it.status == status);
        let due = of(MessageStatus::Scheduled).and_then(|it| it.earliest);
        if let Some(due) = due
            .max(self.to)
            .filter(|since| due.is_some() && *since < now)
        {
            self.longest_wait = self.longest_wait.max(now - due);
        }
        let earliest = waiting.iter().filter_map(|it| it.earliest);
        let next = earliest.chain(receipts).min()?;
        if of(MessageStatus::Claimed).is_some() || next < now + ROOM {
            return None;
        }
        let grains = waiting.iter().filter_map(|it| {
            let minutes = match it.status {
                MessageStatus::Accepted => 15,
                _ => 1,
            };
            Some(end_of(it.earliest?, TimeDelta::minutes(minutes)))
        });
        let receipts = receipts.map(|at| end_of(at, TimeDelta::minutes(5)));
        self.count += 1;
        self.to = grains.chain(receipts).min();
        self.to
    }
}

/// The end of the span of time that an instant lies in.
fn end_of(at: DateTime<Utc>, span: TimeDelta) -> DateTime<Utc> {
    at.duration_trunc(span).unwrap() + span
}
