use chrono::NaiveTime;

use super::*;
use crate::{
    cadence::{MakeUpInput, PlanInput, Window, make_up, plan},
    report_in::deadline,
    rule_pack::shipped,
    words::Measure,
};

const TZ: Tz = chrono_tz::Asia::Shanghai;

fn pack() -> RulePack {
    RulePack::parse(shipped()[0].1).unwrap()
}

fn instant(text: &str) -> DateTime<Utc> {
    format!("{text}:00+08:00").parse().unwrap()
}

fn first_window(reported_in_on: &str) -> Window {
    let input = PlanInput {
        pack: &pack(),
        measure: Measure::CommunityTreatment,
        term_months: 36,
        reported_in_on: reported_in_on.parse().unwrap(),
        term_ends_on: None,
        tz: TZ,
        calendar: &Calendar::shipped(),
    };
    plan(&input).unwrap().items.swap_remove(0)
}

fn steps_of(window: &Window, pack: &RulePack) -> Vec<PlannedStep> {
    appointment_steps(&AppointmentLadder {
        pack,
        calendar: &Calendar::shipped(),
        tz: TZ,
        opens_at: window.opens_at,
        due_on: window.due_on,
        closes_at: window.closes_at,
        grace_ends_at: window.grace_ends_at,
    })
}

fn times(steps: &[PlannedStep]) -> Vec<(&str, String)> {
    let local = |step: &PlannedStep| step.planned_for.with_timezone(&TZ).format("%m-%d %H:%M");
    steps
        .iter()
        .map(|step| (step.step.as_str(), local(step).to_string()))
        .collect()
}

#[test]
fn an_ordinary_window_has_five_steps_each_giving_way_to_the_next() {
    // Due on Thursday 13 November 2025.
    let steps = steps_of(&first_window("2025-10-14"), &pack());
    let expected = [
        ("d-7", "11-06 09:00"),
        ("d-3", "11-10 09:00"),
        ("wd-1", "11-12 09:00"),
        ("d0", "11-13 09:00"),
        ("overdue", "11-14 09:00"),
    ]
    .map(|(step, time)| (step, time.to_owned()));
    assert_eq!(times(&steps), expected);
    assert_eq!(steps[0].not_after, steps[1].planned_for);
    assert_eq!(steps[3].not_after, instant("2025-11-14T00:00"));
    assert_eq!(steps[4].not_after, instant("2025-11-19T00:00"));
    assert_eq!(steps[4].kind, MessageKind::AppointmentOverdue);
    assert!(steps.iter().all(|step| step.shifted_from.is_none()));
}

#[test]
fn two_steps_at_one_instant_are_one_message() {
    // Due on Monday 10 November 2025: three days before is the working day before.
    let steps = steps_of(&first_window("2025-10-11"), &pack());
    let names: Vec<&str> = steps.iter().map(|step| step.step.as_str()).collect();
    assert_eq!(names, ["d-7", "wd-1", "d0", "overdue"]);
}

#[test]
fn over_national_day_the_step_of_the_working_day_before_comes_first() {
    // Due on 9 October 2025, the first working day after the holiday.
    let steps = steps_of(&first_window("2025-09-05"), &pack());
    let names: Vec<&str> = steps.iter().map(|step| step.step.as_str()).collect();
    assert_eq!(names, ["wd-1", "d-7", "d-3", "d0", "overdue"]);
    assert_eq!(steps[0].planned_for, instant("2025-09-30T09:00"));
    assert_eq!(steps[4].planned_for, instant("2025-10-10T09:00"));
}

#[test]
fn after_an_outage_only_the_latest_step_is_due() {
    let steps = steps_of(&first_window("2025-10-14"), &pack());
    let due = |at: &str| latest_due(&steps, instant(at)).map(|step| step.step.as_str());
    let next = |at: &str| next_after(&steps, instant(at)).map(|step| step.step.as_str());
    assert_eq!(due("2025-11-06T08:59"), None);
    assert_eq!(due("2025-11-06T09:00"), Some("d-7"));
    assert_eq!(due("2025-11-12T15:00"), Some("wd-1"));
    assert_eq!(due("2025-11-13T23:59"), Some("d0"));
    assert_eq!(due("2025-11-14T00:00"), None);
    assert_eq!(due("2025-11-14T09:00"), Some("overdue"));
    assert_eq!(due("2025-11-19T00:00"), None);
    assert_eq!(next("2025-11-06T09:00"), Some("d-3"));
    assert_eq!(next("2025-11-14T09:00"), None);
}

