//! One-time codes by which a client signs in: how often one is sent, how long it is good, and when a
//! number is not enough.
//!
//! Six random digits, good once and for five minutes (OWASP ASVS 5.0, 6.5.4 and 6.6.2). The counters
//! belong to the number and outlive the code, so that asking again gives no further guesses.

use std::sync::LazyLock;

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    PhoneState, Refusal,
    template::{Placeholder, Template, Variables},
    wording::WordList,
};

/// How long a code is good.
pub const LIFE: TimeDelta = TimeDelta::minutes(5);
/// Guesses at one code.
pub const TRIES: i32 = 5;
/// Wrong guesses at one number in [`FAILURES_WINDOW`], over all its codes; then it is locked.
pub const FAILURES: i32 = 10;
/// How long wrong guesses are remembered.
pub const FAILURES_WINDOW: TimeDelta = TimeDelta::hours(24);
/// How soon another code may be asked for.
pub const RESEND_AFTER: TimeDelta = TimeDelta::seconds(60);
/// Codes to one number an hour and a day: what the SMS platforms allow, so that ours says no first.
const PER_HOUR: i32 = 5;
const PER_DAY: i32 = 10;
/// Carriers give a number that was returned to somebody else after 90 days (practice). One that was
/// not used for as long may have changed hands.
const NUMBER_MAY_CHANGE_HANDS: TimeDelta = TimeDelta::days(90);

/// How many codes went out since an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// The first of them (UTC).
    pub began_at: DateTime<Utc>,
    /// How many.
    pub count: i32,
}

/// When codes were issued for a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Issued {
    /// The last one (UTC).
    pub at: DateTime<Utc>,
    /// Of this hour.
    pub hour: Count,
    /// Of this day.
    pub day: Count,
}

/// The counters with one more code issued at `now` (UTC). `None`: not yet, or not that many; the
/// code before, if there is one, stays good.
pub fn issue(last: Option<&Issued>, now: DateTime<Utc>) -> Option<Issued> {
    let Some(last) = last else {
        let first = Count {
            began_at: now,
            count: 1,
        };
        return Some(Issued {
            at: now,
            hour: first,
            day: first,
        });
    };
    if now < last.at + RESEND_AFTER {
        return None;
    }
    Some(Issued {
        at: now,
        hour: one_more(last.hour, TimeDelta::hours(1), PER_HOUR, now)?,
        day: one_more(last.day, TimeDelta::days(1), PER_DAY, now)?,
    })
}

fn one_more(counted: Count, window: TimeDelta, limit: i32, now: DateTime<Utc>) -> Option<Count> {
    if now >= counted.began_at + window {
        return Some(Count {
            began_at: now,
            count: 1,
        });
    }
    (counted.count < limit).then(|| Count {
        count: counted.count.saturating_add(1),
        ..counted
    })
}

/// Six digits from random bytes; `None` for the few numbers that would make some codes likelier
/// than others: draw again.
pub fn digits(random: [u8; 4]) -> Option<String> {
    const CODES: u32 = 1_000_000;
    let drawn = u32::from_le_bytes(random);
    (drawn < u32::MAX - u32::MAX % CODES).then(|| format!("{:06}", drawn % CODES))
}

/// What is known of a number somebody proved to hold.
#[derive(Debug, Clone, Copy)]
pub struct Held {
    /// Whether it belongs to several clients.
    pub shared: bool,
    /// What is known of it.
    pub state: PhoneState,
    /// When this client last signed in with it (UTC); `None`: never.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// Whether to hold the number is not enough at `now` (UTC): numbers are shared and handed on, so the
/// first sign-in and every doubtful one asks for a fact that only the client knows. So does one after
/// staff took back that the number is the client's.
pub fn asks_second_fact(held: &Held, now: DateTime<Utc>) -> bool {
    held.shared
        || held.state != PhoneState::Verified
        || held
            .last_used_at
            .is_none_or(|used| now >= used + NUMBER_MAY_CHANGE_HANDS)
}

/// The step under which providers file it.
pub const STEP: &str = "code";

/// The text that carries a code. It ships with the product and no agency changes it.
pub fn template() -> &'static Template {
    &TEXT
}

#[expect(
    clippy::expect_used,
    reason = "a fixed text, read by the tests of this module"
)]
static TEXT: LazyLock<Template> = LazyLock::new(|| {
    let text = "验证码{code},5分钟内有效,请勿告诉他人。";
    Template::parse(text, WordList::shipped()).expect("the text of a code is valid")
});

/// The text that carries a code, behind the office's signature.
///
/// # Errors
/// `wording_refused` when the signature is at fault.
pub fn text(code: &str, signature: &str, words: &WordList) -> Result<String, Refusal> {
    let data = Variables::new().with(Placeholder::Code, code);
    Ok(template().render(&data, signature, words)?.text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wording;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_750_000_000 + seconds, 0).unwrap()
    }

    #[test]
    fn a_minute_lies_between_two_codes() {
        let first = issue(None, at(0)).unwrap();
        assert_eq!(issue(Some(&first), at(59)), None);
        assert_eq!(issue(Some(&first), at(60)).unwrap().hour.count, 2);
    }

    #[test]
    fn five_an_hour_and_ten_a_day() {
        let mut last = issue(None, at(0)).unwrap();
        let mut sent = 1;
        for minute in 1..24 * 60 {
            if let Some(next) = issue(Some(&last), at(minute * 60)) {
                last = next;
                sent += 1;
            }
            if minute < 60 {
                assert!(sent <= 5);
            }
        }
        assert_eq!(sent, 10);
        assert!(issue(Some(&last), at(24 * 3_600)).is_some());
    }

    #[test]
    fn every_code_is_as_likely() {
        assert_eq!(digits(7_u32.to_le_bytes()).unwrap(), "000007");
        assert_eq!(digits(1_000_006_u32.to_le_bytes()).unwrap(), "000006");
        assert_eq!(digits(4_293_999_999_u32.to_le_bytes()).unwrap(), "999999");
        assert_eq!(digits(4_294_000_000_u32.to_le_bytes()), None);
    }

    #[test]
    fn a_number_alone_is_enough_only_where_nothing_is_doubtful() {
        let held = Held {
            shared: false,
            state: PhoneState::Verified,
            last_used_at: Some(at(0)),
        };
        assert!(!asks_second_fact(&held, at(60)));
        let ninety_days = 90 * 86_400;
        assert!(!asks_second_fact(&held, at(ninety_days - 1)));
        assert!(asks_second_fact(&held, at(ninety_days)));
        for doubtful in [
            Held {
                shared: true,
                ..held
            },
            Held {
                state: PhoneState::Unverified,
                ..held
            },
            Held {
                state: PhoneState::Invalid,
                ..held
            },
            Held {
                last_used_at: None,
                ..held
            },
        ] {
            assert!(asks_second_fact(&doubtful, at(60)), "{doubtful:?}");
        }
    }

    #[test]
    fn the_text_says_nothing_but_the_code() {
        let words = WordList::shipped();
        for code in ["000000", "626626", "112626", "199912"] {
            let text = text(code, "城东服务站", words).unwrap();
            assert_eq!(wording::sms_parts(&text), 1);
            assert!(text.contains(code));
        }
        assert!(text("123456", "禁毒办", words).is_err());
    }
}
