//! How the worker stands, as its operator asks: what waits, for how long, what is held back, when jobs
//! ran, and what somebody has to look into. Figures and names of gateways; nothing about a person.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{AgencyId, MessageStatus, OfficeId};
use storage::{
    StorageError, Store, agencies,
    job_runs::{self, JobRun},
    messages::{
        self,
        figures::{self, Awaited, UnderWay},
    },
    sending_pauses,
};

/// The states in which the worker has yet to act, in the order a message passes them.
const WAITING: [MessageStatus; 4] = [
    MessageStatus::Scheduled,
    MessageStatus::Claimed,
    MessageStatus::Accepted,
    MessageStatus::Unknown,
];

/// What is too long.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// A message that was to be acted on this long ago is overdue: nobody sends it, takes back an
    /// expired claim, or follows it up.
    pub overdue: TimeDelta,
    /// No job having run for this long, no worker is at work.
    pub stale: TimeDelta,
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
pub fn read(store: &Store, now: DateTime<Utc>, limits: Limits) -> Result<Status, StorageError> {
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
                awaited: figures::awaited(tx, agency)?,
                paused_offices: sending_pauses::offices(tx, agency)?,
                paused_gateways,
            });
        }
        Ok(Status {
            at: now,
            limits,
            agencies: sending,
            jobs: job_runs::all(tx)?,
        })
    })
}

impl Sending {
    /// How long the message that is due longest has been; zero where none is due.
    pub fn queue_age(&self, now: DateTime<Utc>) -> TimeDelta {
        let scheduled = |it: &&UnderWay| it.status == MessageStatus::Scheduled;
        let earliest = self
            .under_way
            .iter()
            .find(scheduled)
            .and_then(|it| it.earliest);
        since(earliest, now)
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
        match self.jobs.iter().filter_map(|run| run.ran_at).max() {
            None => alarms.push("no job has run yet".to_owned()),
            Some(last) if self.at - last > self.limits.stale => {
                let age = (self.at - last).num_seconds();
                alarms.push(format!("no job has run for {age} seconds"));
            }
            Some(_) => {}
        }
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
mod tests {
    use super::*;

    fn status(jobs: Vec<JobRun>, overdue: Vec<(MessageStatus, i64)>) -> Status {
        let agency: AgencyId = "01985c1e-7a30-7c11-9f0e-3b1d5a7c2e44".parse().unwrap();
        let at = DateTime::UNIX_EPOCH + TimeDelta::days(1);
        Status {
            at,
            limits: Limits {
                overdue: TimeDelta::minutes(15),
                stale: TimeDelta::minutes(3),
            },
            agencies: vec![Sending {
                agency,
                under_way: vec![UnderWay {
                    status: MessageStatus::Scheduled,
                    count: 4,
                    earliest: Some(at - TimeDelta::seconds(90)),
                }],
                overdue,
                awaited: vec![Awaited {
                    gateway: "webhook".to_owned(),
                    count: 2,
                    oldest: Some(at - TimeDelta::hours(1)),
                }],
                paused_offices: Vec::new(),
                paused_gateways: vec!["aliyun".to_owned()],
            }],
            jobs,
        }
    }

    fn run(ran: i64, failed: Option<i64>) -> JobRun {
        let ago = |seconds| DateTime::UNIX_EPOCH + TimeDelta::days(1) - TimeDelta::seconds(seconds);
        JobRun {
            job: "deliver".to_owned(),
            ran_at: Some(ago(ran)),
            failed_at: failed.map(ago),
        }
    }

    #[test]
    fn what_goes_on_as_it_should_raises_no_alarm() {
        let well = status(vec![run(5, Some(3600))], Vec::new());
        assert_eq!(well.alarms(), Vec::<String>::new());
        let said = well.to_string();
        for line in [
            "queue_age_seconds 90",
            "messages scheduled 4",
            "messages unknown 0",
            "receipts webhook awaited 2 lag_seconds 3600",
            "paused gateway aliyun",
            "job deliver ran 5 seconds ago failed 3600 seconds ago",
        ] {
            assert!(said.contains(line), "{line}\n{said}");
        }
        assert!(said.ends_with("OK\n"), "{said}");
    }

    #[test]
    fn what_is_overdue_stale_or_failed_does() {
        let late = status(vec![run(5, None)], vec![(MessageStatus::Claimed, 3)]);
        assert_eq!(late.alarms().len(), 1);
        assert!(
            late.to_string()
                .contains("3 claimed messages overdue by 15 minutes")
        );
        let stale = status(vec![run(181, None)], Vec::new());
        assert_eq!(stale.alarms(), ["no job has run for 181 seconds"]);
        assert_eq!(
            status(vec![run(180, None)], Vec::new()).alarms(),
            Vec::<String>::new()
        );
        let never = status(Vec::new(), Vec::new());
        assert_eq!(never.alarms(), ["no job has run yet"]);
        let failed = status(vec![run(5, Some(5))], Vec::new());
        assert_eq!(failed.alarms(), ["job deliver: its last run failed"]);
        assert!(failed.to_string().contains("ALARM job deliver"));
    }
}
