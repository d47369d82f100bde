//! The caseworker's morning summary.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    Channel, MessageKind, MessageStatus, Role, StaffId, TaskStatus,
    calendar::Calendar,
    local_time::{at, local_date},
};
use storage::{
    Scope,
    messages::{self, Message},
    offices::{self, Office},
    staff, tasks,
};

use crate::{
    alerts::{ALERT_LASTS, ALERT_TIME},
    message_budgets, rules,
    work::{Work, WorkError},
};

const PAGE: i64 = 500;

/// Plans today's digest of every office where it is due; answers for how many offices.
pub fn plan_due(work: &mut Work<'_, '_>, channel: Channel) -> Result<usize, WorkError> {
    let calendar = rules::calendar(work)?;
    let mut planned = 0;
    for office in offices::list(work.tx, work.agency, None, None, PAGE)? {
        let tz = rules::zone(&office)?;
        let today = local_date(work.now, tz);
        let starts = at(today, ALERT_TIME, tz);
        let due = calendar.is_working_day(today)
            && office.last_digest_on.is_none_or(|last| last < today)
            && (starts..starts + ALERT_LASTS).contains(&work.now);
        if due && offices::claim_digest(work.tx, work.agency, office.id, today)? {
            message_budgets::tell(work, &office, today)?;
            plan_office(work, &office, today, starts, channel)?;
            planned += 1;
        }
    }
    Ok(planned)
}

/// When the next digest of an office is due, after the last one.
pub fn next_due(
    office: &Office,
    calendar: &Calendar,
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>, WorkError> {
    let tz = rules::zone(office)?;
    let today = local_date(now, tz);
    let starts = at(today, ALERT_TIME, tz);
    let open_today = calendar.is_working_day(today)
        && office.last_digest_on.is_none_or(|last| last < today)
        && now < starts + ALERT_LASTS;
    let day = if open_today {
        today
    } else {
        calendar.add_working_days(today, 1).date
    };
    Ok(at(day, ALERT_TIME, tz))
}

/// How much waits for a staff member today: open tasks due by today.
pub fn waiting_for(
    work: &mut Work<'_, '_>,
    person: StaffId,
    today: NaiveDate,
) -> Result<usize, WorkError> {
    let filter = tasks::Filter {
        assignee: Some(person),
        status: Some(TaskStatus::Open),
        due_to: Some(today),
        ..tasks::Filter::default()
    };
    Ok(tasks::list(work.tx, work.agency, Scope::default(), &filter, None, PAGE)?.len())
}

fn plan_office(
    work: &mut Work<'_, '_>,
    office: &Office,
    today: NaiveDate,
    starts: DateTime<Utc>,
    channel: Channel,
) -> Result<(), WorkError> {
    let people = staff::list(work.tx, work.agency, Some(office.id), None, PAGE)?;
    let mut planned = Vec::new();
    for person in people {
        let works_cases = matches!(person.role, Role::Caseworker | Role::Supervisor);
        if !person.active || !works_cases || person.phone.is_none() {
            continue;
        }
        if waiting_for(work, person.id, today)? == 0 {
            continue;
        }
        planned.push(Message {
            agency_id: work.agency,
            id: work.ids.next(),
            office_id: office.id,
            client_id: None,
            staff_id: Some(person.id),
            case_id: None,
            appointment_id: None,
            dedupe_key: format!("digest:{}:{today}", person.id),
            kind: MessageKind::StaffDigest,
            step: "daily".to_owned(),
            channel,
            status: MessageStatus::Scheduled,
            planned_for: starts,
            not_after: starts + ALERT_LASTS,
            shifted_from: None,
            shift_reason: None,
            hop_cause: None,
            next_action_at: Some(work.now),
            attempt_count: 0,
            fence: 0,
            status_reason: None,
            final_at: None,
            version: 1,
            created_at: work.now,
            updated_at: work.now,
        });
    }
    messages::insert_once(work.tx, &planned)?;
    Ok(())
}
