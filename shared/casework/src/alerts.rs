//! The clock of escalations: who is told when nobody acts.

use chrono::{NaiveTime, TimeDelta};
use domain::{EscalationStatus, TaskKind, audit::AuditOutcome, local_time::local_date};
use storage::escalations;

use crate::{
    notify, record, rules, status,
    work::{Work, WorkError},
};

/// Local time at which staff are alerted.
pub const ALERT_TIME: NaiveTime = match NaiveTime::from_hms_opt(8, 30, 0) {
    Some(time) => time,
    None => NaiveTime::MIN,
};

/// Tells the supervisors of up to `limit` escalations that nobody acted in time; answers how many.
/// The caseworker is reminded every working day by the digest.
pub fn escalation_alerts_due(work: &mut Work<'_, '_>, limit: i64) -> Result<usize, WorkError> {
    let due = escalations::due_for_alert(work.tx, work.agency, work.now, limit)?;
    let count = due.len();
    for mut file in due {
        let unattended = matches!(
            file.status,
            EscalationStatus::Open | EscalationStatus::InReview | EscalationStatus::SignedOff
        );
        if unattended {
            let office = rules::office(work, file.office_id)?;
            let today = local_date(work.now, rules::zone(&office)?);
            let due_on = rules::calendar(work)?.working_day_on_or_after(today).date;
            notify::escalation_task(work, &file, TaskKind::UnattendedEscalation, None, due_on)?;
            let object = Some(file.id.to_string());
            record::audit(
                work,
                "alert_escalation",
                "escalation",
                object,
                AuditOutcome::Done,
                Some(file.status.as_str()),
            )?;
        }
        file.next_alert_at = None;
        status::save_escalation(work, &mut file)?;
    }
    Ok(count)
}

/// How long after the alert time of a day a digest still makes sense.
pub(crate) const ALERT_LASTS: TimeDelta = TimeDelta::hours(9);
