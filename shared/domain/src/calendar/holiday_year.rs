//! One State Council notice: the days off and the make-up workdays of one year.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

use crate::error::{Refusal, RefusalCode};

/// The days off and make-up workdays of one year, by the State Council's notice (国务院办公厅关于某年
/// 部分节假日安排的通知). Weekends outside the holidays are not listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct HolidayYear {
    /// The year the notice arranges.
    pub year: i32,
    /// Title and number of the notice.
    pub notice: String,
    /// Where the notice is published.
    pub source: String,
    /// Days off, with the name of the holiday in Chinese. Includes the weekend days inside it.
    #[cfg_attr(feature = "schema", schema(value_type = BTreeMap<String, String>))]
    pub holidays: BTreeMap<NaiveDate, String>,
    /// Weekend days that are worked, with the name of the holiday they make up for.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(value_type = BTreeMap<String, String>))]
    pub make_up_workdays: BTreeMap<NaiveDate, String>,
}

impl HolidayYear {
    /// Checks the notice: every date belongs to the year (a New Year holiday may begin in the
    /// December before), every day has a name, a make-up workday is a weekend day, and no date is
    /// both off and worked.
    ///
    /// # Errors
    /// All faults at once, each with the JSON pointer of its field.
    pub fn validate(&self) -> Result<(), Vec<Refusal>> {
        let mut faults = Vec::new();
        let mut fault = |pointer: String, detail: String| {
            faults.push(Refusal::at(RefusalCode::CalendarInvalid, pointer, detail));
        };
        if !(2000..=2100).contains(&self.year) {
            fault(
                "/year".into(),
                format!("{} is not a year between 2000 and 2100", self.year),
            );
        }
        if self.notice.trim().is_empty() {
            fault(
                "/notice".into(),
                "the notice needs its title and number".into(),
            );
        }
        if self.source.trim().is_empty() {
            fault("/source".into(), "say where the notice is published".into());
        }
        if self.holidays.is_empty() {
            fault("/holidays".into(), "a year has at least one holiday".into());
        }
        for (field, days) in [
            ("holidays", &self.holidays),
            ("make_up_workdays", &self.make_up_workdays),
        ] {
            for (date, name) in days {
                if !self.covers(*date) {
                    fault(
                        format!("/{field}/{date}"),
                        format!("{date} is not in {}", self.year),
                    );
                }
                if name.trim().is_empty() {
                    fault(
                        format!("/{field}/{date}"),
                        format!("{date} needs a holiday's name"),
                    );
                }
            }
        }
        for date in self.make_up_workdays.keys() {
            if !matches!(date.weekday(), Weekday::Sat | Weekday::Sun) {
                let detail = format!("{date} is a {}, not a weekend day", date.format("%A"));
                fault(format!("/make_up_workdays/{date}"), detail);
            }
            if self.holidays.contains_key(date) {
                let detail = format!("{date} is listed both as a day off and as a workday");
                fault(format!("/make_up_workdays/{date}"), detail);
            }
        }
        if faults.is_empty() {
            Ok(())
        } else {
            Err(faults)
        }
    }

    fn covers(&self, date: NaiveDate) -> bool {
        let before = date.year() + 1 == self.year && date.month() == 12 && date.day() >= 25;
        date.year() == self.year || before
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_reported_with_its_pointer() {
        let year: HolidayYear = serde_json::from_value(serde_json::json!({
            "year": 2027, "notice": " ", "source": "gov.cn",
            "holidays": {"2027-01-01": "元旦", "2026-10-01": "国庆节", "2027-10-02": ""},
            "make_up_workdays": {"2027-01-04": "元旦", "2027-10-02": "国庆节"}
        }))
        .unwrap();
        let pointers: Vec<String> = year
            .validate()
            .unwrap_err()
            .into_iter()
            .filter_map(|fault| fault.pointer)
            .collect();
        assert_eq!(
            pointers,
            [
                "/notice",
                "/holidays/2026-10-01",
                "/holidays/2027-10-02",
                "/make_up_workdays/2027-01-04",
                "/make_up_workdays/2027-10-02",
            ]
        );
    }

    #[test]
    fn unknown_fields_are_refused_and_json_round_trips() {
        let json = serde_json::json!({
            "year": 2027, "notice": "n", "source": "s",
            "holidays": {"2027-01-01": "元旦"}, "make_up_workdays": {}
        });
        let year: HolidayYear = serde_json::from_value(json.clone()).unwrap();
        year.validate().unwrap();
        assert_eq!(serde_json::to_value(&year).unwrap(), json);
        let mut wrong = json;
        wrong["holiday"] = serde_json::json!({});
        assert!(serde_json::from_value::<HolidayYear>(wrong).is_err());
    }
}
