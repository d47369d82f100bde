//! Re-planning an agency after a year's holiday notice was loaded.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use domain::{AppointmentStatus, CaseStatus, calendar::Calendar, case_status};
use storage::{
    Scope,
    appointments::{self, Filter, Position},
    cases,
};

use super::{Move, replan, set_report_in_deadline};
use crate::{
    rules, status,
    work::{Work, WorkError},
};

const PAGE: i64 = 500;
/// Holidays and grace days reach this far over the turn of the year.
const REACH_DAYS: u64 = 31;

/// Re-plans every case of the agency with a future, un-notified date in or near `year` by the given
/// calendar. Answers what moves; with `dry_run` stores nothing.
pub fn replan_provisional(
    work: &mut Work<'_, '_>,
    calendar: &Calendar,
    year: i32,
    dry_run: bool,
) -> Result<Vec<Move>, WorkError> {
    let mut moves = Vec::new();
    for id in cases_touching(work, year)? {
        let Some(case) = cases::get(work.tx, work.agency, Scope::default(), id)? else {
            continue;
        };
        if !case_status::is_live(case.status) {
            continue;
        }
        let office = rules::office(work, case.office_id)?;
        let pack = rules::pack(work, &case.rule_pack, case.rule_pack_version)?;
        let tz = rules::zone(&office)?;
        moves.extend(replan(work, &case, &pack, calendar, tz, dry_run)?);
    }
    moves.extend(report_in_deadlines(work, calendar, dry_run)?);
    Ok(moves)
}

fn cases_touching(
    work: &mut Work<'_, '_>,
    year: i32,
) -> Result<BTreeSet<domain::CaseId>, WorkError> {
    let edge = |year, month, day| NaiveDate::from_ymd_opt(year, month, day);
    let filter = Filter {
        statuses: vec![AppointmentStatus::Scheduled],
        due_from: edge(year, 1, 1).and_then(|date| date.checked_sub_days(Days::new(REACH_DAYS))),
        due_to: edge(year, 12, 31).and_then(|date| date.checked_add_days(Days::new(REACH_DAYS))),
        ..Filter::default()
    };
    let mut found = BTreeSet::new();
    let mut after: Option<Position> = None;
    loop {
        let page =
            appointments::list(work.tx, work.agency, Scope::default(), &filter, after, PAGE)?;
        found.extend(
            page.iter()
                .filter(|item| !item.notified)
                .map(|item| item.case_id),
        );
        match page.last() {
            Some(last) => {
                after = Some(Position {
                    due_on: last.due_on,
                    id: last.id,
                });
            }
            None => return Ok(found),
        }
    }
}

fn report_in_deadlines(
    work: &mut Work<'_, '_>,
    calendar: &Calendar,
    dry_run: bool,
) -> Result<Vec<Move>, WorkError> {
    let filter = cases::Filter {
        status: Some(CaseStatus::Ordered),
        ..cases::Filter::default()
    };
    let mut moves = Vec::new();
    let mut after = None;
    loop {
        let page = cases::list(work.tx, work.agency, Scope::default(), &filter, after, PAGE)?;
        let Some(last) = page.last() else {
            return Ok(moves);
        };
        after = Some(last.id);
        for mut case in page.into_iter().filter(|case| case.report_in_provisional) {
            let before = case.report_in_due_on;
            let office = rules::office(work, case.office_id)?;
            let pack = rules::pack(work, &case.rule_pack, case.rule_pack_version)?;
            set_report_in_deadline(work, &mut case, &pack, calendar, rules::zone(&office)?)?;
            if case.report_in_due_on != before {
                let deadline = super::stored_deadline(&case)?;
                moves.push(Move {
                    case_id: case.id,
                    appointment_id: None,
                    sequence: 0,
                    from_due_on: Some(before),
                    to_due_on: Some(deadline.due_on),
                    provisional: deadline.provisional,
                    why: deadline.why.text,
                });
            }
            if !dry_run {
                status::save_case(work, &mut case)?;
            }
        }
    }
}
