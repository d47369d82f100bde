//! What holds at every vendor of the mainland: its mobile numbers, its clocks, how a text grows by its
//! signature, what looks like a link. All of it by itself, and not by what the product thinks of it.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};

/// Longest text of a message with its signature, in characters, at either vendor of SMS.
const LONGEST_TEXT: usize = 500;

/// Eleven digits of a mobile number.
pub(super) fn is_mobile(digits: &str) -> bool {
    digits.len() == 11
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && matches!(digits.as_bytes(), [b'1', b'3'..=b'9', ..])
}

/// Han characters of texts as people write them.
pub(super) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{323af}')
}

/// What clocks there show.
pub(super) fn local(at: DateTime<Utc>) -> NaiveDateTime {
    at.naive_utc() + TimeDelta::hours(8)
}

/// A time as receipts state it.
pub(super) fn stated(at: DateTime<Utc>) -> String {
    local(at).format("%Y-%m-%d %H:%M:%S").to_string()
}

/// A text behind its signature, unless it is too long for a message.
pub(super) fn signed(signature: &str, text: &str) -> Option<String> {
    let signed = format!("【{signature}】{text}");
    (signed.chars().count() <= LONGEST_TEXT).then_some(signed)
}

/// An address of the web, or what begins like one: a dot between Latin letters.
pub(super) fn has_link(value: &str) -> bool {
    let small = value.to_ascii_lowercase();
    let parts: Vec<&str> = small.split('.').collect();
    let joins = |pair: &[&str]| {
        let ends = pair[0].ends_with(|c: char| c.is_ascii_alphanumeric());
        let letters = |c: &char| c.is_ascii_lowercase();
        ends && pair[1].chars().take_while(letters).count() >= 2
    };
    small.contains("://") || parts.windows(2).any(joins)
}
