//! Working days: weekends, State Council holiday notices and their make-up workdays (调休).
//!
//! A year whose notice is loaded is certain. For any other year dates are computed from weekends
//! and the statutory holidays with fixed dates, and marked `provisional`.

mod holiday_year;

use std::{collections::BTreeMap, sync::LazyLock};

use chrono::{Datelike, NaiveDate, Weekday};

pub use holiday_year::HolidayYear;

use crate::local_time::plus_days;

/// The notices shipped with the product, one TOML file a year.
const SHIPPED: [&str; 7] = [
    include_str!("../holidays/2020.toml"),
    include_str!("../holidays/2021.toml"),
    include_str!("../holidays/2022.toml"),
    include_str!("../holidays/2023.toml"),
    include_str!("../holidays/2024.toml"),
    include_str!("../holidays/2025.toml"),
    include_str!("../holidays/2026.toml"),
];

/// A notice may reach back into the last days of December before its year; until the next year's
/// notice is known, these days are provisional (the 2019 notice made 29 December 2018 a workday).
const FIRST_DECEMBER_DAY_OF_NEXT_NOTICE: u32 = 25;

/// No holiday is nearly as long; ends a search in a calendar that marks every day as off.
const LONGEST_SEARCH_DAYS: usize = 60;

/// Which days are working days, and why.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calendar {
    years: BTreeMap<i32, HolidayYear>,
}

/// What kind of day a date is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// Whether offices work.
    pub working: bool,
    /// Name of the holiday, the weekend day, or what a make-up workday is made up for; `None` for
    /// an ordinary working day.
    pub cause: Option<String>,
    /// The notice that decides about this date is not loaded.
    pub provisional: bool,
}

/// A working day that was looked for, and why it is not the date started from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roll {
    /// The working day found.
    pub date: NaiveDate,
    /// The days off that were passed over, such as `国庆节` or `Saturday, Sunday`; `None` if none.
    pub cause: Option<String>,
    /// A date on the way is not covered by a loaded notice.
    pub provisional: bool,
}

impl Calendar {
    /// The notices of 2020–2026, as shipped.
    pub fn shipped() -> Self {
        static PARSED: LazyLock<Calendar> = LazyLock::new(|| {
            SHIPPED
                .iter()
                .filter_map(|text| toml::from_str(text).ok())
                .fold(Calendar::default(), |calendar, year: HolidayYear| {
                    calendar.with_year(year)
                })
        });
        PARSED.clone()
    }

    /// This calendar with one more year, or with another version of a year it has.
    #[must_use]
    pub fn with_year(mut self, year: HolidayYear) -> Self {
        self.years.insert(year.year, year);
        self
    }

    /// The years whose notice is loaded, in order.
    pub fn years(&self) -> impl Iterator<Item = &HolidayYear> {
        self.years.values()
    }

    /// The notice of one year.
    pub fn year(&self, year: i32) -> Option<&HolidayYear> {
        self.years.get(&year)
    }

    /// Whether offices work on `date`.
    pub fn is_working_day(&self, date: NaiveDate) -> bool {
        self.day(date).working
    }

    /// What kind of day `date` is, and why.
    pub fn day(&self, date: NaiveDate) -> Day {
        let own = self.years.get(&date.year());
        let next = (date.month() == 12)
            .then(|| self.years.get(&(date.year() + 1)))
            .flatten();
        let late_december = date.month() == 12 && date.day() >= FIRST_DECEMBER_DAY_OF_NEXT_NOTICE;
        let provisional = own.is_none() || (late_december && next.is_none());
        // The later notice speaks last about late December.
        for notice in next.into_iter().chain(own) {
            if let Some(name) = notice.holidays.get(&date) {
                return Day {
                    working: false,
                    cause: Some(name.clone()),
                    provisional,
                };
            }
            if let Some(name) = notice.make_up_workdays.get(&date) {
                let cause = Some(format!("make-up workday for {name}"));
                return Day {
                    working: true,
                    cause,
                    provisional,
                };
            }
        }
        if own.is_none()
            && let Some(name) = fixed_holiday(date)
        {
            return Day {
                working: false,
                cause: Some(name.to_owned()),
                provisional,
            };
        }
        let cause = match date.weekday() {
            Weekday::Sat => Some("Saturday".to_owned()),
            Weekday::Sun => Some("Sunday".to_owned()),
            _ => None,
        };
        Day {
            working: cause.is_none(),
            cause,
            provisional,
        }
    }

    /// `date` itself, or the next working day after it (民法典 art. 203: a period that ends on a day
    /// off ends on the day after it).
    pub fn working_day_on_or_after(&self, date: NaiveDate) -> Roll {
        self.roll(date, 1)
    }

    /// `date` itself, or the last working day before it.
    pub fn working_day_on_or_before(&self, date: NaiveDate) -> Roll {
        self.roll(date, -1)
    }

    /// The `n`-th working day after `date`, which itself is not counted; before it if `n` is
    /// negative. For 0 this is [`Self::working_day_on_or_after`].
    pub fn add_working_days(&self, date: NaiveDate, n: i64) -> Roll {
        if n == 0 {
            return self.working_day_on_or_after(date);
        }
        let step = n.signum();
        let mut found = Roll {
            date,
            cause: None,
            provisional: false,
        };
        let mut causes = Causes::default();
        for _ in 0..n.unsigned_abs() {
            let next = self.roll(plus_days(found.date, step), step);
            causes.add(next.cause.as_deref());
            found = Roll {
                provisional: found.provisional || next.provisional,
                ..next
            };
        }
        Roll {
            cause: causes.text(),
            ..found
        }
    }

