//! What the reminder ladders and the quiet hours of a pack must satisfy.

use super::{Faults, unique};
use crate::rule_pack::{RulePack, StepRule};

pub(super) fn check(pack: &RulePack, faults: &mut Faults) {
    let quiet = pack.quiet_hours;
    // A step inside them is allowed: it is shifted, and the shift recorded.
    faults.add_if(
        quiet.from <= quiet.until,
        "/quiet_hours",
        "quiet hours run over midnight: `from` is later in the day than `until`",
    );
    let reminders = &pack.reminders;
    let ladders = [
        ("appointment", &reminders.appointment, false),
        ("overdue", &reminders.overdue, true),
        ("report_in", &reminders.report_in, false),
        ("leave_return", &reminders.leave_return, false),
    ];
    for (name, ladder, after_due) in ladders {
        let pointer = format!("/reminders/{name}");
        faults.add_if(
            ladder.is_empty() && (name == "appointment" || name == "report_in"),
            &pointer,
            format!("{name} needs at least one step"),
        );
        for (index, rule) in ladder.iter().enumerate() {
            step_rule(rule, after_due, &format!("{pointer}/{index}"), faults);
        }
        let field = format!("reminders/{name}");
        unique(
            &field,
            "step",
            ladder.iter().map(|rule| rule.step.as_str()),
            faults,
        );
    }
    // A message is known by appointment and step, so the two ladders of an appointment share names.
    for (index, rule) in reminders.overdue.iter().enumerate() {
        faults.add_if(
            reminders
                .appointment
                .iter()
                .any(|other| other.step == rule.step),
            format!("/reminders/overdue/{index}/step"),
            format!(
                "step {} is also in the ladder before the due day",
                rule.step
            ),
        );
    }
}

fn step_rule(rule: &StepRule, after_due: bool, pointer: &str, faults: &mut Faults) {
    let step = &rule.step;
    let ((Some(offset), None) | (None, Some(offset))) = (rule.days, rule.working_days) else {
        faults.add(
            pointer,
            format!("step {step} has either `days` or `working_days`"),
        );
        return;
    };
    faults.add_if(
        !after_due && !(-60..=0).contains(&offset),
        pointer,
        format!("step {step} must be on or before the due day, at most 60 days"),
    );
    faults.add_if(
        after_due && !(1..=60).contains(&offset),
        pointer,
        format!("step {step} must be after the due day, at most 60 days"),
    );
}
