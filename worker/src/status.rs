//! How the worker stands, as its operator asks: what waits, for how long, what is held back, when jobs
//! ran, and what somebody has to look into. Figures and names of gateways; nothing about a person.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{AgencyId, MessageStatus, OfficeId};
use platform::config::ScheduleConfig;
use storage::{
    StorageError, Store, agencies,
    job_runs::{self, JobRun},
    messages::{
        self,
        figures::{self, Awaited, HeldUp, UnderWay},
    },
    sending_pauses,
};

use crate::scheduler::last_wake_up;

/// The states in which the worker has yet to act, in the order a message passes them.
const WAITING: [MessageStatus; 4] = [
    MessageStatus::Scheduled,
    MessageStatus::Claimed,
    MessageStatus::Accepted,
    MessageStatus::Unknown,
];

/// What is too long.
#[derive(Debug, Clone)]
pub struct Limits {
    /// A message that was to be acted on this long ago is overdue: nobody sends it, takes back an
    /// expired claim, or follows it up. One that its providers hold up for as long is an alarm too.
    pub overdue: TimeDelta,
    /// A job that has not run this long after its schedule woke it is not at work.
    pub stale: TimeDelta,
    /// When jobs wake.
    pub schedule: ScheduleConfig,
}

/// How sending stands in one agency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sending {
    /// Whose.
    pub agency: AgencyId,
    /// What is yet to be acted on, by state.
    pub under_way: Vec<UnderWay>,
    /// Overdue messages that no pause holds back, by state.
    pub overdue: Vec<(MessageStatus, i64)>,
    /// Messages that their providers hold up, by the gateway that was tried last.
    pub held_up: Vec<HeldUp>,
    /// Receipts awaited, by gateway.
    pub awaited: Vec<Awaited>,
    /// Offices whose sending is paused.
    pub paused_offices: Vec<OfficeId>,
    /// Gateways by which nothing is sent, by name.
    pub paused_gateways: Vec<String>,
}

/// How everything stands.
#[derive(Debug, Clone)]
pub struct Status {
    /// When it was looked at (UTC).
    pub at: DateTime<Utc>,
    /// What is too long.
    pub limits: Limits,
    /// Agency by agency.
    pub agencies: Vec<Sending>,
    /// When jobs ran.
    pub jobs: Vec<JobRun>,
}

/// Looks at everything.
///
/// # Errors
/// When the database cannot be read.
pub fn read(store: &Store, now: DateTime<Utc>, limits: &Limits) -> Result<Status, StorageError> {
    store.read(|tx| {
        let mut sending = Vec::new();
        for agency in agencies::list_ids(tx)? {
            tx.enter(agency)?;
            let mut overdue = Vec::new();
            for status in WAITING {
                let count = messages::due_count(tx, agency, status, now - limits.overdue)?;
                if count > 0 {
                    overdue.push((status, count));
                }
            }
            let mut paused_gateways: Vec<String> =
                sending_pauses::gateways(tx, agency)?.into_iter().collect();
            paused_gateways.sort_unstable();
            sending.push(Sending {
                agency,
                under_way: figures::under_way(tx, agency)?,
                overdue,
                held_up: figures::held_up(tx, agency)?,
                awaited: figures::awaited(tx, agency)?,
                paused_offices: sending_pauses::offices(tx, agency)?,
                paused_gateways,
            });
        }
        Ok(Status {
            at: now,
            limits: limits.clone(),
            agencies: sending,
            jobs: job_runs::all(tx)?,
        })
    })
}

impl Sending {
    /// How long the message that is due longest has been; zero where none is due. One that its
    /// providers hold up stays due, though it is put off again and again.
    pub fn queue_age(&self, now: DateTime<Utc>) -> TimeDelta {
        let scheduled = |it: &&UnderWay| it.status == MessageStatus::Scheduled;
        let of_scheduled = self.under_way.iter().find(scheduled);
        let held_up = self.held_up.iter().filter_map(|it| it.since);
        let earliest = of_scheduled.and_then(|it| it.earliest);
        since(earliest.into_iter().chain(held_up).min(), now)
    }

    /// How many messages are in a state and yet to be acted on.
    pub fn count(&self, status: MessageStatus) -> i64 {
        let of = self.under_way.iter().find(|it| it.status == status);
        of.map_or(0, |it| it.count)
    }
}

