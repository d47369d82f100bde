//! Resident identity numbers.

use std::fmt;

use chrono::{Datelike, NaiveDate};

use super::{compact, masked};
use crate::{Refusal, RefusalCode, Sex};

/// A resident identity number (GB 11643): 18 characters with a check character.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct IdNumber {
    text: String,
    birth_date: NaiveDate,
    sex: Sex,
}

impl IdNumber {
    /// Reads an identity number; spaces, full-width characters and a small x are accepted. The old
    /// 15-digit form has been invalid since 2013 and is refused.
    ///
    /// # Errors
    /// `invalid_id_number` at `/id_number`. The sentence never repeats the number.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let text = compact(text).to_ascii_uppercase();
        if text.chars().count() != 18 {
            return Err(bad_id("an identity number has 18 characters"));
        }
        let (body, check) = text
            .split_at_checked(17)
            .ok_or_else(|| bad_id("an identity number has 18 digits"))?;
        let digits: Vec<u32> = body.chars().filter_map(|c| c.to_digit(10)).collect();
        if digits.len() != 17 || digits.first() == Some(&0) {
            return Err(bad_id(
                "an identity number is 17 digits and a check digit or X",
            ));
        }
        if !check.starts_with(check_character(&digits)) {
            return Err(bad_id("the check digit of the identity number is wrong"));
        }
        let birth_date = body
            .get(6..14)
            .and_then(|part| NaiveDate::parse_from_str(part, "%Y%m%d").ok())
            .filter(|date| date.year() >= 1880)
            .ok_or_else(|| bad_id("the birth date in the identity number does not exist"))?;
        let male = digits.last().is_some_and(|digit| digit % 2 == 1);
        let sex = if male { Sex::Male } else { Sex::Female };
        Ok(Self {
            text,
            birth_date,
            sex,
        })
    }

    /// The 18 characters, with a capital X.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The date of birth it carries.
    pub const fn birth_date(&self) -> NaiveDate {
        self.birth_date
    }

    /// The sex it carries.
    pub const fn sex(&self) -> Sex {
        self.sex
    }

    /// For display: `330***********1234`.
    pub fn masked(&self) -> String {
        masked(&self.text, 3, 4)
    }
}

impl fmt::Debug for IdNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdNumber(…)")
    }
}

fn bad_id(detail: &str) -> Refusal {
    Refusal::at(RefusalCode::InvalidIdNumber, "/id_number", detail)
}

/// ISO 7064 MOD 11-2 over the first 17 digits.
fn check_character(digits: &[u32]) -> char {
    let sum = digits.iter().fold(0, |sum, digit| (sum + digit) * 2 % 11);
    match (12 - sum) % 11 {
        10 => 'X',
        value => char::from_digit(value, 10).unwrap_or('X'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identity_numbers_carry_birth_date_and_sex() {
        // The example of GB 11643-1999.
        let id = IdNumber::parse("11010519491231002x").unwrap();
        assert_eq!(id.as_str(), "11010519491231002X");
        assert_eq!(
            id.birth_date(),
            NaiveDate::from_ymd_opt(1949, 12, 31).unwrap()
        );
        assert_eq!(id.sex(), Sex::Female);
        // The other example of the standard.
        let id = IdNumber::parse("440524188001010014").unwrap();
        assert_eq!(
            id.birth_date(),
            NaiveDate::from_ymd_opt(1880, 1, 1).unwrap()
        );
        assert_eq!(id.sex(), Sex::Male);
    }

    #[test]
    fn bad_identity_numbers_are_refused() {
        for text in [
            "110105194912310021",
            "110105491231002",
            "11010519491331002X",
            "",
            "1101051949123100XX",
            "一一零一零五一九四九一二三一零零二",
            "01010519491231002X",
        ] {
            let refusal = IdNumber::parse(text).unwrap_err();
            assert_eq!(refusal.code, RefusalCode::InvalidIdNumber, "{text}");
            assert_eq!(refusal.pointer.as_deref(), Some("/id_number"));
            assert!(text.is_empty() || !refusal.detail.contains(text));
        }
    }

    #[test]
    fn one_wrong_digit_is_always_found() {
        let good = "11010519491231002X";
        for (at, old) in good.char_indices() {
            for new in "0123456789X".chars().filter(|new| *new != old) {
                let mut wrong = good.to_owned();
                wrong.replace_range(at..=at, &new.to_string());
                assert!(IdNumber::parse(&wrong).is_err(), "{wrong}");
            }
        }
    }
}
