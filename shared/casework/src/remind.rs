//! The reminder ladder becomes planned messages.
//!
//! A message is planned once per (appointment, step) under a unique key, at most [`AHEAD`] before it
//! is sent, so that what is about to go out can be seen; whether it still makes sense is decided when
//! it is sent.

mod appointments;
mod report_in;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    CaseId, Channel, ClientId, MessageStatus, OfficeId,
    cadence::Window,
    calendar::Calendar,
    ladder::{self, AppointmentLadder, PlannedStep},
    local_time::Tz,
    rule_pack::RulePack,
};
use storage::{appointments::Appointment, messages::Message};

pub use self::{appointments::plan_due, report_in::plan_report_in_due};
use crate::work::Work;

/// How long before its time a message is planned.
pub const AHEAD: TimeDelta = TimeDelta::hours(24);

/// The ladder of a computed window.
pub fn steps_of_window(
    window: &Window,
    pack: &RulePack,
    calendar: &Calendar,
    tz: Tz,
) -> Vec<PlannedStep> {
    ladder::appointment_steps(&AppointmentLadder {
        pack,
        calendar,
        tz,
        opens_at: window.opens_at,
        due_on: window.due_on,
        closes_at: window.closes_at,
        grace_ends_at: window.grace_ends_at,
    })
}

/// The ladder of a stored appointment.
pub fn steps_of_appointment(
    item: &Appointment,
    pack: &RulePack,
    calendar: &Calendar,
    tz: Tz,
) -> Vec<PlannedStep> {
    ladder::appointment_steps(&AppointmentLadder {
        pack,
        calendar,
        tz,
        opens_at: item.opens_at,
        due_on: item.due_on,
        closes_at: item.closes_at,
        grace_ends_at: item.grace_ends_at,
    })
}

/// When the first step that still makes sense at `now` is to be planned; none when there is none.
pub fn first_plan_at(steps: &[PlannedStep], now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    steps.iter().find(|step| now < step.not_after).map(plan_at)
}

fn plan_at(step: &PlannedStep) -> DateTime<Utc> {
    step.planned_for - AHEAD
}

/// The steps to plan now, from the one whose turn was `from`, and when the next has its turn.
fn due(
    steps: &[PlannedStep],
    from: DateTime<Utc>,
    now: DateTime<Utc>,
) -> (Vec<&PlannedStep>, Option<DateTime<Utc>>) {
    let now_due = steps
        .iter()
        .filter(|step| from <= plan_at(step) && plan_at(step) <= now)
        .collect();
    let next = steps.iter().map(plan_at).find(|at| now < *at);
    (now_due, next)
}

/// Whom and what a planned message is about.
struct About {
    office: OfficeId,
    client: ClientId,
    case: CaseId,
    appointment: Option<domain::AppointmentId>,
    key: String,
}

/// The message of a step. One whose time is over already, because nothing ran, is kept as expired:
/// the file shows that it was not sent.
fn message(work: &mut Work<'_, '_>, about: About, step: &PlannedStep, channel: Channel) -> Message {
    let over = step.not_after <= work.now;
    Message {
        agency_id: work.agency,
        id: work.ids.next(),
        office_id: about.office,
        client_id: Some(about.client),
        staff_id: None,
        case_id: Some(about.case),
        appointment_id: about.appointment,
        dedupe_key: about.key,
        kind: step.kind,
        step: step.step.clone(),
        channel,
        status: if over {
            MessageStatus::Expired
        } else {
            MessageStatus::Scheduled
        },
        planned_for: step.planned_for,
        not_after: step.not_after,
        shifted_from: step.shifted_from,
        shift_reason: step.shift_reason.clone(),
        hop_cause: None,
        next_action_at: (!over).then_some(step.planned_for),
        attempt_count: 0,
        fence: 0,
        status_reason: over.then(|| "superseded_while_stopped".to_owned()),
        final_at: over.then_some(work.now),
        version: 1,
        created_at: work.now,
        updated_at: work.now,
    }
}
