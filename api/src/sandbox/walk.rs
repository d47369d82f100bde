//! Moving the clock, with stops wherever a job has work.

use std::collections::BTreeMap;

use chrono::{DateTime, Months, TimeDelta, Utc};

use super::{JobsFailed, Sandbox};

/// Longest walk, in months: longer than any case.
const LONGEST: Months = Months::new(60);
/// Most stops of one walk; the rest of the way takes another one.
const MOST_STOPS: usize = 20_000;
/// The step past an instant whose work no job took up, so that a walk always ends.
const PAST_STANDSTILL: TimeDelta = TimeDelta::hours(1);

/// What happened on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walk {
    /// Where the clock stood (UTC).
    pub from: DateTime<Utc>,
    /// Where it stands now (UTC).
    pub to: DateTime<Utc>,
    /// Instants at which the jobs were run.
    pub stops: usize,
    /// Whether it stands where it was to go.
    pub arrived: bool,
    /// Rows that each job acted on; jobs that did nothing are left out.
    pub jobs: BTreeMap<&'static str, usize>,
}

/// Why the clock does not move, or not all the way.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Cannot {
    /// What happened has happened.
    #[error("the clock stands at {0} and goes only forwards")]
    Backwards(DateTime<Utc>),
    /// More than five years.
    #[error("the clock goes at most five years at a time")]
    TooFar,
    /// A job failed at an instant; the clock stands there.
    #[error(transparent)]
    Jobs(#[from] JobsFailed),
}

impl Sandbox {
    /// Moves the clock to `target` (UTC) and runs the jobs at every instant at which one has work,
    /// first at the present one and last at `target`.
    ///
    /// # Errors
    /// [`Cannot`]; the clock then stands where it got to.
    pub async fn walk_to(&self, target: DateTime<Utc>) -> Result<Walk, Cannot> {
        let _moving = self.moving.lock().await;
        let from = self.clock.now();
        if target < from {
            return Err(Cannot::Backwards(from));
        }
        if from
            .checked_add_months(LONGEST)
            .is_none_or(|far| target > far)
        {
            return Err(Cannot::TooFar);
        }
        let mut walk = Walk {
            from,
            to: from,
            stops: 0,
            arrived: false,
            jobs: BTreeMap::new(),
        };
        loop {
            for run in (self.jobs.run_until_idle)().await? {
                *walk.jobs.entry(run.job).or_default() += run.acted_on;
            }
            walk.stops += 1;
            walk.to = self.clock.now();
            walk.arrived = walk.to >= target;
            if walk.arrived || walk.stops >= MOST_STOPS {
                return Ok(walk);
            }
            let next = match (self.jobs.next_due)().await? {
                Some(next) if next > walk.to => next,
                Some(next) => {
                    tracing::warn!(%next, now = %walk.to, "no job took up work that is due");
                    walk.to + PAST_STANDSTILL
                }
                None => target,
            };
            self.clock.set(next.min(target));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use gateways::RecordingGateway;
    use platform::Clock;

    use super::*;
    use crate::sandbox::{JobRun, Jobs};

    fn instant(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    /// A sandbox with one job that has work at `due`.
    fn sandbox(due: &[&str]) -> Sandbox {
        let (_, clock) = Clock::manual(instant("2025-09-01T00:00:00Z"));
        let due: Arc<Mutex<Vec<_>>> =
            Arc::new(Mutex::new(due.iter().map(|text| instant(text)).collect()));
        let (left, hands) = (Arc::clone(&due), Arc::clone(&clock));
        let jobs = Jobs {
            run_until_idle: Box::new(move || {
                let mut due = left.lock().unwrap();
                let before = due.len();
                due.retain(|at| *at > hands.now());
                let acted_on = before - due.len();
                Box::pin(async move {
                    Ok(vec![JobRun {
                        job: "remind",
                        acted_on,
                    }])
                })
            }),
            next_due: Box::new(move || {
                let next = due.lock().unwrap().iter().min().copied();
                Box::pin(async move { Ok(next) })
            }),
        };
        Sandbox::new(clock, RecordingGateway::new(10), jobs)
    }

    #[tokio::test]
    async fn it_stops_where_work_is_due_and_ends_at_the_target() {
        let sandbox = sandbox(&[
            "2025-09-02T01:00:00Z",
            "2025-09-05T01:00:00Z",
            "2025-12-01T00:00:00Z",
        ]);
        let target = instant("2025-10-01T00:00:00Z");
        let walk = sandbox.walk_to(target).await.unwrap();
        assert_eq!((walk.stops, walk.arrived, walk.to), (4, true, target));
        assert_eq!(walk.jobs, BTreeMap::from([("remind", 2)]));
        assert_eq!(sandbox.now(), target);
    }

    #[tokio::test]
    async fn it_goes_neither_back_nor_beyond_five_years() {
        let sandbox = sandbox(&[]);
        let back = sandbox.walk_to(instant("2025-08-31T00:00:00Z")).await;
        assert!(matches!(back, Err(Cannot::Backwards(_))));
        let far = sandbox.walk_to(instant("2030-09-01T00:00:01Z")).await;
        assert_eq!(far, Err(Cannot::TooFar));
        assert_eq!(sandbox.now(), instant("2025-09-01T00:00:00Z"));
    }
}
