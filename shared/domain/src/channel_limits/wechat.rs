//! What WeChat takes in the fields of a template message or a subscribe message.
//!
//! A field's name says its rule: `thing3` is a `thing`. A value that breaks it makes the platform refuse
//! the whole message (47003), so it is checked before it is sent (WeChat, "发送订阅消息", table of
//! parameter types).

use chrono::{NaiveDate, NaiveTime};

use super::{Misfit, basics, length, only};
use crate::contact::is_han;

/// Longest name with Han characters in it; one in letters may have twice as many.
const HAN_NAME: usize = 10;

/// Whether a value fits the field of this name, such as `thing1`.
///
/// # Errors
/// [`Misfit`].
pub fn check(field: &str, value: &str) -> Result<(), Misfit> {
    basics(value)?;
    match rule(field) {
        "thing" => length(value, 1, 20),
        "number" => {
            length(value, 1, 32)?;
            form(is_number(value))
        }
        "letter" => {
            length(value, 1, 32)?;
            only(value, |c| c.is_ascii_alphabetic())
        }
        "symbol" => {
            length(value, 1, 5)?;
            only(value, |c| !c.is_alphanumeric())
        }
        "character_string" => {
            length(value, 1, 32)?;
            only(value, |c| c.is_ascii())
        }
        "phone_number" => {
            length(value, 1, 17)?;
            only(value, |c| c.is_ascii_digit() || "+-() ".contains(c))
        }
        "car_number" => {
            length(value, 1, 8)?;
            only(value, char::is_alphanumeric)
        }
        "name" => {
            length(value, 1, if value.is_ascii() { 20 } else { HAN_NAME })?;
            only(value, |c| !c.is_numeric())
        }
        "phrase" => {
            length(value, 1, 5)?;
            only(value, is_han)
        }
        "time" => form(is_moment(value)),
        "date" => form(is_day(value) || is_day_and_time(value)),
        "amount" => form(is_amount(value)),
        // One of a list kept at the platform.
        "const" | "enum" => Ok(()),
        _ => Err(Misfit::UnknownRule),
    }
}

/// The rule at the beginning of a field's name.
fn rule(field: &str) -> &str {
    field.trim_end_matches(|c: char| c.is_ascii_digit())
}

const fn form(fits: bool) -> Result<(), Misfit> {
    if fits {
        Ok(())
    } else {
        Err(Misfit::BadCharacters)
    }
}

/// Digits, perhaps with a point among them.
fn is_number(value: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match value.split_once('.') {
        Some((whole, rest)) => digits(whole) && digits(rest),
        None => digits(value),
    }
}

/// A time of day, a day, or both; a second one after `~`.
fn is_moment(value: &str) -> bool {
    let one = |text: &str| is_clock(text) || is_day(text) || is_day_and_time(text);
    match value.split_once('~') {
        Some((from, until)) => one(from) && one(until),
        None => one(value),
    }
}

fn is_day_and_time(text: &str) -> bool {
    let parts = text.split_once(' ');
    parts.is_some_and(|(day, time)| is_day(day) && is_clock(time))
}

/// `15:01` or `15:01:30`.
fn is_clock(text: &str) -> bool {
    let is = |form| NaiveTime::parse_from_str(text, form).is_ok();
    is("%H:%M") || is("%H:%M:%S")
}

/// `2026年1月16日`, `2026-01-16` or `2026/01/16`: never without the year.
fn is_day(text: &str) -> bool {
    let is = |form| NaiveDate::parse_from_str(text, form).is_ok();
    is("%Y年%m月%d日") || is("%Y-%m-%d") || is("%Y/%m/%d")
}

/// A currency sign or none, at most ten digits, and 元 or nothing.
fn is_amount(value: &str) -> bool {
    let number = value.trim_start_matches(['¥', '￥', '$']);
    let number = number.strip_suffix('元').unwrap_or(number);
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    digits <= 10 && is_number(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_is_let_through() {
        let twenty = "字".repeat(20);
        let good = [
            ("thing1", "预约服务提醒"),
            ("thing12", &twenty),
            ("number3", "12.50"),
            ("letter1", "ABC"),
            ("symbol1", "★☆"),
            ("character_string2", "2026-0001/A"),
            ("phone_number1", "+86-0571-88880000"),
            ("car_number1", "浙A12345"),
            ("name1", "王先生"),
            ("name1", "Mr. Alexander Wang"),
            ("phrase2", "待办理"),
            ("time4", "2026年1月16日 09:00"),
            ("time4", "2026-01-16 09:00~2026-01-16 17:00"),
            ("time4", "15:01"),
            ("date5", "2026年1月16日"),
            ("amount1", "¥12.50元"),
            ("const1", "已确认"),
        ];
        for (field, value) in good {
            assert_eq!(check(field, value), Ok(()), "{field} {value}");
        }
    }

    #[test]
    fn what_does_not_is_refused_with_the_rule_it_breaks() {
        use Misfit as M;
        let (long, digits, name) = ("字".repeat(21), "1".repeat(33), "王".repeat(11));
        let bad = [
            ("thing1", "", M::Empty),
            ("thing1", "  ", M::Empty),
            ("thing1", &*long, M::TooLong),
            ("thing1", "第一行\n第二行", M::BadCharacters),
            ("number1", "十二", M::BadCharacters),
            ("number1", "1.2.3", M::BadCharacters),
            ("number1", "1.", M::BadCharacters),
            ("number1", &*digits, M::TooLong),
            ("letter1", "A1", M::BadCharacters),
            ("symbol1", "a", M::BadCharacters),
            ("character_string1", "编号1", M::BadCharacters),
            ("phone_number1", "零五七一", M::BadCharacters),
            ("car_number1", "浙A123456789", M::TooLong),
            ("name1", &*name, M::TooLong),
            ("name1", "王1", M::BadCharacters),
            ("phrase1", "请致电A", M::BadCharacters),
            ("phrase1", "请尽快联系办理", M::TooLong),
            ("time1", "1月16日 9:00", M::BadCharacters),
            ("time1", "2026年1月16日~", M::BadCharacters),
            ("date1", "2026年2月30日", M::BadCharacters),
            ("date1", "09:00", M::BadCharacters),
            ("amount1", "12345678901", M::BadCharacters),
            ("amount1", "元", M::BadCharacters),
            ("colour1", "红", M::UnknownRule),
            ("1", "红", M::UnknownRule),
        ];
        for (field, value, why) in bad {
            assert_eq!(check(field, value), Err(why), "{field} {value}");
        }
    }
}
