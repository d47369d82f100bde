//! Quiet hours: when nothing is sent to a client.

use chrono::{DateTime, Duration, NaiveDate, Utc};

use crate::{
    local_time::{Tz, at as instant_at, local_date, local_time, next_day, plus_days},
    rule_pack::QuietHours,
};

/// How long before the quiet hours a step is sent that would have fallen into them.
const BEFORE_QUIET: Duration = Duration::hours(1);

/// A move out of the quiet hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shift {
    /// The new time, outside the quiet hours.
    pub to: DateTime<Utc>,
    /// Why, for the record.
    pub reason: String,
}

/// Moves a planned time out of the quiet hours; `None` if it is not in them.
///
/// A time in the evening becomes one hour before the quiet hours of that evening; a time in the
/// early morning becomes their end, if that is still before `deadline`, else one hour before they
/// began. For a message that must go out now or later, see [`quiet_until`].
pub fn out_of_quiet_hours(
    at: DateTime<Utc>,
    deadline: DateTime<Utc>,
    quiet: QuietHours,
    tz: Tz,
) -> Option<Shift> {
    let (evening, end) = quiet_around(at, quiet, tz)?;
    let is_morning = local_time(at, tz) < quiet.until;
    let earlier = instant_at(evening, quiet.from, tz) - BEFORE_QUIET;
    let (to, direction) = if is_morning && end < deadline {
        (end, "after")
    } else {
        (earlier, "before")
    };
    let hours = format!(
        "{}–{}",
        quiet.from.format("%H:%M"),
        quiet.until.format("%H:%M")
    );
    Some(Shift {
        to,
        reason: format!("quiet hours {hours}: sent {direction} them"),
    })
}

/// When the quiet hours end that `at` is in; `None` if it is not in them.
pub fn quiet_until(at: DateTime<Utc>, quiet: QuietHours, tz: Tz) -> Option<DateTime<Utc>> {
    quiet_around(at, quiet, tz).map(|(_, end)| end)
}

/// The evening on which the quiet hours around `at` began, and their end.
fn quiet_around(
    at: DateTime<Utc>,
    quiet: QuietHours,
    tz: Tz,
) -> Option<(NaiveDate, DateTime<Utc>)> {
    let (day, time) = (local_date(at, tz), local_time(at, tz));
    let evening = if time >= quiet.from {
        day
    } else if time < quiet.until {
        plus_days(day, -1)
    } else {
        return None;
    };
    Some((evening, instant_at(next_day(evening), quiet.until, tz)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TZ: Tz = chrono_tz::Asia::Shanghai;

    fn instant(text: &str) -> DateTime<Utc> {
        format!("{text}:00+08:00").parse().unwrap()
    }

    fn quiet() -> QuietHours {
        QuietHours {
            from: "21:00:00".parse().unwrap(),
            until: "08:00:00".parse().unwrap(),
        }
    }

    fn shifted(at: &str, deadline: &str) -> Option<DateTime<Utc>> {
        out_of_quiet_hours(instant(at), instant(deadline), quiet(), TZ).map(|shift| shift.to)
    }

    #[test]
    fn day_times_stay_and_the_bounds_are_half_open() {
        assert_eq!(shifted("2026-03-02T08:00", "2026-03-03T00:00"), None);
        assert_eq!(shifted("2026-03-02T20:59", "2026-03-03T00:00"), None);
        assert!(shifted("2026-03-02T21:00", "2026-03-03T00:00").is_some());
        assert!(shifted("2026-03-02T07:59", "2026-03-03T00:00").is_some());
    }

    #[test]
    fn evening_goes_before_and_morning_after_unless_too_late() {
        let evening = shifted("2026-03-02T23:30", "2026-03-04T00:00");
        assert_eq!(evening, Some(instant("2026-03-02T20:00")));
        let morning = shifted("2026-03-02T06:00", "2026-03-03T00:00");
        assert_eq!(morning, Some(instant("2026-03-02T08:00")));
        let too_late = shifted("2026-03-02T06:00", "2026-03-02T08:00");
        assert_eq!(too_late, Some(instant("2026-03-01T20:00")));
    }

    #[test]
    fn a_retry_waits_for_the_end() {
        let end = quiet_until(instant("2026-03-02T23:30"), quiet(), TZ);
        assert_eq!(end, Some(instant("2026-03-03T08:00")));
        assert_eq!(quiet_until(instant("2026-03-03T00:10"), quiet(), TZ), end);
        assert_eq!(quiet_until(instant("2026-03-03T12:00"), quiet(), TZ), None);
    }
}
