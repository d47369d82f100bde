//! Variables of Aliyun SMS templates. Each has a rule that was chosen when the template was filed
//! (`TemplateRule` of CreateSmsTemplate, help.aliyun.com 2806243 and 463270). The lengths of `name`,
//! `user_nick`, `unit_name`, `other_number2`, `others` and `time` are those that users of the service
//! report; what the vendor approved for the template has the last word.

use super::{Misfit, basics, length, only};
use crate::{coded, contact::is_han};

coded! {
    /// A rule, by the vendor's own word for it.
    VariableRule {
        /// A code of digits.
        NumberCaptcha = "numberCaptcha",
        /// A date, a time of day, or both.
        Time = "time",
        /// A person's name or how they are addressed, in Han characters.
        Name = "name",
        /// What a person calls themselves.
        UserNick = "user_nick",
        /// An organisation, in Han characters.
        UnitName = "unit_name",
        /// A mainland telephone.
        PhoneNumber = "phone_number2",
        /// Letters and digits.
        OtherNumber = "other_number2",
        /// Anything else.
        Others = "others",
    }
}

/// Longest finished text, signature included, in characters.
pub const MAX_TEXT: usize = 500;

/// Whether a value fits a variable of this rule.
///
/// # Errors
/// [`Misfit`].
pub fn check(rule: VariableRule, value: &str) -> Result<(), Misfit> {
    basics(value)?;
    match rule {
        VariableRule::NumberCaptcha => {
            only(value, |c| c.is_ascii_digit())?;
            length(value, 4, 6)
        }
        VariableRule::Time => {
            only(value, |c| c.is_ascii_digit() || TIME_MARKS.contains(c))?;
            if !value.contains(|c: char| c.is_ascii_digit()) {
                return Err(Misfit::BadCharacters);
            }
            length(value, 1, 30)
        }
        VariableRule::Name => {
            only(value, is_han)?;
            length(value, 2, 5)
        }
        VariableRule::UserNick => free(value, 20),
        VariableRule::UnitName => {
            only(value, is_han)?;
            length(value, 1, 20)
        }
        VariableRule::PhoneNumber => telephone(value),
        VariableRule::OtherNumber => {
            only(value, |c| c.is_ascii_alphanumeric())?;
            length(value, 1, 35)
        }
        VariableRule::Others => free(value, 35),
    }
}

/// What stands between the digits of a time. No 年: carriers refuse dates written so.
const TIME_MARKS: &str = "-/:： 月日时分秒点上下午晚早中";

/// Free text that leads nobody to another place.
fn free(value: &str, most: usize) -> Result<(), Misfit> {
    let plain = value.to_lowercase();
    let addresses = ["qq", "微信", "wechat", "weixin"];
    if addresses.iter().any(|word| plain.contains(word)) || has_mobile(value) {
        return Err(Misfit::ContactAddress);
    }
    length(value, 1, most)
}

/// Eleven digits in a row that begin with a 1.
fn has_mobile(value: &str) -> bool {
    value
        .split(|c: char| !c.is_ascii_digit())
        .any(|run| run.len() == 11 && run.starts_with('1'))
}

/// A mobile, or a landline of 5 to 13 digits with dashes, at most 15 characters in all.
fn telephone(value: &str) -> Result<(), Misfit> {
    only(value, |c| c.is_ascii_digit() || c == '-')?;
    length(value, 5, 15)?;
    match value.chars().filter(char::is_ascii_digit).count() {
        0..5 => Err(Misfit::TooShort),
        5..14 => Ok(()),
        _ => Err(Misfit::TooLong),
    }
}

#[cfg(test)]
mod tests {
    use VariableRule as R;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_our_texts_fill_in_fits() {
        for (rule, value) in [
            (R::NumberCaptcha, "012345"),
            (R::Time, "6月12日"),
            (R::Time, "17:00"),
            (R::Time, "6月12日 17:00"),
            (R::Time, "上午9:00"),
            (R::Name, "王先生"),
            (R::Name, "欧阳女士"),
            (R::UserNick, "李老师"),
            (R::UnitName, "城东服务站"),
            (R::PhoneNumber, "0571-88880000"),
            (R::PhoneNumber, "400-820-8820"),
            (R::PhoneNumber, "13800138000"),
            (R::OtherNumber, "12"),
            (R::Others, "李老师"),
        ] {
            assert_eq!(check(rule, value), Ok(()), "{rule} {value}");
        }
    }

    #[test]
    fn what_the_vendor_would_refuse_is_named() {
        let long = "字".repeat(36);
        for (rule, value, misfit) in [
            (R::Others, "", Misfit::Empty),
            (R::Others, " \u{3000}", Misfit::Empty),
            (R::Others, "【城东】", Misfit::BadCharacters),
            (R::Others, "一\n二", Misfit::BadCharacters),
            (R::Others, "http://a.example", Misfit::Link),
            (R::Others, "见13800138000", Misfit::ContactAddress),
            (R::Others, "加微信abc", Misfit::ContactAddress),
            (R::Others, &long, Misfit::TooLong),
            (R::UserNick, &long, Misfit::TooLong),
            (R::NumberCaptcha, "123", Misfit::TooShort),
            (R::NumberCaptcha, "1234567", Misfit::TooLong),
            (R::NumberCaptcha, "12a4", Misfit::BadCharacters),
            (R::Time, "2026年6月12日", Misfit::BadCharacters),
            (R::Time, "2026_06_12", Misfit::BadCharacters),
            (R::Time, "上午", Misfit::BadCharacters),
            (R::Name, "王", Misfit::TooShort),
            (R::Name, "Wang", Misfit::BadCharacters),
            (R::Name, "王先生您好吗", Misfit::TooLong),
            (R::UnitName, "626中心", Misfit::BadCharacters),
            (R::PhoneNumber, "(0571)8888", Misfit::BadCharacters),
            (R::PhoneNumber, "1-2-3", Misfit::TooShort),
            (R::PhoneNumber, "00000000000000", Misfit::TooLong),
            (R::OtherNumber, "第12项", Misfit::BadCharacters),
        ] {
            assert_eq!(check(rule, value), Err(misfit), "{rule} {value}");
        }
    }

    proptest! {
        #[test]
        fn whatever_fits_is_short_and_cannot_pass_for_a_signature(value in r"\PC{0,40}|[\d月日:\-]{0,40}") {
            for &rule in R::ALL {
                if check(rule, &value).is_ok() {
                    prop_assert!((1..=35).contains(&value.chars().count()));
                    prop_assert!(!value.contains(['【', '】']));
                }
            }
        }
    }
}
