//! Prepares the morning summary of staff.

use casework::{
    WorkError,
    alerts::{self, ALERT_TIME},
    digest,
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    AgencyId,
    local_time::{Tz, at, local_date},
};
use storage::{StorageError, Tx, offices};

use crate::{
    job::{Batch, Job, Running, Turn},
    jobs::steps::lies_in_the_data,
    runner::blocking,
};

/// More offices than an agency has.
const OFFICES: i64 = 1000;

#[derive(Debug)]
pub(super) struct Digest;

impl Job for Digest {
    fn name(&self) -> &'static str {
        "digest"
    }

    fn batch(&self, turn: Turn) -> Running<'_> {
        Box::pin(async move {
            let acted_on = blocking(move || plan(&turn)).await?;
            Ok(Batch {
                acted_on,
                more: false,
            })
        })
    }

    /// The next morning at one of the agency's offices, also on days off: which days are working
    /// days is for the planning to say.
    fn next_due(
        &self,
        tx: &mut Tx<'_>,
        agency: AgencyId,
        now: DateTime<Utc>,
    ) -> Result<Option<DateTime<Utc>>, StorageError> {
        let offices = offices::list(tx, agency, None, None, OFFICES)?;
        let zones = offices
            .iter()
            .filter_map(|office| office.timezone.parse().ok());
        Ok(zones.map(|zone| next_morning(now, zone)).min())
    }

    /// From the morning on, at an office that had none today.
    fn is_due(
        &self,
        tx: &mut Tx<'_>,
        agency: AgencyId,
        now: DateTime<Utc>,
    ) -> Result<bool, StorageError> {
        let offices = offices::list(tx, agency, None, None, OFFICES)?;
        Ok(offices.iter().any(|office| {
            let Ok(zone) = office.timezone.parse::<Tz>() else {
                return false;
            };
            let today = local_date(now, zone);
            let waits = office.last_digest_on.is_none_or(|last| last < today);
            waits && at(today, ALERT_TIME, zone) <= now
        }))
    }
}

/// Who is told of an escalation this morning reads of it in the summary: so what is due for telling
/// comes first, whether the job that tells of it has run or not. A bad row keeps nobody from the summary.
fn plan(turn: &Turn) -> Result<usize, WorkError> {
    let (context, limit) = (&turn.context, turn.context.parts.settings.job_batch);
    let told = context.write(turn.agency, turn.now, |work| {
        alerts::escalation_alerts_due(work, limit)
    });
    match told {
        Err(error) if lies_in_the_data(&error) => {
            tracing::error!(agency = %turn.agency, %error, "escalations are not told of");
        }
        told => drop(told?),
    }
    let channel = context.parts.providers.channel();
    context.write(turn.agency, turn.now, |work| {
        digest::plan_due(work, channel)
    })
}

fn next_morning(now: DateTime<Utc>, zone: Tz) -> DateTime<Utc> {
    let today = at(local_date(now, zone), ALERT_TIME, zone);
    if today > now {
        return today;
    }
    at(local_date(now + TimeDelta::days(1), zone), ALERT_TIME, zone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_morning_is_after_now() {
        let zone = chrono_tz::Asia::Shanghai;
        let next = |now: &str| next_morning(now.parse().unwrap(), zone).to_rfc3339();
        assert_eq!(next("2026-01-01T00:29:59Z"), "2026-01-01T00:30:00+00:00");
        assert_eq!(next("2026-01-01T00:30:00Z"), "2026-01-02T00:30:00+00:00");
        assert_eq!(next("2026-01-01T16:00:00Z"), "2026-01-02T00:30:00+00:00");
    }
}
