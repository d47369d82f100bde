//! What a pack must satisfy beyond its form. Every fault is found, none stops the search.

mod ladders;

use std::collections::BTreeSet;

use super::{Cadence, LONGEST_TERM_MONTHS, RulePack};

/// A fault of content and the JSON pointer of its field.
pub(super) struct Fault {
    pub pointer: String,
    pub message: String,
}

#[derive(Default)]
struct Faults(Vec<Fault>);

impl Faults {
    fn add(&mut self, pointer: impl Into<String>, message: impl Into<String>) {
        self.0.push(Fault {
            pointer: pointer.into(),
            message: message.into(),
        });
    }

    fn add_if(&mut self, wrong: bool, pointer: impl Into<String>, message: impl Into<String>) {
        if wrong {
            self.add(pointer, message);
        }
    }
}

pub(super) fn check(pack: &RulePack) -> Vec<Fault> {
    let mut faults = Faults::default();
    head(pack, &mut faults);
    numbers(pack, &mut faults);
    cadences(pack, &mut faults);
    ladders::check(pack, &mut faults);
    codes_and_texts(pack, &mut faults);
    faults.0
}

fn head(pack: &RulePack, faults: &mut Faults) {
    faults.add_if(
        !is_code(&pack.id),
        "/id",
        "id is 1 to 64 lower-case letters, digits, `-` or `_`",
    );
    faults.add_if(pack.version == 0, "/version", "version counts from 1");
    faults.add_if(is_blank(&pack.title), "/title", "title is empty");
    faults.add_if(
        is_blank(&pack.citation),
        "/citation",
        "citation is empty: name the documents",
    );
    faults.add_if(
        pack.effective_to
            .is_some_and(|last| last < pack.effective_from),
        "/effective_to",
        "effective_to is before effective_from",
    );
}

fn numbers(pack: &RulePack, faults: &mut Faults) {
    let by_measure = pack
        .report_in_days_by_measure
        .iter()
        .map(|(measure, days)| (format!("report_in_days_by_measure/{measure}"), *days, 1, 60));
    let numbers = [
        ("report_in_days", pack.report_in_days, 1, 60),
        ("grace_working_days", pack.grace_working_days, 0, 30),
        ("receipt_wait_hours", pack.receipt_wait_hours, 1, 168),
        (
            "delivery_failures_before_call",
            pack.delivery_failures_before_call,
            1,
            10,
        ),
        (
            "thresholds/missed_tests",
            pack.thresholds.missed_tests,
            1,
            100,
        ),
        (
            "thresholds/unauthorised_departures",
            pack.thresholds.unauthorised_departures,
            1,
            100,
        ),
        ("thresholds/days_away", pack.thresholds.days_away, 1, 1000),
        (
            "escalation/report_working_days",
            pack.escalation.report_working_days,
            1,
            30,
        ),
        (
            "escalation/alert_working_days",
            pack.escalation.alert_working_days,
            1,
            30,
        ),
        (
            "escalation/unattended_working_days",
            pack.escalation.unattended_working_days,
            1,
            30,
        ),
    ]
    .map(|(field, value, least, most)| (field.to_owned(), value, least, most));
    for (field, value, least, most) in numbers.into_iter().chain(by_measure) {
        faults.add_if(
            !(least..=most).contains(&value),
            format!("/{field}"),
            format!(
                "{} is {least} to {most}, not {value}",
                field.replace('/', ".")
            ),
        );
    }
    faults.add_if(
        pack.escalation.alert_working_days < pack.escalation.report_working_days,
        "/escalation/alert_working_days",
        "the alert comes before the report is due",
    );
    for (index, visit) in pack.visits.iter().enumerate() {
        let zero = [
            ("contact_every_days", visit.contact_every_days),
            ("visits", visit.visits),
            ("visit_every_months", visit.visit_every_months),
            ("visitors", visit.visitors),
            ("reassess_every_months", visit.reassess_every_months),
        ];
        for (field, _) in zero.into_iter().filter(|(_, value)| *value == 0) {
            faults.add(
                format!("/visits/{index}/{field}"),
                format!("{field} is at least 1"),
            );
        }
    }
    unique(
        "visits",
        "level",
        pack.visits.iter().map(|visit| visit.level.as_str()),
        faults,
    );
}

fn cadences(pack: &RulePack, faults: &mut Faults) {
    faults.add_if(
        pack.cadence.is_empty(),
        "/cadence",
        "a pack has at least one cadence row",
    );
    let mut seen = BTreeSet::new();
    for (index, row) in pack.cadence.iter().enumerate() {
        let pointer = format!("/cadence/{index}");
        if !seen.insert((row.measure, row.term_months)) {
            let term = row
                .term_months
                .map_or("other terms".into(), |term| format!("{term} months"));
            faults.add(
                &pointer,
                format!("a second row for {} of {term}", row.measure),
            );
        }
        faults.add_if(
            is_blank(&row.source),
            format!("{pointer}/source"),
            "source is empty",
        );
        steps(row, &format!("{pointer}/steps_months"), faults);
        if let Some(term) = row.term_months {
            let wrong = !(1..=LONGEST_TERM_MONTHS).contains(&term);
            faults.add_if(
                wrong,
                format!("{pointer}/term_months"),
                format!("a term is 1 to {LONGEST_TERM_MONTHS} months, not {term}"),
            );
            let years = usize::try_from(term.div_ceil(12)).unwrap_or(usize::MAX);
            faults.add_if(
                !wrong && row.steps_months.len() != years,
                format!("{pointer}/steps_months"),
                format!(
                    "{term} months need {years} yearly steps, not {}",
                    row.steps_months.len()
                ),
            );
        }
    }
}

