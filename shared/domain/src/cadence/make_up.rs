//! A make-up appointment: a new due day that people agreed on.

use chrono::NaiveDate;

use super::{Dates, Why, Window, window};
use crate::{
    calendar::Calendar,
    error::{Refusal, RefusalCode},
    local_time::Tz,
    rule_pack::RulePack,
    words::Measure,
};

/// What the window of a make-up appointment depends on.
#[derive(Debug, Clone, Copy)]
pub struct MakeUpInput<'a> {
    /// The rules the case was given.
    pub pack: &'a RulePack,
    /// The measure.
    pub measure: Measure,
    /// Number of the item it makes up for.
    pub sequence: u32,
    /// The local day of the decision; the window opens on it.
    pub today: NaiveDate,
    /// The day agreed on.
    pub due_on: NaiveDate,
    /// The office's time zone.
    pub tz: Tz,
    /// Working days.
    pub calendar: &'a Calendar,
}

/// The window of a make-up appointment: from the day of the decision to the day agreed on, which
/// moves to the next working day if it is a day off.
///
/// # Errors
/// `InvalidValue` at `/make_up_due_on` if the day agreed on has passed.
pub fn make_up(input: &MakeUpInput<'_>) -> Result<Window, Refusal> {
    if input.due_on < input.today {
        return Err(Refusal::at(
            RefusalCode::InvalidValue,
            "/make_up_due_on",
            format!(
                "the make-up day {} has passed; today is {}",
                input.due_on, input.today
            ),
        ));
    }
    let roll = input.calendar.working_day_on_or_after(input.due_on);
    let text = format!(
        "Make-up for item {}, agreed on {}: {}.",
        input.sequence,
        input.today,
        Why::due_text(input.due_on, roll.date, roll.cause.as_deref()),
    );
    let why = Why {
        rule_pack: input.pack.id.clone(),
        rule_pack_version: input.pack.version,
        citation: input.pack.citation.clone(),
        measure: input.measure,
        item: input.sequence,
        year: None,
        step_months: None,
        nominal_on: input.due_on,
        rolled_from: (roll.date != input.due_on).then_some(input.due_on),
        roll_cause: roll.cause,
        cut_at_term_end: false,
        provisional: roll.provisional,
        text,
    };
    let dates = Dates {
        sequence: input.sequence,
        opens_on: input.today,
        nominal_on: input.due_on,
        due_on: roll.date,
        provisional: roll.provisional,
    };
    Ok(window(dates, why, input.pack, input.calendar, input.tz))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule_pack::shipped;

    fn made(today: &str, due_on: &str) -> Result<Window, Refusal> {
        make_up(&MakeUpInput {
            pack: &RulePack::parse(shipped()[0].1).unwrap(),
            measure: Measure::CommunityTreatment,
            sequence: 4,
            today: today.parse().unwrap(),
            due_on: due_on.parse().unwrap(),
            tz: chrono_tz::Asia::Shanghai,
            calendar: &Calendar::shipped(),
        })
    }

    #[test]
    fn a_make_up_day_off_moves_to_the_next_working_day() {
        let window = made("2025-09-29", "2025-10-01").unwrap();
        assert_eq!(window.due_on.to_string(), "2025-10-09");
        assert_eq!(window.grace_ends_on.to_string(), "2025-10-13");
        assert_eq!(window.opens_at.to_rfc3339(), "2025-09-28T16:00:00+00:00");
        assert_eq!(window.why.rolled_from, Some(window.nominal_on));
        assert!(window.why.text.starts_with("Make-up for item 4"));
    }

    #[test]
    fn today_is_allowed_and_yesterday_is_not() {
        assert_eq!(
            made("2025-09-29", "2025-09-29").unwrap().due_on.to_string(),
            "2025-09-29"
        );
        let refusal = made("2025-09-29", "2025-09-28").unwrap_err();
        assert_eq!(refusal.code, RefusalCode::InvalidValue);
        assert_eq!(refusal.pointer.as_deref(), Some("/make_up_due_on"));
    }
}
