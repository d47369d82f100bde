//! The reminder ladder: which steps are sent when, and until when each still makes sense.
//!
//! Planned once and decided late: the worker looks at what is planned, and after an outage sends
//! only the latest step that still applies ([`latest_due`]), never the backlog.

mod quiet;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

pub use quiet::{Shift, out_of_quiet_hours, quiet_until};

use crate::{
    calendar::Calendar,
    local_time::{self, Tz, local_date, plus_days, start_of_day},
    report_in::ReportInDeadline,
    rule_pack::{RulePack, StepRule},
    words::MessageKind,
};

/// One step of a ladder with its time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct PlannedStep {
    /// Name of the step in the rule pack, such as `d-7`.
    pub step: String,
    /// What the message is about.
    pub kind: MessageKind,
    /// When it is sent.
    pub planned_for: DateTime<Utc>,
    /// From then on it is not sent any more: the next step has its turn, or the time is over.
    pub not_after: DateTime<Utc>,
    /// When it would have been sent, if that was moved.
    pub shifted_from: Option<DateTime<Utc>>,
    /// Why it was moved.
    pub shift_reason: Option<String>,
}

/// What the ladder of an appointment depends on: the stored window and the rules of the case.
#[derive(Debug, Clone, Copy)]
pub struct AppointmentLadder<'a> {
    /// The rules the case was given.
    pub pack: &'a RulePack,
    /// Working days.
    pub calendar: &'a Calendar,
    /// The office's time zone.
    pub tz: Tz,
    /// When the window opens; nothing is sent before.
    pub opens_at: DateTime<Utc>,
    /// The last local day.
    pub due_on: NaiveDate,
    /// When the window closes.
    pub closes_at: DateTime<Utc>,
    /// When a late test stops to complete the item.
    pub grace_ends_at: DateTime<Utc>,
}

/// The steps of an appointment, in the order they are sent.
///
/// A step gives way to the next one; the last one on or before the due day to the closing of the
/// window, the overdue step to the end of the grace days. Two steps at the same instant are one
/// message: the later in the pack stays. A step before the window opens is left out, unless none
/// would be left: then the last one is sent when the window opens.
pub fn appointment_steps(input: &AppointmentLadder<'_>) -> Vec<PlannedStep> {
    let before = Ladder {
        pack: input.pack,
        calendar: input.calendar,
        tz: input.tz,
        kind: MessageKind::AppointmentReminder,
        opens_at: input.opens_at,
        due_on: input.due_on,
        ends_at: input.closes_at,
    };
    let after = Ladder {
        kind: MessageKind::AppointmentOverdue,
        opens_at: input.closes_at,
        ends_at: input.grace_ends_at,
        ..before
    };
    let mut steps = before.steps(&input.pack.reminders.appointment);
    steps.extend(after.steps(&input.pack.reminders.overdue));
    steps
}

/// The steps before the last day for reporting in, after a decision received on the local day
/// `received_on`.
pub fn report_in_steps(
    pack: &RulePack,
    received_on: NaiveDate,
    deadline: &ReportInDeadline,
    calendar: &Calendar,
    tz: Tz,
) -> Vec<PlannedStep> {
    let ladder = Ladder {
        pack,
        calendar,
        tz,
        kind: MessageKind::ReportInReminder,
        opens_at: start_of_day(received_on, tz),
        due_on: deadline.due_on,
        ends_at: deadline.closes_at,
    };
    ladder.steps(&pack.reminders.report_in)
}

/// The step to be sent at `now`: the latest whose time has come and has not passed.
pub fn latest_due(steps: &[PlannedStep], now: DateTime<Utc>) -> Option<&PlannedStep> {
    steps
        .iter()
        .rev()
        .find(|step| step.planned_for <= now && now < step.not_after)
}

/// The first step after `now`.
pub fn next_after(steps: &[PlannedStep], now: DateTime<Utc>) -> Option<&PlannedStep> {
    steps.iter().find(|step| step.planned_for > now)
}

/// One ladder: its rules' surroundings, and the span of time it lives in.
#[derive(Clone, Copy)]
struct Ladder<'a> {
    pack: &'a RulePack,
    calendar: &'a Calendar,
    tz: Tz,
    kind: MessageKind,
    opens_at: DateTime<Utc>,
    due_on: NaiveDate,
    ends_at: DateTime<Utc>,
}

impl Ladder<'_> {
    fn steps(&self, rules: &[StepRule]) -> Vec<PlannedStep> {
        let mut steps: Vec<PlannedStep> = rules.iter().map(|rule| self.step(rule)).collect();
        // Stable: of two at the same instant the later in the pack comes last and wins.
        steps.sort_by_key(|step| step.planned_for);
        let last = steps.last().cloned();
        steps.retain(|step| step.planned_for >= self.opens_at);
        if steps.is_empty() {
            steps.extend(last.map(|step| self.at_opening(step)));
        }
        let mut not_after = self.ends_at;
        for step in steps.iter_mut().rev() {
            step.not_after = not_after;
            not_after = not_after.min(step.planned_for);
        }
        steps.retain(|step| step.planned_for < step.not_after);
        steps
    }

    fn step(&self, rule: &StepRule) -> PlannedStep {
        let day = match rule.working_days {
            Some(days) => self.calendar.add_working_days(self.due_on, days).date,
            None => plus_days(self.due_on, rule.days.unwrap_or(0)),
        };
        let wanted = local_time::at(day, rule.at.unwrap_or(self.pack.send_at), self.tz);
        let shift = out_of_quiet_hours(wanted, self.ends_at, self.pack.quiet_hours, self.tz);
        PlannedStep {
            step: rule.step.clone(),
            kind: self.kind,
            planned_for: shift.as_ref().map_or(wanted, |shift| shift.to),
            not_after: self.ends_at,
            shifted_from: shift.as_ref().map(|_| wanted),
            shift_reason: shift.map(|shift| shift.reason),
        }
    }

    fn at_opening(&self, step: PlannedStep) -> PlannedStep {
        let day = local_date(self.opens_at, self.tz);
        let wanted = local_time::at(day, self.pack.send_at, self.tz).max(self.opens_at);
        let shift = out_of_quiet_hours(wanted, self.ends_at, self.pack.quiet_hours, self.tz);
        PlannedStep {
            planned_for: shift.map_or(wanted, |shift| shift.to),
            shifted_from: Some(step.shifted_from.unwrap_or(step.planned_for)),
            shift_reason: Some("the window opens later".to_owned()),
            ..step
        }
    }
}

#[cfg(test)]
mod tests;
