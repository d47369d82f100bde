//! Times as the vendors write them. They name no zone; the one of their country is meant (UTC+8,
//! without summer time since 1991).

use std::time::Duration;

use chrono::{DateTime, Datelike as _, Days, Months, NaiveDate, NaiveDateTime, TimeDelta, Utc};

const AHEAD: TimeDelta = TimeDelta::hours(8);

/// Reads `2026-01-15 16:30:00`.
pub(crate) fn parse(text: &str) -> Option<DateTime<Utc>> {
    let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").ok()?;
    Some(local.checked_sub_signed(AHEAD)?.and_utc())
}

/// The date in China at an instant.
pub(crate) fn date(instant: DateTime<Utc>) -> NaiveDate {
    clock(instant).date()
}

/// What clocks in China show.
fn clock(instant: DateTime<Utc>) -> NaiveDateTime {
    let local = instant.naive_utc();
    local.checked_add_signed(AHEAD).unwrap_or(local)
}

/// A stretch of time by the clock, after which a vendor's counter begins anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Window {
    Minute,
    Hour,
    Day,
    Month,
}

/// From `now` to the end of the window it lies in.
pub(crate) fn until_end_of(window: Window, now: DateTime<Utc>) -> Duration {
    let local = clock(now);
    let midnight = local.date().and_time(chrono::NaiveTime::MIN);
    let into_day = local - midnight;
    let rest = |length: TimeDelta| {
        let passed = into_day.num_milliseconds() % length.num_milliseconds();
        length - TimeDelta::milliseconds(passed)
    };
    let left = match window {
        Window::Minute => rest(TimeDelta::minutes(1)),
        Window::Hour => rest(TimeDelta::hours(1)),
        Window::Day => rest(TimeDelta::days(1)),
        Window::Month => next_month(local.date()).map_or(TimeDelta::days(31), |first| {
            first.and_time(chrono::NaiveTime::MIN) - local
        }),
    };
    left.to_std().unwrap_or_default()
}

fn next_month(date: NaiveDate) -> Option<NaiveDate> {
    let first = date.checked_sub_days(Days::new(u64::from(date.day0())))?;
    first.checked_add_months(Months::new(1))
}

/// From `now` to the next time clocks in China show this hour.
pub(crate) fn until_hour(hour: i64, now: DateTime<Utc>) -> Duration {
    let local = clock(now);
    let into_day = local - local.date().and_time(chrono::NaiveTime::MIN);
    let wait = TimeDelta::hours(hour) - into_day;
    let wait = if wait > TimeDelta::zero() {
        wait
    } else {
        wait + TimeDelta::days(1)
    };
    wait.to_std().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_time_without_a_zone_is_that_of_china() {
        let read = parse("2026-01-15 16:30:04");
        assert_eq!(read, Some(at("2026-01-15T08:30:04Z")));
        for text in [
            "",
            "2026-01-15",
            "2026-02-30 00:00:00",
            "soon",
            "2026-01-15T16:30:04Z",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        let date = |text| date(at(text)).to_string();
        assert_eq!(date("2026-01-15T15:59:59Z"), "2026-01-15");
        assert_eq!(date("2026-01-15T16:00:00Z"), "2026-01-16");
    }

    #[test]
    fn a_window_ends_by_the_clock() {
        let now = at("2026-01-31T15:58:30Z"); // 23:58:30 in China
        let seconds = |window| until_end_of(window, now).as_secs();
        assert_eq!(seconds(Window::Minute), 30);
        assert_eq!(seconds(Window::Hour), 90);
        assert_eq!(seconds(Window::Day), 90);
        assert_eq!(seconds(Window::Month), 90);
        let noon = at("2026-02-01T04:00:00Z");
        let month = until_end_of(Window::Month, noon);
        assert_eq!(month, Duration::from_hours(27 * 24 + 12));
        assert_eq!(until_hour(8, now), Duration::from_secs(8 * 3600 + 90));
        assert_eq!(until_hour(13, noon), Duration::from_hours(1));
        assert_eq!(until_hour(12, noon), Duration::from_hours(24));
    }
}
