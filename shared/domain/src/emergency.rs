//! Who is told of a call for help that cannot wait, and who next while nobody takes it: it goes to the
//! next person on duty, and is no part of any case.

use chrono::{DateTime, TimeDelta, Utc};

use crate::{TaskStatus, coded};

coded! {
    /// Who is told of a call for help, in this order.
    EmergencyRound {
        /// The person responsible and the heads of the office, with whoever covers for one of them.
        Responsible = "responsible",
        /// The other caseworkers of the office.
        Colleagues = "colleagues",
        /// The heads of the area that the office lies in.
        Area = "area",
    }
}

coded! {
    /// Why somebody else is told, or nobody any more.
    EmergencyReason {
        /// Nobody took it in time.
        NotTaken = "not_taken",
        /// It was done, or is no longer to be.
        Closed = "closed",
        /// Nobody took it, and everybody was told.
        NobodyLeft = "nobody_left",
    }
}

impl EmergencyRound {
    /// Who is told after these; none after the last.
    pub const fn next(self) -> Option<Self> {
        match self {
            Self::Responsible => Some(Self::Colleagues),
            Self::Colleagues => Some(Self::Area),
            Self::Area => None,
        }
    }
}

/// What is done about a call for help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmergencyStep {
    /// Nothing before this instant (UTC).
    Wait(DateTime<Utc>),
    /// These are told.
    Tell(EmergencyRound, EmergencyReason),
    /// Nobody else is told.
    End(EmergencyReason),
}

/// What is done at `now` about a call for help of which `round` was told at `told_at`, where each is
/// given `waits` to take it (all UTC; the length is a setting, the order ours).
pub fn step(
    status: TaskStatus,
    (round, told_at): (EmergencyRound, DateTime<Utc>),
    waits: TimeDelta,
    now: DateTime<Utc>,
) -> EmergencyStep {
    if status != TaskStatus::Open {
        return EmergencyStep::End(EmergencyReason::Closed);
    }
    let until = told_at + waits;
    if now < until {
        return EmergencyStep::Wait(until);
    }
    match round.next() {
        Some(next) => EmergencyStep::Tell(next, EmergencyReason::NotTaken),
        None => EmergencyStep::End(EmergencyReason::NobodyLeft),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_given_the_time_and_then_the_next_is_told() {
        let told = DateTime::from_timestamp(1_768_465_800, 0).unwrap();
        let waits = TimeDelta::minutes(15);
        let at = |round, minutes| {
            let now = told + TimeDelta::minutes(minutes);
            step(TaskStatus::Open, (round, told), waits, now)
        };
        let (first, last) = (EmergencyRound::Responsible, EmergencyRound::Area);
        let early = EmergencyStep::Wait(told + waits);
        assert_eq!((at(first, 0), at(first, 14)), (early, early));
        let not_taken = EmergencyReason::NotTaken;
        let next = |round| EmergencyStep::Tell(round, not_taken);
        assert_eq!(at(first, 15), next(EmergencyRound::Colleagues));
        assert_eq!(at(EmergencyRound::Colleagues, 99), next(last));
        let over = EmergencyStep::End(EmergencyReason::NobodyLeft);
        assert_eq!((at(last, 14), at(last, 15)), (early, over));
    }

    #[test]
    fn what_is_closed_is_told_to_nobody() {
        let told = DateTime::from_timestamp(1_768_465_800, 0).unwrap();
        let closed = EmergencyStep::End(EmergencyReason::Closed);
        for status in [TaskStatus::Done, TaskStatus::Cancelled] {
            for round in EmergencyRound::ALL {
                let step = step(status, (*round, told), TimeDelta::zero(), told);
                assert_eq!(step, closed, "{status} {round}");
            }
        }
    }

    #[test]
    fn everybody_comes_once() {
        let mut all = vec![EmergencyRound::Responsible];
        while let Some(next) = all.last().and_then(|round| round.next()) {
            all.push(next);
        }
        assert_eq!(all, EmergencyRound::ALL);
    }
}
