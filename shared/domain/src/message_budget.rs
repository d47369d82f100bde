//! How many messages an office means to send in a month. A budget is told of when it runs out and stops
//! nothing: what is sent are reminders of legal duties.

use chrono::{Datelike as _, Months, NaiveDate};

use crate::coded;

/// The share of a budget, in percent, from which somebody is told that it will not last.
const NEAR_PERCENT: i64 = 80;

coded! {
    /// What is told of a budget.
    BudgetAlarm {
        /// Four fifths are used.
        Near = "near",
        /// All of it is used.
        Spent = "spent",
    }
}

/// What is to be told when `used` of `monthly` messages (at least one) were sent; none: nothing yet.
pub fn alarm(used: i64, monthly: i32) -> Option<BudgetAlarm> {
    let monthly = i64::from(monthly);
    if used >= monthly {
        Some(BudgetAlarm::Spent)
    } else if used.saturating_mul(100) >= monthly.saturating_mul(NEAR_PERCENT) {
        Some(BudgetAlarm::Near)
    } else {
        None
    }
}

/// The first day of the month of a day, and the first day of the next one.
pub fn month_of(day: NaiveDate) -> (NaiveDate, NaiveDate) {
    let first = day.with_day(1).unwrap_or(day);
    let next = first.checked_add_months(Months::new(1)).unwrap_or(first);
    (first, next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_fifths_and_all_of_it_are_told() {
        let told: Vec<_> = [0, 79, 80, 99, 100, 101]
            .map(|used| alarm(used, 100))
            .into();
        let (near, spent) = (Some(BudgetAlarm::Near), Some(BudgetAlarm::Spent));
        assert_eq!(told, [None, None, near, near, spent, spent]);
        // Of one, or of five, there is no share below the whole or four.
        assert_eq!((alarm(0, 1), alarm(1, 1)), (None, spent));
        assert_eq!((alarm(3, 5), alarm(4, 5)), (None, near));
        assert_eq!(alarm(i64::MAX, i32::MAX), spent);
    }

    #[test]
    fn months_end_where_the_next_begins() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let months = [
            ("2025-12-31", "2025-12-01", "2026-01-01"),
            ("2026-02-01", "2026-02-01", "2026-03-01"),
        ];
        for (of, first, next) in months {
            assert_eq!(month_of(day(of)), (day(first), day(next)), "{of}");
        }
    }
}
