//! What each member of staff was sent in the last minute.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::StaffId;

const A_MINUTE: TimeDelta = TimeDelta::minutes(1);

/// By one account, which may drop without a word what is too much for a minute.
#[derive(Debug)]
pub(super) struct People {
    most: usize,
    /// Oldest first; who got nothing for a minute is not in it.
    sent: HashMap<StaffId, Vec<DateTime<Utc>>>,
}

impl People {
    /// At most so many each in a minute.
    pub fn new(most: usize) -> Self {
        Self {
            most: most.max(1),
            sent: HashMap::new(),
        }
    }

    /// When somebody may be sent the next (UTC); none: now.
    pub fn rests_until(&self, who: StaffId, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let sent = self.sent.get(&who)?;
        let until = *sent.get(sent.len().checked_sub(self.most)?)? + A_MINUTE;
        (now < until).then_some(until)
    }

    /// Somebody is sent one.
    pub fn take(&mut self, who: StaffId, now: DateTime<Utc>) {
        self.sent.entry(who).or_default().push(now);
        self.sent.retain(|_, sent| {
            sent.retain(|at| now < *at + A_MINUTE);
            !sent.is_empty()
        });
    }
}
