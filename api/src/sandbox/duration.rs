//! Durations of ISO 8601, as far as a calendar of sandboxes needs them.

use std::str::FromStr;

use chrono::{DateTime, Months, TimeDelta, Utc};

/// `PnYnMnWnDTnHnMnS` with whole numbers: months by the calendar, the rest by the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Duration {
    months: u32,
    seconds: i64,
}

/// The text is no such duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an ISO 8601 duration of whole numbers, such as P30D, P1M or PT12H")]
pub struct NotADuration;

impl Duration {
    /// The instant this long after `instant`, by the calendar of UTC: a day that the month does not
    /// have becomes its last one. `None` beyond the calendar.
    pub fn after(self, instant: DateTime<Utc>) -> Option<DateTime<Utc>> {
        instant
            .checked_add_months(Months::new(self.months))?
            .checked_add_signed(TimeDelta::try_seconds(self.seconds)?)
    }
}

impl FromStr for Duration {
    type Err = NotADuration;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let body = text.strip_prefix('P').ok_or(NotADuration)?;
        let (date, time) = match body.split_once('T') {
            Some((_, "")) => return Err(NotADuration),
            Some((date, time)) => (date, time),
            None => (body, ""),
        };
        if date.is_empty() && time.is_empty() {
            return Err(NotADuration);
        }
        let [years, months, weeks, days] = parts(date, ['Y', 'M', 'W', 'D'])?;
        let [hours, minutes, seconds] = parts(time, ['H', 'M', 'S'])?;
        Ok(Self {
            months: years * 12 + months,
            seconds: (i64::from(weeks) * 7 + i64::from(days)) * 86_400
                + i64::from(hours) * 3_600
                + i64::from(minutes) * 60
                + i64::from(seconds),
        })
    }
}

/// The numbers before each of the units, which come in order, each at most once; absent ones are 0.
fn parts<const N: usize>(mut text: &str, units: [char; N]) -> Result<[u32; N], NotADuration> {
    /// Larger numbers are mistakes, and small ones cannot overflow.
    const LARGEST: u32 = 1_000_000;
    let mut numbers = [0; N];
    for (number, unit) in numbers.iter_mut().zip(units) {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let Some((count, rest)) = text.split_at_checked(digits) else {
            return Err(NotADuration);
        };
        if let Some(rest) = rest.strip_prefix(unit) {
            *number = count
                .parse()
                .ok()
                .filter(|&number| number <= LARGEST)
                .ok_or(NotADuration)?;
            text = rest;
        }
    }
    if text.is_empty() {
        Ok(numbers)
    } else {
        Err(NotADuration)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(text: &str) -> String {
        let start = "2025-01-31T00:00:00Z".parse().unwrap();
        let end = text.parse::<Duration>().unwrap().after(start).unwrap();
        end.to_rfc3339()
    }

    #[test]
    fn months_go_by_the_calendar_and_the_rest_by_the_clock() {
        assert_eq!(after("P1M"), "2025-02-28T00:00:00+00:00");
        assert_eq!(after("P1Y2M"), "2026-03-31T00:00:00+00:00");
        assert_eq!(after("P2W1D"), "2025-02-15T00:00:00+00:00");
        assert_eq!(after("P1DT12H30M5S"), "2025-02-01T12:30:05+00:00");
        assert_eq!(after("PT1M"), "2025-01-31T00:01:00+00:00");
    }

    #[test]
    fn what_is_no_duration_is_refused() {
        for text in [
            "",
            "P",
            "PT",
            "P1",
            "1D",
            "P-1D",
            "P1.5D",
            "P1D1M",
            "P1H",
            "PT1D",
            "P1D ",
            "PD",
            "P99999999999D",
            "p1d",
            "P一D",
        ] {
            assert_eq!(text.parse::<Duration>(), Err(NotADuration), "{text}");
        }
    }
}
