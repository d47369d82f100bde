//! Planning and re-planning the appointments of a case.

mod deadline;
mod make_up;
mod plan;
mod provisional;
mod replan;

pub use self::{
    deadline::{set_report_in_deadline, stored_deadline},
    make_up::make_up,
    plan::plan,
    provisional::replan_provisional,
    replan::replan,
};

use chrono::NaiveDate;
use domain::{
    AppointmentId, AppointmentKind, AppointmentStatus, CaseId, NoticeProof, cadence::Window,
};
use serde::Serialize;
use storage::{appointments::Appointment, cases::Case};

use crate::{
    rules,
    work::{Work, WorkError},
};

/// What a re-plan does, or would do, to one appointment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Move {
    /// The case.
    pub case_id: CaseId,
    /// The appointment; none when it would be new.
    pub appointment_id: Option<AppointmentId>,
    /// Its place in the plan.
    pub sequence: i32,
    /// Due date before; none when it is new.
    pub from_due_on: Option<NaiveDate>,
    /// Due date after; none when it is cancelled.
    pub to_due_on: Option<NaiveDate>,
    /// Whether the date after is still provisional.
    pub provisional: bool,
    /// Why it is that date.
    pub why: String,
}

/// The appointment of a computed window.
fn appointment(
    work: &mut Work<'_, '_>,
    case: &Case,
    window: &Window,
    sequence: i32,
    next_remind_at: Option<chrono::DateTime<chrono::Utc>>,
) -> Result<Appointment, WorkError> {
    Ok(Appointment {
        agency_id: work.agency,
        id: work.ids.next(),
        case_id: case.id,
        client_id: case.client_id,
        office_id: case.office_id,
        caseworker_id: case.caseworker_id,
        kind: AppointmentKind::Test,
        sequence,
        generation: 0,
        replaces_id: None,
        opens_on: window.opens_on,
        nominal_on: window.nominal_on,
        due_on: window.due_on,
        grace_ends_on: window.grace_ends_on,
        opens_at: window.opens_at,
        closes_at: window.closes_at,
        grace_ends_at: window.grace_ends_at,
        status: AppointmentStatus::Scheduled,
        late: false,
        provisional: window.provisional,
        notified: false,
        why: why(window)?,
        notice_proof: NoticeProof::NotDue,
        number_doubted_at: None,
        label: None,
        labelled_by: None,
        labelled_at: None,
        missed_at: None,
        next_change_at: Some(window.opens_at),
        next_remind_at,
        version: 1,
        created_at: work.now,
        updated_at: work.now,
    })
}

/// Gives a stored appointment the dates of a computed window.
fn redate(
    item: &mut Appointment,
    window: &Window,
    next_remind_at: Option<chrono::DateTime<chrono::Utc>>,
) -> Result<(), WorkError> {
    if item.due_on != window.due_on {
        // Whoever confirmed it knows of the day before.
        item.notice_proof = NoticeProof::NotDue;
    }
    item.opens_on = window.opens_on;
    item.nominal_on = window.nominal_on;
    item.due_on = window.due_on;
    item.grace_ends_on = window.grace_ends_on;
    item.opens_at = window.opens_at;
    item.closes_at = window.closes_at;
    item.grace_ends_at = window.grace_ends_at;
    item.provisional = window.provisional;
    item.why = why(window)?;
    item.next_change_at = Some(window.opens_at);
    item.next_remind_at = next_remind_at;
    Ok(())
}

fn why(window: &Window) -> Result<serde_json::Value, WorkError> {
    serde_json::to_value(&window.why).map_err(|error| WorkError::corrupt(error.to_string()))
}

/// The windows a reported-in case has by its rules and a calendar.
fn windows_of(
    case: &Case,
    pack: &domain::rule_pack::RulePack,
    calendar: &domain::calendar::Calendar,
    tz: domain::local_time::Tz,
) -> Result<domain::cadence::Plan, WorkError> {
    let reported_in_on = case
        .reported_in_on
        .ok_or_else(|| WorkError::corrupt("a case is planned before its report-in"))?;
    Ok(domain::cadence::plan(&domain::cadence::PlanInput {
        pack,
        measure: case.measure,
        term_months: rules::unsigned(case.term_months)?,
        reported_in_on,
        term_ends_on: case.printed_term_ends_on,
        tz,
        calendar,
    })?)
}
