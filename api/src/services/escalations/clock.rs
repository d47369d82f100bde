//! By when people act on an escalation (internal rule; the days are rule-pack data).

use casework::alerts::ALERT_TIME;
use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    calendar::Calendar,
    local_time::{Tz, at, local_date},
    rule_pack::EscalationClock,
};
use storage::escalations::Escalation;

use crate::views::escalations::ClockView;

/// The calendar, zone and days that an escalation's clock runs by.
#[derive(Debug)]
pub(super) struct Clock {
    pub calendar: Calendar,
    pub tz: Tz,
    pub days: EscalationClock,
}

impl Clock {
    /// The local day `working_days` after an instant.
    pub fn day_after(&self, instant: DateTime<Utc>, working_days: u32) -> NaiveDate {
        let from = local_date(instant, self.tz);
        self.calendar
            .add_working_days(from, i64::from(working_days))
            .date
    }

    /// The instant of the alert that many working days after another.
    pub fn alert_after(&self, instant: DateTime<Utc>, working_days: u32) -> DateTime<Utc> {
        at(self.day_after(instant, working_days), ALERT_TIME, self.tz)
    }

    /// All of an escalation's deadlines.
    pub fn view(&self, file: &Escalation) -> ClockView {
        let opened_on = local_date(file.opened_at, self.tz);
        let signed = file.signed_off_at;
        ClockView {
            opened_at: file.opened_at,
            review_due_on: self.calendar.working_day_on_or_after(opened_on).date,
            unattended_at: self.alert_after(file.opened_at, self.days.unattended_working_days),
            report_due_on: signed.map(|at| self.day_after(at, self.days.report_working_days)),
            alert_on: signed.map(|at| self.day_after(at, self.days.alert_working_days)),
            next_alert_at: file.next_alert_at,
        }
    }
}
