//! How much a number gets. The days and hours are those of the calendar in China; what was taken counts,
//! whatever the carrier makes of it.

use chrono::TimeDelta;

use super::Taken;
use crate::fakes::mainland::local;

/// How soon the same text may go to the same number again.
pub const SAME_TEXT: TimeDelta = TimeDelta::seconds(30);

/// What the console sets; by default what the vendor sets there.
#[derive(Debug, Clone, Copy)]
pub struct Frequency {
    /// Of the same text, in a day.
    pub same_text_a_day: usize,
    /// Of all texts, in an hour.
    pub an_hour: usize,
    /// Of all texts, in a day.
    pub a_day: usize,
}

impl Default for Frequency {
    /// Ten of the same text a day; no other bounds but those of the text.
    fn default() -> Self {
        Self {
            same_text_a_day: 10,
            an_hour: usize::MAX,
            a_day: usize::MAX,
        }
    }
}

impl Frequency {
    /// Whether there is room for `next` beside those taken before.
    ///
    /// # Errors
    /// The vendor's code.
    pub(super) fn check(self, before: &[Taken], next: &Taken) -> Result<(), &'static str> {
        let of_number: Vec<&Taken> = before.iter().filter(|one| one.to == next.to).collect();
        let is_same = |one: &Taken| one.text == next.text;
        let within = |form: &str, counts: &dyn Fn(&Taken) -> bool| {
            let window = |one: &Taken| local(one.at).format(form).to_string();
            let now = window(next);
            let inside = |one: &&&Taken| counts(one) && window(one) == now;
            of_number.iter().filter(inside).count()
        };
        let too_soon = |one: &&Taken| is_same(one) && next.at - one.at < SAME_TEXT;
        if of_number.iter().any(too_soon) {
            return Err("LimitExceeded.PhoneNumberThirtySecondLimit");
        }
        if within("%F", &is_same) >= self.same_text_a_day {
            return Err("LimitExceeded.PhoneNumberSameContentDailyLimit");
        }
        if within("%F %H", &|_| true) >= self.an_hour {
            return Err("LimitExceeded.PhoneNumberOneHourLimit");
        }
        if within("%F", &|_| true) >= self.a_day {
            return Err("LimitExceeded.PhoneNumberDailyLimit");
        }
        Ok(())
    }
}