/// How long ago something was; zero for what is to come or never was.
pub(crate) fn since(at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> TimeDelta {
    at.map_or(TimeDelta::zero(), |at| (now - at).max(TimeDelta::zero()))
}

impl Status {
    /// What somebody has to look into, a line each. A pause is people's will and none.
    pub fn alarms(&self) -> Vec<String> {
        let minutes = self.limits.overdue.num_minutes();
        let overdue = self.agencies.iter().flat_map(|sending| {
            sending.overdue.iter().map(move |(status, count)| {
                let agency = sending.agency;
                format!("agency {agency}: {count} {status} messages overdue by {minutes} minutes")
            })
        });
        let mut alarms: Vec<String> = overdue.collect();
        alarms.extend(self.agencies.iter().flat_map(|it| self.held_up(it)));
        alarms.extend(self.silent());
        let failed = |run: &&JobRun| run.failed_at.is_some() && run.failed_at >= run.ran_at;
        alarms.extend(
            self.jobs
                .iter()
                .filter(failed)
                .map(|run| format!("job {}: its last run failed", run.job)),
        );
        alarms
    }
}

impl Status {
    /// What providers hold up for too long, a line for each that was tried.
    fn held_up<'a>(&self, sending: &'a Sending) -> impl Iterator<Item = String> + 'a {
        let (now, limit) = (self.at, self.limits.overdue);
        let too_long = move |it: &&HeldUp| since(it.since, now) > limit;
        sending.held_up.iter().filter(too_long).map(move |it| {
            let HeldUp { count, .. } = it;
            let (agency, minutes) = (sending.agency, since(it.since, now).num_minutes());
            let tried = match &it.gateway {
                Some(gateway) => format!("last tried by {gateway}"),
                None => "not tried yet".to_owned(),
            };
            format!("agency {agency}: {count} messages held up for {minutes} minutes, {tried}")
        })
    }

    /// Jobs that did not run when their schedule woke them. That none did is said once.
    fn silent(&self) -> Vec<String> {
        let entries = self.limits.schedule.entries();
        let silent: Vec<_> = entries
            .iter()
            .filter_map(|(job, expression)| {
                let woken = last_wake_up(expression, self.at - self.limits.stale)?;
                let ran = self.jobs.iter().find(|run| run.job == *job);
                let ran_at = ran.and_then(|run| run.ran_at);
                ran_at.is_none_or(|at| at < woken).then_some((*job, ran_at))
            })
            .collect();
        let said = |who: String, ran_at: Option<DateTime<Utc>>| match ran_at {
            None => format!("{who} run yet"),
            Some(at) => format!("{who} run for {} seconds", (self.at - at).num_seconds()),
        };
        if silent.len() == entries.len() {
            let last = silent.iter().filter_map(|(_, ran_at)| *ran_at).max();
            return vec![said("no job has".to_owned(), last)];
        }
        let silent = silent.into_iter();
        silent
            .map(|(job, ran_at)| said(format!("job {job} has not"), ran_at))
            .collect()
    }
}

/// A line per figure, for people and for simple machines.
impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let now = self.at;
        for sending in &self.agencies {
            let agency = sending.agency;
            writeln!(f, "agency {agency}")?;
            let age = sending.queue_age(now).num_seconds();
            writeln!(f, "  queue_age_seconds {age}")?;
            for status in WAITING {
                writeln!(f, "  messages {status} {}", sending.count(status))?;
            }
            for held in &sending.held_up {
                let gateway = held.gateway.as_deref().unwrap_or("-");
                let (count, age) = (held.count, since(held.since, now).num_seconds());
                writeln!(
                    f,
                    "  held_up {gateway} messages {count} longest_seconds {age}"
                )?;
            }
            for awaited in &sending.awaited {
                let Awaited {
                    gateway,
                    count,
                    oldest,
                } = awaited;
                let lag = since(*oldest, now).num_seconds();
                writeln!(f, "  receipts {gateway} awaited {count} lag_seconds {lag}")?;
            }
            for office in &sending.paused_offices {
                writeln!(f, "  paused office {office}")?;
            }
            for gateway in &sending.paused_gateways {
                writeln!(f, "  paused gateway {gateway}")?;
            }
        }
        for run in &self.jobs {
            write!(f, "job {}", run.job)?;
            if let Some(at) = run.ran_at {
                write!(f, " ran {} seconds ago", (now - at).num_seconds())?;
            }
            if let Some(at) = run.failed_at {
                write!(f, " failed {} seconds ago", (now - at).num_seconds())?;
            }
            writeln!(f)?;
        }
        let alarms = self.alarms();
        for alarm in &alarms {
            writeln!(f, "ALARM {alarm}")?;
        }
        if alarms.is_empty() {
            writeln!(f, "OK")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