#[test]
fn steps_in_quiet_hours_are_shifted_and_say_so() {
    let mut pack = pack();
    pack.reminders.appointment[1].at = NaiveTime::from_hms_opt(22, 30, 0);
    pack.reminders.appointment[3].at = NaiveTime::from_hms_opt(6, 0, 0);
    let steps = steps_of(&first_window("2025-10-14"), &pack);
    assert_eq!(steps[1].planned_for, instant("2025-11-10T20:00"));
    assert_eq!(steps[1].shifted_from, Some(instant("2025-11-10T22:30")));
    assert_eq!(steps[3].planned_for, instant("2025-11-13T08:00"));
    let reason = steps[3].shift_reason.as_deref();
    assert_eq!(reason, Some("quiet hours 21:00–08:00: sent after them"));
}

#[test]
fn a_short_make_up_window_has_only_the_steps_inside_it() {
    let make_up_window = |pack: &RulePack, today: &str, due_on: &str| {
        let input = MakeUpInput {
            pack,
            measure: Measure::CommunityTreatment,
            sequence: 1,
            today: today.parse().unwrap(),
            due_on: due_on.parse().unwrap(),
            tz: TZ,
            calendar: &Calendar::shipped(),
        };
        make_up(&input).unwrap()
    };
    let mut pack = pack();
    let short = make_up_window(&pack, "2025-11-12", "2025-11-13");
    let names = |steps: Vec<PlannedStep>| -> Vec<String> {
        steps.into_iter().map(|step| step.step).collect()
    };
    assert_eq!(names(steps_of(&short, &pack)), ["wd-1", "d0", "overdue"]);
    // Without a step on the day nothing would be left: the last one is sent at the opening.
    pack.reminders.appointment.truncate(2);
    let steps = steps_of(&short, &pack);
    assert_eq!(steps[0].step, "d-3");
    assert_eq!(steps[0].planned_for, instant("2025-11-12T09:00"));
    assert_eq!(steps[0].shifted_from, Some(instant("2025-11-10T09:00")));
    assert_eq!(names(steps), ["d-3", "overdue"]);
}

#[test]
fn without_grace_days_nothing_is_sent_after_the_due_day() {
    let mut pack = pack();
    pack.grace_working_days = 0;
    let window = make_up(&MakeUpInput {
        pack: &pack,
        measure: Measure::CommunityTreatment,
        sequence: 1,
        today: "2025-11-03".parse().unwrap(),
        due_on: "2025-11-13".parse().unwrap(),
        tz: TZ,
        calendar: &Calendar::shipped(),
    })
    .unwrap();
    assert_eq!(window.grace_ends_at, window.closes_at);
    assert!(
        steps_of(&window, &pack)
            .iter()
            .all(|step| step.step != "overdue")
    );
}

#[test]
fn report_in_is_reminded_five_and_two_days_before_and_on_the_day() {
    let (pack, calendar) = (pack(), Calendar::shipped());
    let received_on = "2025-11-04".parse().unwrap();
    let last = deadline(
        received_on,
        &pack,
        Measure::CommunityTreatment,
        &calendar,
        TZ,
    );
    let steps = report_in_steps(&pack, received_on, &last, &calendar, TZ);
    let expected = [
        ("d-5", "11-14 09:00"),
        ("d-2", "11-17 09:00"),
        ("d0", "11-19 09:00"),
    ]
    .map(|(step, time)| (step, time.to_owned()));
    assert_eq!(times(&steps), expected);
    assert_eq!(steps[2].not_after, last.closes_at);
    assert!(
        steps
            .iter()
            .all(|step| step.kind == MessageKind::ReportInReminder)
    );
}