    fn roll(&self, from: NaiveDate, step: i64) -> Roll {
        let mut date = from;
        let mut causes = Causes::default();
        let mut provisional = false;
        for _ in 0..LONGEST_SEARCH_DAYS {
            let day = self.day(date);
            provisional |= day.provisional;
            if day.working {
                break;
            }
            causes.add(day.cause.as_deref());
            date = plus_days(date, step);
        }
        Roll {
            date,
            cause: causes.text(),
            provisional,
        }
    }
}

/// Distinct causes in the order they were met.
#[derive(Default)]
struct Causes(Vec<String>);

impl Causes {
    fn add(&mut self, cause: Option<&str>) {
        for part in cause.into_iter().flat_map(|text| text.split(", ")) {
            if !self.0.iter().any(|known| known == part) {
                self.0.push(part.to_owned());
            }
        }
    }

    fn text(self) -> Option<String> {
        (!self.0.is_empty()).then(|| self.0.join(", "))
    }
}

/// The statutory holidays with fixed dates (全国年节及纪念日放假办法, as amended for 2025). Those that
/// follow the lunar calendar or the sun are not guessed.
fn fixed_holiday(date: NaiveDate) -> Option<&'static str> {
    match (date.month(), date.day()) {
        (1, 1) => Some("元旦"),
        (5, 1 | 2) => Some("劳动节"),
        (10, 1..=3) => Some("国庆节"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn every_shipped_notice_parses_and_is_valid() {
        for text in SHIPPED {
            let year: HolidayYear = toml::from_str(text).unwrap();
            year.validate().unwrap();
            assert!(year.notice.contains("国办发明电"), "{}", year.year);
        }
        let years: Vec<i32> = Calendar::shipped().years().map(|year| year.year).collect();
        assert_eq!(years, [2020, 2021, 2022, 2023, 2024, 2025, 2026]);
    }

    #[test]
    fn each_year_has_as_many_working_days_as_the_notices_leave() {
        // Counted independently with the PyPI package `chinesecalendar` 1.11.
        let calendar = Calendar::shipped();
        let counts = [249, 250, 249, 249, 251, 248, 248];
        for (year, expected) in (2020..).zip(counts) {
            let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap();
            let working = first
                .iter_days()
                .take_while(|day| day.year() == year)
                .filter(|day| calendar.is_working_day(*day))
                .count();
            assert_eq!(working, expected, "{year}");
        }
    }

    #[test]
    fn a_make_up_workday_works_and_a_holiday_weekday_does_not() {
        let calendar = Calendar::shipped();
        let make_up = calendar.day(date("2026-01-04"));
        assert!(make_up.working);
        assert_eq!(make_up.cause.as_deref(), Some("make-up workday for 元旦"));
        assert_eq!(
            calendar.day(date("2025-10-08")).cause.as_deref(),
            Some("国庆节")
        );
        assert!(!calendar.is_working_day(date("2025-10-08")));
        assert_eq!(
            calendar.day(date("2025-10-12")).cause.as_deref(),
            Some("Sunday")
        );
    }

    #[test]
    fn a_notice_reaches_back_into_december() {
        let day = Calendar::shipped().day(date("2022-12-31"));
        assert_eq!(day.cause.as_deref(), Some("元旦"));
        assert!(!day.provisional);
    }

    #[test]
    fn rolls_name_what_they_pass_over() {
        let calendar = Calendar::shipped();
        let roll = calendar.working_day_on_or_after(date("2025-10-04"));
        assert_eq!(roll.date, date("2025-10-09"));
        assert_eq!(roll.cause.as_deref(), Some("国庆节, 中秋节"));
        assert_eq!(
            calendar.working_day_on_or_before(date("2025-10-04")).date,
            date("2025-09-30")
        );
        let stays = calendar.working_day_on_or_after(date("2025-10-09"));
        assert_eq!((stays.date, stays.cause), (date("2025-10-09"), None));
    }

    #[test]
    fn counting_working_days_leaves_out_the_day_itself() {
        let calendar = Calendar::shipped();
        let friday = date("2025-11-07");
        assert_eq!(
            calendar.add_working_days(friday, 1).date,
            date("2025-11-10")
        );
        assert_eq!(
            calendar.add_working_days(friday, 3).date,
            date("2025-11-12")
        );
        assert_eq!(
            calendar.add_working_days(friday, -1).date,
            date("2025-11-06")
        );
        assert_eq!(
            calendar.add_working_days(date("2025-11-08"), 0).date,
            date("2025-11-10")
        );
        assert_eq!(
            calendar.add_working_days(date("2025-10-09"), -1).date,
            date("2025-09-30")
        );
    }

    #[test]
    fn a_year_without_notice_knows_fixed_holidays_only_and_says_so() {
        let calendar = Calendar::shipped();
        let national_day = calendar.day(date("2027-10-01"));
        assert_eq!(national_day.cause.as_deref(), Some("国庆节"));
        assert!(!national_day.working && national_day.provisional);
        let monday = calendar.day(date("2027-10-04"));
        assert!(monday.working && monday.provisional);
        // Spring Festival 2027 is in February; nobody announced its days off yet.
        assert!(calendar.is_working_day(date("2027-02-08")));
        assert!(
            calendar
                .working_day_on_or_after(date("2027-03-06"))
                .provisional
        );
        assert!(!calendar.day(date("2026-12-24")).provisional);
        assert!(calendar.day(date("2026-12-31")).provisional);
    }
}
