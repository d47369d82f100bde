//! The morning summary of staff.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::{
    Channel, MessageKind,
    calendar::Calendar,
    local_time::{at, local_date},
    staff_notice::off_the_mark,
};
use storage::{
    appointments, excuses, messages,
    offices::{self, Office},
    staff::{self, Staff},
    tasks,
};

use crate::{
    alerts::{ALERT_LASTS, ALERT_TIME},
    heads, message_budgets, rules,
    staff_notices::{self, Notice},
    work::{Work, WorkError},
};

const PAGE: i64 = 500;

/// How far ahead an appointment is something to be done today: staff see to it that the client comes.
pub const NEAR: TimeDelta = TimeDelta::days(7);

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

/// How much waits for a staff member today: open tasks due by today, of theirs and of whom they cover
/// for now; their clients' appointments of the next seven days; reasons for a miss that somebody has to
/// decide; and for a head what any head of the office does. Reasons whose evidence is to come wait for
/// a day of their own, of which there is a task; so do appointments that are over.
pub fn waiting_for(
    work: &mut Work<'_, '_>,
    person: &Staff,
    today: NaiveDate,
) -> Result<usize, WorkError> {
    let mut people = staff_notices::covered_by(work, person.id)?;
    people.push(person.id);
    let headed = heads::offices_of(work, person)?;
    let (agency, near) = (work.agency, work.now + NEAR);
    let waiting = tasks::count_waiting(work.tx, agency, &people, &headed, today)?
        + appointments::count_near(work.tx, agency, &people, today, (work.now, near))?
        + excuses::count_to_decide(work.tx, agency, &people, &headed)?;
    Ok(usize::try_from(waiting).unwrap_or_default())
}

fn plan_office(
    work: &mut Work<'_, '_>,
    office: &Office,
    today: NaiveDate,
    starts: DateTime<Utc>,
    channel: Channel,
) -> Result<(), WorkError> {
    let mut people = staff::list(work.tx, work.agency, Some(office.id), None, PAGE)?;
    // Who looks after several offices gets one summary, with the first of them.
    let heads = heads::all(work)?;
    people.extend(heads::of_area(&heads, office).into_iter().cloned());
    let mut planned = Vec::new();
    for person in people
        .iter()
        .filter(|person| staff_notices::is_told(person))
    {
        if waiting_for(work, person, today)? == 0 {
            continue;
        }
        let seed = person.id.uuid().as_u128();
        let notice = Notice {
            kind: MessageKind::StaffDigest,
            step: "daily",
            dedupe_key: format!("digest:{}:{today}", person.id),
            office: office.id,
            channel: staff_notices::channel(&person.notices, channel),
            planned_for: off_the_mark(person.notices.channel(), starts, seed),
            not_after: starts + ALERT_LASTS,
        };
        planned.push(notice.to(work, person));
    }
    messages::insert_once(work.tx, &planned)?;
    Ok(())
}
