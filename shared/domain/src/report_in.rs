//! The last day for reporting in (报到).

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    calendar::Calendar,
    local_time::{Tz, next_day, plus_days, start_of_day},
    rule_pack::RulePack,
    words::Measure,
};

/// The last day for reporting in, and why it is that day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ReportInDeadline {
    /// The last local day on which reporting in is in time.
    pub due_on: NaiveDate,
    /// Start of the day after it.
    pub closes_at: DateTime<Utc>,
    /// A holiday notice the day depends on is not loaded: it may still move.
    pub provisional: bool,
    /// Why it is this day.
    pub why: ReportInWhy,
}

/// Why the last day for reporting in is what it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ReportInWhy {
    /// Id of the rule pack.
    pub rule_pack: String,
    /// Version of the rule pack.
    pub rule_pack_version: u32,
    /// The article.
    pub citation: String,
    /// Calendar days after receipt.
    pub days: u32,
    /// The last day before a move off a day off.
    pub nominal_on: NaiveDate,
    /// The nominal day, if the due day is another.
    pub rolled_from: Option<NaiveDate>,
    /// The days off that were passed over.
    pub roll_cause: Option<String>,
    /// All of this as plain English.
    pub text: String,
}

/// The last day for reporting in after a decision received on the local day `received_on`.
///
/// The pack's number of calendar days (15 by 戒毒条例 art. 14 and 38), the day of receipt not
/// counted; a last day off moves to the next working day (民法典 art. 203).
pub fn deadline(
    received_on: NaiveDate,
    pack: &RulePack,
    measure: Measure,
    calendar: &Calendar,
    tz: Tz,
) -> ReportInDeadline {
    let days = pack.report_in_days_for(measure);
    let nominal_on = plus_days(received_on, i64::from(days));
    let roll = calendar.working_day_on_or_after(nominal_on);
    let citation = match measure {
        Measure::CommunityTreatment => "戒毒条例 art. 14; 民法典 art. 203",
        Measure::CommunityRehabilitation => "戒毒条例 art. 38; 民法典 art. 203",
        Measure::Aftercare => pack.citation.as_str(),
    };
    let mut text = format!("{days} days after receipt on {received_on} is {nominal_on}");
    if roll.date != nominal_on {
        let cause = roll.cause.as_deref().unwrap_or("day off");
        text = format!(
            "{text}, not a working day ({cause}), so it is the next one, {}",
            roll.date
        );
    }
    text.push('.');
    if roll.provisional {
        text.push_str(
            " The date is provisional: a holiday notice it depends on is not loaded yet.",
        );
    }
    ReportInDeadline {
        due_on: roll.date,
        closes_at: start_of_day(next_day(roll.date), tz),
        provisional: roll.provisional,
        why: ReportInWhy {
            rule_pack: pack.id.clone(),
            rule_pack_version: pack.version,
            citation: citation.to_owned(),
            days,
            nominal_on,
            rolled_from: (roll.date != nominal_on).then_some(nominal_on),
            roll_cause: roll.cause,
            text,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule_pack::shipped;

    fn of(received_on: &str, pack: &RulePack) -> ReportInDeadline {
        deadline(
            received_on.parse().unwrap(),
            pack,
            Measure::CommunityTreatment,
            &Calendar::shipped(),
            chrono_tz::Asia::Shanghai,
        )
    }

    #[test]
    fn fifteen_days_without_the_day_of_receipt() {
        let pack = RulePack::parse(shipped()[0].1).unwrap();
        let ordinary = of("2025-11-04", &pack);
        assert_eq!(ordinary.due_on.to_string(), "2025-11-19");
        assert_eq!(ordinary.closes_at.to_rfc3339(), "2025-11-19T16:00:00+00:00");
        assert_eq!(ordinary.why.rolled_from, None);
    }

    #[test]
    fn a_last_day_off_moves_on_and_says_why() {
        let pack = RulePack::parse(shipped()[0].1).unwrap();
        let holiday = of("2025-09-17", &pack);
        assert_eq!(holiday.due_on.to_string(), "2025-10-09");
        assert_eq!(holiday.why.roll_cause.as_deref(), Some("国庆节, 中秋节"));
        assert!(of("2027-01-20", &pack).provisional);
    }

    #[test]
    fn a_pack_may_give_a_measure_fewer_days() {
        let mut pack = RulePack::parse(shipped()[0].1).unwrap();
        pack.report_in_days_by_measure
            .insert(Measure::CommunityTreatment, 2);
        assert_eq!(of("2025-11-04", &pack).due_on.to_string(), "2025-11-06");
    }
}