fn steps(row: &Cadence, pointer: &str, faults: &mut Faults) {
    faults.add_if(
        row.steps_months.is_empty() || row.steps_months.len() > 3,
        pointer,
        "steps_months has one step for each of 1 to 3 years",
    );
    for (year, step) in row.steps_months.iter().enumerate() {
        // Otherwise the last window of a year would reach into the next.
        faults.add_if(
            *step == 0 || 12 % step != 0,
            format!("{pointer}/{year}"),
            format!("a step must divide 12 (1, 2, 3, 4, 6 or 12 months), not {step}"),
        );
    }
}

fn codes_and_texts(pack: &RulePack, faults: &mut Faults) {
    faults.add_if(
        pack.excuse_codes.is_empty(),
        "/excuse_codes",
        "a pack has excuse codes",
    );
    for (index, excuse) in pack.excuse_codes.iter().enumerate() {
        let pointer = format!("/excuse_codes/{index}/title");
        faults.add_if(is_blank(&excuse.title), pointer, "title is empty");
    }
    let codes = pack.excuse_codes.iter().map(|excuse| excuse.code.as_str());
    unique("excuse_codes", "code", codes, faults);
    for measure in pack
        .cadence
        .iter()
        .map(|row| row.measure)
        .collect::<BTreeSet<_>>()
    {
        match pack.consequences.get(&measure) {
            None => {
                faults.add(
                    "/consequences",
                    format!("consequences has no text for {measure}"),
                );
            }
            // The machine never announces a sanction: people decide.
            Some(text) => faults.add_if(
                !text.contains("可能"),
                format!("/consequences/{measure}"),
                format!("the text for {measure} must say what may follow (可能), not what will"),
            ),
        }
    }
}

fn unique<'a>(list: &str, field: &str, codes: impl Iterator<Item = &'a str>, faults: &mut Faults) {
    let mut seen = BTreeSet::new();
    for (index, code) in codes.enumerate() {
        let pointer = format!("/{list}/{index}/{field}");
        faults.add_if(
            !is_code(code),
            &pointer,
            format!("{field} is 1 to 64 lower-case letters, digits, `-` or `_`"),
        );
        faults.add_if(
            !seen.insert(code),
            pointer,
            format!("{field} {code} occurs twice"),
        );
    }
}

fn is_code(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    (1..=64).contains(&text.len()) && text.chars().all(allowed)
}

fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule_pack::shipped;

    fn faults_of(change: impl FnOnce(&mut RulePack)) -> Vec<String> {
        let mut pack = RulePack::parse(shipped()[0].1).unwrap();
        change(&mut pack);
        check(&pack)
            .into_iter()
            .map(|fault| fault.pointer)
            .collect()
    }

    #[test]
    fn each_rule_of_content_names_its_field() {
        assert_eq!(faults_of(|_| ()), Vec::<String>::new());
        assert_eq!(faults_of(|pack| pack.id = "A b".into()), ["/id"]);
        assert_eq!(faults_of(|pack| pack.version = 0), ["/version"]);
        assert_eq!(
            faults_of(|pack| pack.effective_to = pack.effective_from.pred_opt()),
            ["/effective_to"]
        );
        assert_eq!(
            faults_of(|pack| pack.escalation.report_working_days = 5),
            ["/escalation/alert_working_days"]
        );
        assert_eq!(
            faults_of(|pack| pack.cadence[2].steps_months = vec![2]),
            ["/cadence/2/steps_months"]
        );
        assert_eq!(
            faults_of(|pack| pack.cadence[3] = pack.cadence[2].clone()),
            ["/cadence/3"]
        );
        assert_eq!(
            faults_of(|pack| pack.quiet_hours.until = pack.quiet_hours.from),
            ["/quiet_hours"]
        );
        assert_eq!(
            faults_of(|pack| pack.reminders.appointment[0].working_days = Some(-5)),
            ["/reminders/appointment/0"]
        );
        assert_eq!(
            faults_of(|pack| pack.reminders.overdue[0].step = "d0".into()),
            ["/reminders/overdue/0/step"]
        );
        assert_eq!(
            faults_of(|pack| pack.excuse_codes[1].code = "illness".into()),
            ["/excuse_codes/1/code"]
        );
        assert_eq!(
            faults_of(|pack| {
                let text = pack.consequences.values_mut().next().unwrap();
                *text = text.replace("可能", "将");
            }),
            ["/consequences/community_treatment"]
        );
    }
}
