//! Telephone numbers of clients and offices.

use std::fmt;

use super::{compact, masked};
use crate::{Refusal, RefusalCode};

/// A mainland mobile number, eleven digits.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Phone(String);

impl Phone {
    /// Reads a mainland mobile number. Spaces, dashes, brackets, full-width digits and the prefixes
    /// +86, 0086 and 86 are accepted.
    ///
    /// # Errors
    /// `invalid_phone` at `/phone`.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let digits = compact(text);
        let digits = ["+86", "0086", "86"]
            .iter()
            .find_map(|prefix| digits.strip_prefix(prefix))
            .unwrap_or(&digits);
        let mut chars = digits.chars();
        let mobile = digits.len() == 11
            && digits.chars().all(|c| c.is_ascii_digit())
            && chars.next() == Some('1')
            && chars.next().is_some_and(|c| ('3'..='9').contains(&c));
        if !mobile {
            return Err(Refusal::at(
                RefusalCode::InvalidPhone,
                "/phone",
                "not a mainland mobile number: eleven digits that begin with 13 to 19",
            ));
        }
        Ok(Self(digits.to_owned()))
    }

    /// The eleven digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// For display: `138****8000`.
    pub fn masked(&self) -> String {
        masked(&self.0, 3, 4)
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Phone(…)")
    }
}

/// The public telephone number of an office: a landline with its area code, a 400 number, or a
/// mobile. Not personal data.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OfficePhone(String);

impl OfficePhone {
    /// Reads an office number; a landline is normalised to `0571-88880000`.
    ///
    /// # Errors
    /// `invalid_phone` at `/phone`.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let digits = compact(text);
        let national = ["+86", "0086"]
            .iter()
            .find_map(|prefix| digits.strip_prefix(prefix))
            .map_or_else(|| digits.clone(), with_trunk_zero);
        if let Ok(mobile) = Phone::parse(&national) {
            return Ok(Self(mobile.0));
        }
        dashed(&national).map(Self).ok_or_else(|| {
            Refusal::at(
                RefusalCode::InvalidPhone,
                "/phone",
                "not an office telephone: a landline with its area code (0571-88880000), a 400 \
                 number or a mobile",
            )
        })
    }

    /// The number as it is shown and dialled.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OfficePhone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// `57188880000` as dialled after +86 becomes `057188880000`.
fn with_trunk_zero(digits: &str) -> String {
    let mobile = digits.len() == 11 && digits.starts_with('1');
    if mobile || digits.starts_with('0') || digits.starts_with("400") {
        digits.to_owned()
    } else {
        format!("0{digits}")
    }
}

/// Puts the dashes into a landline or 400 number. Area codes have three digits in the 01x and 02x
/// ranges and four elsewhere; subscriber numbers have seven or eight.
fn dashed(digits: &str) -> Option<String> {
    if !digits.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    if digits.len() == 10 && digits.starts_with("400") {
        let (head, tail) = digits.split_at_checked(6)?;
        let (service, middle) = head.split_at_checked(3)?;
        return Some(format!("{service}-{middle}-{tail}"));
    }
    if !digits.starts_with('0') || digits.starts_with("00") {
        return None;
    }
    let area = if digits.starts_with("01") || digits.starts_with("02") {
        3
    } else {
        4
    };
    let (area, subscriber) = digits.split_at_checked(area)?;
    let plausible = matches!(subscriber.len(), 7 | 8) && !subscriber.starts_with(['0', '1']);
    plausible.then(|| format!("{area}-{subscriber}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mobile_numbers_are_normalised() {
        for text in [
            "13800138000",
            "+86 138 0013 8000",
            "0086-138-0013-8000",
            "8613800138000",
            "(+86)13800138000",
            "138 0013 8000",
        ] {
            assert_eq!(
                Phone::parse(text).unwrap().as_str(),
                "13800138000",
                "{text}"
            );
        }
    }

    #[test]
    fn other_numbers_are_refused() {
        for text in [
            "",
            "1380013800",
            "138001380000",
            "12800138000",
            "0571-88880000",
            "+1 2025550123",
            "1380013800a",
            "１３８",
            "十三八",
            "+8613800138000+86",
        ] {
            let refusal = Phone::parse(text).unwrap_err();
            assert_eq!(refusal.code, RefusalCode::InvalidPhone, "{text}");
            assert_eq!(refusal.pointer.as_deref(), Some("/phone"));
        }
    }

    #[test]
    fn office_numbers() {
        for (text, expected) in [
            ("0571-88880000", "0571-88880000"),
            ("057188880000", "0571-88880000"),
            ("(0571) 8888 0000", "0571-88880000"),
            ("+86 571 88880000", "0571-88880000"),
            ("010-62345678", "010-62345678"),
            ("+86 10 62345678", "010-62345678"),
            ("0793-8230000", "0793-8230000"),
            ("400-820-8820", "400-820-8820"),
            ("138 0013 8000", "13800138000"),
        ] {
            assert_eq!(
                OfficePhone::parse(text).unwrap().as_str(),
                expected,
                "{text}"
            );
        }
        for text in [
            "",
            "88880000",
            "110",
            "0571-888",
            "0571-188800001",
            "0571-8888000a",
        ] {
            assert_eq!(
                OfficePhone::parse(text).unwrap_err().code,
                RefusalCode::InvalidPhone,
                "{text}"
            );
        }
    }
}
