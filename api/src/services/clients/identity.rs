//! Who a client is: name, sex, date of birth and identity number must agree.

use chrono::NaiveDate;
use domain::{Refusal, RefusalCode, Sex, contact::IdNumber};

/// Earlier dates of birth are slips of the pen.
const EARLIEST_BIRTH: Option<NaiveDate> = NaiveDate::from_ymd_opt(1900, 1, 1);

/// Checks an identity number against sex and date of birth; answers the date of birth, which the
/// number gives where nobody else did. `today` is local to the office.
///
/// # Errors
/// `invalid_value` at `/sex` or `/birth_date` if the number says otherwise, or the date is
/// impossible; `date_in_future` at `/birth_date`.
pub(super) fn agree(
    id_number: Option<&IdNumber>,
    sex: Sex,
    birth_date: Option<NaiveDate>,
    today: NaiveDate,
) -> Result<Option<NaiveDate>, Refusal> {
    let invalid =
        |pointer: &str, detail: &str| Err(Refusal::at(RefusalCode::InvalidValue, pointer, detail));
    if let Some(number) = id_number {
        if number.sex() != sex {
            return invalid(
                "/sex",
                "the identity number belongs to a person of the other sex",
            );
        }
        if birth_date.is_some_and(|date| date != number.birth_date()) {
            return invalid(
                "/birth_date",
                "the identity number carries another date of birth",
            );
        }
    }
    let birth_date = birth_date.or(id_number.map(IdNumber::birth_date));
    let pointer = if id_number.is_some() {
        "/id_number"
    } else {
        "/birth_date"
    };
    if birth_date.is_some_and(|date| date > today) {
        let detail = "the date of birth lies in the future";
        return Err(Refusal::at(RefusalCode::DateInFuture, pointer, detail));
    }
    if birth_date.is_some_and(|date| EARLIEST_BIRTH.is_some_and(|earliest| date < earliest)) {
        return invalid(pointer, "the date of birth is before 1900");
    }
    Ok(birth_date)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn number() -> IdNumber {
        IdNumber::parse("11010519491231002X").unwrap()
    }

    #[test]
    fn the_number_gives_the_date_of_birth() {
        let got = agree(Some(&number()), Sex::Female, None, day("2026-01-01")).unwrap();
        assert_eq!(got, Some(day("1949-12-31")));
        assert_eq!(
            agree(None, Sex::Male, None, day("2026-01-01")).unwrap(),
            None
        );
    }

    #[test]
    fn contradictions_are_refused_at_the_field() {
        let refused = |sex, birth, today| {
            agree(Some(&number()), sex, birth, day(today))
                .unwrap_err()
                .pointer
                .unwrap()
        };
        assert_eq!(refused(Sex::Male, None, "2026-01-01"), "/sex");
        assert_eq!(
            refused(Sex::Female, Some(day("1950-01-01")), "2026-01-01"),
            "/birth_date"
        );
        let future = agree(None, Sex::Male, Some(day("2027-01-01")), day("2026-01-01"));
        assert_eq!(future.unwrap_err().code, RefusalCode::DateInFuture);
        assert!(agree(None, Sex::Male, Some(day("1899-12-31")), day("2026-01-01")).is_err());
    }
}
