use chrono::Datelike;
use proptest::prelude::*;

use super::*;
use crate::rule_pack::shipped;

const TZ: Tz = chrono_tz::Asia::Shanghai;

fn pack() -> RulePack {
    RulePack::parse(shipped()[0].1).unwrap()
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn planned(start: &str, measure: Measure, term_months: u32, printed: Option<&str>) -> Plan {
    plan(&PlanInput {
        pack: &pack(),
        measure,
        term_months,
        reported_in_on: date(start),
        term_ends_on: printed.map(date),
        tz: TZ,
        calendar: &Calendar::shipped(),
    })
    .unwrap()
}

#[test]
fn vectors_of_the_real_calendar() {
    use Measure::{CommunityRehabilitation as Rehabilitation, CommunityTreatment as Treatment};
    let vectors = [
        (
            "2025-09-05",
            Treatment,
            1,
            "2025-09-05",
            "2025-10-04",
            "2025-10-09",
        ),
        (
            "2025-09-05",
            Treatment,
            4,
            "2025-12-05",
            "2026-01-04",
            "2026-01-04",
        ),
        (
            "2025-09-05",
            Treatment,
            7,
            "2026-03-05",
            "2026-04-04",
            "2026-04-07",
        ),
        (
            "2025-08-31",
            Treatment,
            6,
            "2026-01-31",
            "2026-02-27",
            "2026-02-27",
        ),
        (
            "2025-08-31",
            Treatment,
            7,
            "2026-02-28",
            "2026-03-30",
            "2026-03-30",
        ),
        (
            "2025-08-17",
            Rehabilitation,
            3,
            "2025-12-17",
            "2026-02-16",
            "2026-02-24",
        ),
    ];
    for (start, measure, sequence, opens, nominal, due) in vectors {
        let plan = planned(start, measure, 36, None);
        let item = plan
            .items
            .iter()
            .find(|item| item.sequence == sequence)
            .unwrap();
        let found = (item.opens_on, item.nominal_on, item.due_on);
        assert_eq!(
            found,
            (date(opens), date(nominal), date(due)),
            "{start} {sequence}"
        );
        assert!(!item.provisional);
    }
}

#[test]
fn the_table_gives_22_12_12_and_6_tests() {
    let count = |measure, term| planned("2022-03-01", measure, term, None).items.len();
    assert_eq!(count(Measure::CommunityTreatment, 36), 22);
    assert_eq!(count(Measure::CommunityRehabilitation, 36), 12);
    assert_eq!(count(Measure::CommunityRehabilitation, 24), 12);
    assert_eq!(count(Measure::Aftercare, 12), 6);
}

#[test]
fn every_date_says_why() {
    let plan = planned("2025-09-05", Measure::CommunityTreatment, 36, None);
    let first = &plan.items[0];
    assert_eq!(
        first.why.text,
        "Item 1, year 1 (every month, counted from the report-in on 2025-09-05): last day \
         2025-10-04 is not a working day (国庆节, 中秋节), so moved to the next working day, \
         2025-10-09."
    );
    assert_eq!(first.why.rolled_from, Some(date("2025-10-04")));
    assert_eq!((first.why.year, first.why.step_months), (Some(1), Some(1)));
    assert_eq!(
        (first.why.rule_pack.as_str(), first.why.rule_pack_version),
        ("cn-default", 1)
    );
    assert_eq!(first.grace_ends_on, date("2025-10-13"));
    assert_eq!(first.opens_at.to_rfc3339(), "2025-09-04T16:00:00+00:00");
    assert_eq!(first.closes_at.to_rfc3339(), "2025-10-09T16:00:00+00:00");
    assert_eq!(
        first.grace_ends_at.to_rfc3339(),
        "2025-10-13T16:00:00+00:00"
    );
    let make_up_workday = &plan.items[3];
    assert_eq!(make_up_workday.why.rolled_from, None);
    assert!(make_up_workday.why.text.ends_with("due on 2026-01-04."));
}

#[test]
fn a_term_ends_on_the_day_before_its_anniversary_unless_printed() {
    let default = planned("2024-02-29", Measure::Aftercare, 12, None);
    // 29 February has no anniversary in 2025: the month is clamped to the 28th.
    assert_eq!(default.term_ends_on, date("2025-02-27"));
    assert_eq!(default.items[5].nominal_on, date("2025-02-27"));
    let printed = planned("2024-02-29", Measure::Aftercare, 12, Some("2025-02-10"));
    assert_eq!(printed.term_ends_on, date("2025-02-10"));
    let last = &printed.items[5];
    assert_eq!(
        (last.nominal_on, last.due_on),
        (date("2025-02-10"), date("2025-02-10"))
    );
    assert!(last.why.cut_at_term_end && last.why.text.contains("cut at the term end"));
}

#[test]
fn a_last_day_off_at_the_term_end_moves_back_into_the_term() {
    // The term ends on 3 October 2025, inside National Day.
    let plan = planned("2024-10-04", Measure::Aftercare, 12, None);
    assert_eq!(plan.term_ends_on, date("2025-10-03"));
    let last = &plan.items[5];
    assert_eq!(
        (last.nominal_on, last.due_on),
        (date("2025-10-03"), date("2025-09-30"))
    );
    assert_eq!(last.why.roll_cause.as_deref(), Some("国庆节"));
    assert!(
        last.why
            .text
            .contains("moved back to the last working day of the term")
    );
}

#[test]
fn other_terms_are_cut_and_an_item_without_a_working_day_is_dropped() {
    let seven = planned("2025-01-10", Measure::CommunityRehabilitation, 7, None);
    assert_eq!(seven.items.len(), 4);
    assert_eq!(seven.items[3].nominal_on, date("2025-08-09"));
    assert_eq!(
        planned("2025-01-10", Measure::CommunityTreatment, 1, None)
            .items
            .len(),
        1
    );
    // Item 2 would open on Saturday 1 November 2025 and end with the term on Sunday.
    let weekend = Some("2025-11-02");
    let dropped = planned("2025-10-01", Measure::CommunityTreatment, 36, weekend);
    assert_eq!(dropped.items.len(), 1);
    // Item 2 moves from Sunday to Monday 10 January 2022, the only day item 3 would have.
    let shared_day = planned("2021-09-10", Measure::Aftercare, 5, Some("2022-01-10"));
    assert_eq!(shared_day.items.len(), 2);
    assert_eq!(shared_day.items[1].due_on, date("2022-01-10"));
}

#[test]
fn a_later_printed_end_adds_whole_steps_only() {
    let count = |printed| {
        planned("2022-03-01", Measure::Aftercare, 12, Some(printed))
            .items
            .len()
    };
    assert_eq!(count("2023-03-15"), 6);
    assert_eq!(count("2023-04-29"), 6);
    assert_eq!(count("2023-04-30"), 7);
}

#[test]
fn years_without_a_notice_are_provisional_and_settle_when_it_is_loaded() {
    let plan_with = |calendar: &Calendar| {
        plan(&PlanInput {
            pack: &pack(),
            measure: Measure::CommunityTreatment,
            term_months: 36,
            reported_in_on: date("2026-02-09"),
            term_ends_on: None,
            tz: TZ,
            calendar,
        })
        .unwrap()
    };
    let shipped = Calendar::shipped();
    let item = plan_with(&shipped).items[11].clone();
    assert_eq!((item.due_on, item.provisional), (date("2027-02-08"), true));
    assert!(item.why.provisional && item.why.text.contains("provisional"));
    let mut notice = shipped.year(2026).unwrap().clone();
    notice.year = 2027;
    notice.make_up_workdays.clear();
    notice.holidays = (5..=11)
        .filter_map(|day| NaiveDate::from_ymd_opt(2027, 2, day))
        .map(|day| (day, "春节".to_owned()))
        .collect();
    let loaded = plan_with(&shipped.with_year(notice)).items[11].clone();
    assert_eq!(
        (loaded.due_on, loaded.provisional),
        (date("2027-02-12"), false)
    );
    assert_eq!(loaded.why.roll_cause.as_deref(), Some("春节"));
}

#[test]
fn impossible_terms_and_ends_are_refused() {
    let refused = |term_months, printed: Option<&str>| {
        let refusal = plan(&PlanInput {
            pack: &pack(),
            measure: Measure::CommunityTreatment,
            term_months,
            reported_in_on: date("2025-09-05"),
            term_ends_on: printed.map(date),
            tz: TZ,
            calendar: &Calendar::shipped(),
        })
        .unwrap_err();
        (refusal.code, refusal.pointer.unwrap())
    };
    let term = (RefusalCode::InvalidTerm, "/term_months".to_owned());
    assert_eq!(refused(0, None), term);
    assert_eq!(refused(37, None), term);
    let end = (
        RefusalCode::InvalidTerm,
        "/decision/term_ends_on".to_owned(),
    );
    assert_eq!(refused(36, Some("2025-09-04")), end);
    assert_eq!(refused(36, Some("2035-09-04")), end);
}

fn any_case() -> impl Strategy<Value = (NaiveDate, Measure, u32, Option<i64>)> {
    let measure = prop_oneof![
        (Just(Measure::CommunityTreatment), 1_u32..=36),
        (Just(Measure::CommunityRehabilitation), 1_u32..=36),
        (Just(Measure::Aftercare), 1_u32..=12),
    ];
    let printed = proptest::option::of(-40_i64..=40);
    // 2019 to 2029: before, within and after the loaded notices.
    (0_i64..4000, measure, printed).prop_map(|(day, (measure, term), printed)| {
        (plus_days(date("2019-01-01"), day), measure, term, printed)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn windows_cover_the_term_in_order((start, measure, term, printed) in any_case()) {
        let (pack, calendar) = (pack(), Calendar::shipped());
        let default_end = plus_days(months_after(start, term), -1);
        let input = PlanInput {
            pack: &pack,
            measure,
            term_months: term,
            reported_in_on: start,
            term_ends_on: printed.map(|days| plus_days(default_end, days).max(start)),
            tz: TZ,
            calendar: &calendar,
        };
        let plan = plan(&input).unwrap();
        let end = plan.term_ends_on;
        let works = |day: NaiveDate| calendar.is_working_day(day);
        let any_working = |from: NaiveDate, to: NaiveDate| {
            from.iter_days().take_while(|day| *day <= to).any(works)
        };
        let mut uncovered = start;
        let mut last_due = start.pred_opt().unwrap();
        for (index, item) in plan.items.iter().enumerate() {
            prop_assert_eq!(usize::try_from(item.sequence).unwrap(), index + 1);
            // No gap and no nominal overlap: each opens on the day after the last nominal day.
            prop_assert_eq!(item.opens_on, uncovered);
            prop_assert!(item.opens_on <= item.nominal_on && item.opens_on <= item.due_on);
            prop_assert!(item.nominal_on <= end && item.due_on <= end);
            prop_assert!(works(item.due_on));
            // It only leaves its nominal day for days off, and says so.
            prop_assert_eq!(works(item.nominal_on), item.due_on == item.nominal_on);
            prop_assert_eq!(item.why.rolled_from.is_some(), item.due_on != item.nominal_on);
            prop_assert_eq!(item.why.roll_cause.is_some(), item.due_on != item.nominal_on);
            prop_assert!(!any_working(
                item.nominal_on,
                item.due_on.pred_opt().unwrap(),
            ));
            prop_assert!(item.opens_at < item.closes_at && item.closes_at <= item.grace_ends_at);
            prop_assert_eq!(item.provisional, item.why.provisional);
            prop_assert!(item.provisional || (2020..=2026).contains(&item.due_on.year()));
            uncovered = item.nominal_on.succ_opt().unwrap();
            last_due = item.due_on;
        }
        for pair in plan.items.windows(2) {
            prop_assert!(pair[0].due_on < pair[1].due_on);
            prop_assert!(pair[0].closes_at < pair[1].closes_at);
        }
        // What is not covered is shorter than a step, or a tail without a working day of its own.
        let own_days_from = uncovered.max(last_due.succ_opt().unwrap());
        let tail_is_off = uncovered <= end && !any_working(own_days_from, end);
        let beyond_the_term = end > default_end && uncovered > default_end;
        prop_assert!(uncovered > end || tail_is_off || beyond_the_term);
    }
}
