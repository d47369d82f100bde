//! Local dates and UTC instants. An office lives in one time zone; instants are kept as UTC.

use chrono::{
    DateTime, Days, Duration, LocalResult, NaiveDate, NaiveTime, TimeZone, Timelike, Utc,
};

/// An IANA time zone, such as `Asia/Shanghai`. Parse one with `str::parse`.
pub type Tz = chrono_tz::Tz;

/// The instant at which the local day `date` begins in `tz`.
///
/// Where clocks skip midnight, the day begins at the first instant that exists; where midnight
/// occurs twice, at the first of the two.
pub fn start_of_day(date: NaiveDate, tz: Tz) -> DateTime<Utc> {
    at(date, NaiveTime::MIN, tz)
}

/// The instant at which clocks in `tz` show `time` on `date`.
///
/// A time that clocks skip becomes the first one after the gap; a time that occurs twice is the
/// first of the two.
pub fn at(date: NaiveDate, time: NaiveTime, tz: Tz) -> DateTime<Utc> {
    let wanted = date.and_time(time);
    // The longest gap on record is the 24 hours Samoa skipped in 2011.
    for quarters in 0..=(26 * 4) {
        match tz.from_local_datetime(&(wanted + Duration::minutes(15 * quarters))) {
            LocalResult::Single(instant) | LocalResult::Ambiguous(instant, _) => {
                return instant.with_timezone(&Utc);
            }
            LocalResult::None => {}
        }
    }
    wanted.and_utc()
}

/// The calendar date that clocks in `tz` show at `instant`.
pub fn local_date(instant: DateTime<Utc>, tz: Tz) -> NaiveDate {
    instant.with_timezone(&tz).date_naive()
}

/// The time of day that clocks in `tz` show at `instant`.
pub fn local_time(instant: DateTime<Utc>, tz: Tz) -> NaiveTime {
    instant.with_timezone(&tz).time()
}

/// `instant` without what a database column of microseconds would lose.
pub fn truncate_to_micros(instant: DateTime<Utc>) -> DateTime<Utc> {
    let micros = instant.nanosecond() / 1_000;
    instant.with_nanosecond(micros * 1_000).unwrap_or(instant)
}

/// The day after `date`; the last representable date stays.
pub(crate) fn next_day(date: NaiveDate) -> NaiveDate {
    date.succ_opt().unwrap_or(date)
}

/// `date` plus whole days (negative: back); a date beyond the representable range stays.
pub(crate) fn plus_days(date: NaiveDate, days: i64) -> NaiveDate {
    let count = Days::new(days.unsigned_abs());
    let moved = if days < 0 {
        date.checked_sub_days(count)
    } else {
        date.checked_add_days(count)
    };
    moved.unwrap_or(date)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_day_in_shanghai_begins_at_sixteen_utc_of_the_day_before() {
        let start = start_of_day(date("2025-09-05"), chrono_tz::Asia::Shanghai);
        assert_eq!(start.to_rfc3339(), "2025-09-04T16:00:00+00:00");
        assert_eq!(
            local_date(start, chrono_tz::Asia::Shanghai),
            date("2025-09-05")
        );
        let before = start - Duration::microseconds(1);
        assert_eq!(
            local_date(before, chrono_tz::Asia::Shanghai),
            date("2025-09-04")
        );
    }

    #[test]
    fn skipped_and_doubled_times_resolve_to_one_instant() {
        // China's summer time of 1986 began on 4 May at 02:00.
        let gap = at(
            date("1986-05-04"),
            NaiveTime::from_hms_opt(2, 30, 0).unwrap(),
            chrono_tz::Asia::Shanghai,
        );
        assert_eq!(gap.to_rfc3339(), "1986-05-03T18:00:00+00:00");
        // Cuba's clocks go back at 01:00, so midnight comes twice.
        let doubled = start_of_day(date("2025-11-02"), chrono_tz::America::Havana);
        assert_eq!(doubled.to_rfc3339(), "2025-11-02T04:00:00+00:00");
        // Samoa had no 30 December 2011.
        let skipped = start_of_day(date("2011-12-30"), chrono_tz::Pacific::Apia);
        assert_eq!(
            skipped,
            start_of_day(date("2011-12-31"), chrono_tz::Pacific::Apia)
        );
    }

    #[test]
    fn truncation_keeps_microseconds() {
        let instant = DateTime::from_timestamp(1_750_000_000, 123_456_789).unwrap();
        assert_eq!(truncate_to_micros(instant).nanosecond(), 123_456_000);
    }
}
