//! What the fields of a template let in: a table of the platform's own ("发送订阅消息", types of
//! parameters), and not what the product thinks it is.

use crate::fakes::mainland::is_han;

/// Whether a value fits the field of this name, such as `thing1`.
pub fn fits(field: &str, value: &str) -> bool {
    let letters = value.chars().count();
    let at_most = |most| (1..=most).contains(&letters);
    let all = |lets_in: fn(char) -> bool| value.chars().all(lets_in);
    if value.contains(char::is_control) {
        return false;
    }
    match field.trim_end_matches(|c: char| c.is_ascii_digit()) {
        "thing" => at_most(20),
        "number" => at_most(32) && is_like(value, &["9", "9.9"]),
        "letter" => at_most(32) && all(|c| c.is_ascii_alphabetic()),
        "symbol" => at_most(5) && all(|c| !c.is_alphanumeric()),
        "character_string" => at_most(32) && value.is_ascii(),
        "phone_number" => at_most(17) && all(|c| c.is_ascii_digit() || "+-".contains(c)),
        "car_number" => at_most(8) && all(char::is_alphanumeric),
        "name" => {
            at_most(if value.is_ascii() { 20 } else { 10 }) && !value.contains(char::is_numeric)
        }
        "phrase" => at_most(5) && all(is_han),
        "time" => value.split('~').count() <= 2 && value.split('~').all(is_moment),
        "date" => is_date(value) || is_date_and_time(value),
        "amount" => is_like(
            value.trim_start_matches(['¥', '￥']).trim_end_matches('元'),
            &["9", "9.9"],
        ),
        _ => false,
    }
}

fn is_moment(value: &str) -> bool {
    is_clock(value) || is_date(value) || is_date_and_time(value)
}

fn is_date_and_time(value: &str) -> bool {
    let parts = value.split_once(' ');
    parts.is_some_and(|(date, clock)| is_date(date) && is_clock(clock))
}

fn is_clock(value: &str) -> bool {
    is_like(value, &["9:9", "9:9:9"]) && value.split(':').all(|part| part.len() == 2)
}

/// The year is never left out.
fn is_date(value: &str) -> bool {
    let year = value.chars().take_while(char::is_ascii_digit).count();
    year == 4 && is_like(value, &["9年9月9日", "9-9-9", "9/9/9"])
}

/// Whether a value has one of these shapes, in which a 9 stands for digits in a row.
fn is_like(value: &str, shapes: &[&str]) -> bool {
    let mut shape = String::new();
    for letter in value.chars() {
        match letter {
            '0'..='9' if shape.ends_with('9') => {}
            '0'..='9' => shape.push('9'),
            other => shape.push(other),
        }
    }
    shapes.contains(&&*shape)
}
