//! Covers: who looks after an absent colleague's cases, and for how long.

use chrono::NaiveDate;

use crate::{Refusal, RefusalCode};

/// Most colleagues one person covers for at the same time: more than anybody can look after.
pub const MOST: usize = 8;

/// Longest cover, in days. Whoever is away for longer hands the cases over.
pub const LONGEST_DAYS: i64 = 366;

/// Checks the first and the last day of a cover that is made on `today`, all local to the office.
///
/// # Errors
/// `invalid_value` at the date at fault.
pub fn check_days(
    starts_on: NaiveDate,
    ends_on: NaiveDate,
    today: NaiveDate,
) -> Result<(), Refusal> {
    let invalid = |pointer: &str, detail: String| {
        Err(Refusal::at(RefusalCode::InvalidValue, pointer, detail))
    };
    if ends_on < starts_on {
        return invalid(
            "/ends_on",
            format!("a cover ends no sooner than it starts, on {starts_on}"),
        );
    }
    if ends_on < today {
        return invalid(
            "/ends_on",
            format!("it is {today}: the cover would be over"),
        );
    }
    if (starts_on - today).num_days() > LONGEST_DAYS {
        let detail = format!("a cover starts within {LONGEST_DAYS} days");
        return invalid("/starts_on", detail);
    }
    if (ends_on - starts_on).num_days() >= LONGEST_DAYS {
        let detail = format!("a cover lasts {LONGEST_DAYS} days at most; hand the cases over");
        return invalid("/ends_on", detail);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at_fault(starts_on: &str, ends_on: &str) -> Option<String> {
        let date = |text: &str| text.parse().unwrap();
        check_days(date(starts_on), date(ends_on), date("2025-09-10"))
            .err()
            .and_then(|refusal| refusal.pointer)
    }

    #[test]
    fn a_cover_has_an_end_that_is_neither_past_nor_far() {
        for (starts_on, ends_on) in [
            ("2025-09-10", "2025-09-10"),
            ("2025-09-01", "2025-09-10"),
            ("2025-09-10", "2026-09-10"),
            ("2026-09-11", "2026-09-30"),
        ] {
            assert_eq!(at_fault(starts_on, ends_on), None, "{starts_on} {ends_on}");
        }
        for (starts_on, ends_on, pointer) in [
            ("2025-09-12", "2025-09-11", "/ends_on"),
            ("2025-09-01", "2025-09-09", "/ends_on"),
            ("2025-09-10", "2026-09-11", "/ends_on"),
            ("2026-09-12", "2026-09-30", "/starts_on"),
        ] {
            assert_eq!(
                at_fault(starts_on, ends_on).as_deref(),
                Some(pointer),
                "{starts_on} {ends_on}"
            );
        }
    }
}
