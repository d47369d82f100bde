//! Phone numbers, identity numbers and names: parsed once, normalised, masked for display.
//!
//! These are personal data: their `Debug` never shows them, and they have no `Display`.

use std::fmt;

use chrono::{Datelike, NaiveDate};

use crate::{Refusal, RefusalCode, Sex};

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

/// Checks a client's name and trims it.
///
/// # Errors
/// `invalid_value` at `/name` unless it has 1–50 characters and no control or invisible ones.
pub fn client_name(text: &str) -> Result<String, Refusal> {
    let name = text.trim();
    let fault = if name.is_empty() {
        "a name is needed"
    } else if name.chars().count() > 50 {
        "a name has at most 50 characters"
    } else if name
        .chars()
        .any(|c| c.is_control() || crate::wording::is_invisible(c))
    {
        "a name has no control or invisible characters"
    } else {
        return Ok(name.to_owned());
    };
    Err(Refusal::at(RefusalCode::InvalidValue, "/name", fault))
}

/// A name for lists that others may see: the surname and one star, whatever the length (`王*`).
pub fn mask_name(name: &str) -> String {
    let shown = surname(name).map_or_else(|| name.chars().take(1).collect(), str::to_owned);
    format!("{shown}*")
}

/// How a text addresses a client: `王先生`, `欧阳女士`. A name that is not a Han surname and given name
/// is left out (`女士`): a full name would disclose more than a text needs.
pub fn salutation(name: &str, sex: Sex) -> String {
    let title = match sex {
        Sex::Female => "女士",
        Sex::Male => "先生",
    };
    format!("{}{title}", surname(name).unwrap_or_default())
}

const COMPOUND_SURNAMES: &[&str] = &[
    "欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "司徒", "令狐", "宇文",
    "长孙", "端木", "轩辕", "夏侯", "闻人", "东郭", "南宫", "独孤", "澹台", "濮阳", "淳于", "单于",
    "太史", "申屠", "公冶", "宗政", "钟离", "鲜于", "闾丘", "司空", "百里", "呼延", "西门", "赫连",
    "公羊", "拓跋", "左丘", "东野", "万俟", "歐陽", "諸葛",
];

/// The surname of a Han name of two to four characters.
fn surname(name: &str) -> Option<&str> {
    let name = name.trim();
    let length = name.chars().count();
    if !(2..=4).contains(&length) || !name.chars().all(is_han) {
        return None;
    }
    let compound = COMPOUND_SURNAMES
        .iter()
        .any(|compound| name.starts_with(compound));
    let characters = if compound && length > 2 { 2 } else { 1 };
    let end = name
        .char_indices()
        .nth(characters)
        .map_or(name.len(), |(at, _)| at);
    name.get(..end)
}

pub(crate) const fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{323AF}')
}

/// Keeps the first and last characters and stars the rest. ASCII only.
fn masked(text: &str, head: usize, tail: usize) -> String {
    let hidden = text.len().saturating_sub(head + tail);
    let first: String = text.chars().take(head).collect();
    let last: String = text.chars().skip(head + hidden).collect();
    format!("{first}{}{last}", "*".repeat(hidden))
}

/// Half-width, without spaces, dashes and brackets.
fn compact(text: &str) -> String {
    text.chars()
        .map(crate::wording::half_width)
        .filter(|c| !c.is_whitespace() && !crate::wording::is_invisible(*c))
        .filter(|c| !matches!(c, '-' | '(' | ')' | '‐' | '‑' | '–' | '—'))
        .collect()
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
    fn nothing_personal_is_shown() {
        let phone = Phone::parse("13800138000").unwrap();
        assert_eq!(phone.masked(), "138****8000");
        assert_eq!(format!("{phone:?}"), "Phone(…)");
        let id = IdNumber::parse("11010519491231002X").unwrap();
        assert_eq!(id.masked(), "110***********002X");
        assert_eq!(format!("{id:?}"), "IdNumber(…)");
        assert_eq!(mask_name("王小明"), "王*");
        assert_eq!(mask_name("欧阳明"), "欧阳*");
        assert_eq!(mask_name("阿依古丽·买买提"), "阿*");
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

    #[test]
    fn salutations_use_the_surname_only() {
        assert_eq!(salutation("王小明", Sex::Male), "王先生");
        assert_eq!(salutation("欧阳娜娜", Sex::Female), "欧阳女士");
        assert_eq!(salutation("欧阳", Sex::Male), "欧先生");
        assert_eq!(salutation("阿依古丽·买买提", Sex::Female), "女士");
        assert_eq!(salutation("John", Sex::Male), "先生");
    }

    #[test]
    fn names_are_trimmed_and_bounded() {
        assert_eq!(client_name(" 王小明 ").unwrap(), "王小明");
        assert!(client_name(&"王".repeat(50)).is_ok());
        for text in ["", "  ", "王\n小明", "王\u{200B}小明", &"王".repeat(51)] {
            assert_eq!(
                client_name(text).unwrap_err().pointer.as_deref(),
                Some("/name")
            );
        }
    }
}
