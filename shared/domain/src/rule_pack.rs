//! Rule packs: cadence, thresholds, reminder ladder and texts as versioned data with a citation.
//!
//! A published pack is immutable; a case keeps the version it was given at report-in.

mod check;
mod parse;
mod rule_error;

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};

pub use rule_error::RuleError;

use crate::{
    error::{Refusal, RefusalCode},
    words::Measure,
};

/// The longest term a decision can have, in months (禁毒法 art. 33, 48; 戒毒条例 art. 13, 37).
pub const LONGEST_TERM_MONTHS: u32 = 36;

/// The packs shipped with the product: id and TOML text.
pub fn shipped() -> &'static [(&'static str, &'static str)] {
    &[
        ("cn-default", include_str!("../rules/cn-default.toml")),
        (
            "cn-jiangxi-2021",
            include_str!("../rules/cn-jiangxi-2021.toml"),
        ),
    ]
}

/// One version of the rules of a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RulePack {
    /// Stable id, such as `cn-default`.
    pub id: String,
    /// Version, from 1; a change to a published pack is a new version.
    pub version: u32,
    /// What it is, in one line.
    pub title: String,
    /// The documents it rests on.
    pub citation: String,
    /// First local day on which a report-in may be given this pack.
    pub effective_from: NaiveDate,
    /// Last such day; open-ended if absent.
    #[serde(default)]
    pub effective_to: Option<NaiveDate>,
    /// Calendar days after receipt of the decision within which the client reports in.
    pub report_in_days: u32,
    /// The same for measures that differ from `report_in_days`.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(value_type = BTreeMap<String, u32>))]
    pub report_in_days_by_measure: BTreeMap<Measure, u32>,
    /// Working days after the due day in which a late test still completes the item.
    pub grace_working_days: u32,
    /// Whether a hair sample completes a urine item.
    pub hair_replaces_urine: bool,
    /// Whether days of suspension are added to the term.
    pub suspension_extends_term: bool,
    /// Local time at which a reminder step is sent unless it has its own.
    pub send_at: NaiveTime,
    /// Hours without a delivery receipt after which the next channel is tried.
    pub receipt_wait_hours: u32,
    /// Failed deliveries after which a person calls.
    pub delivery_failures_before_call: u32,
    /// Local hours in which nothing is sent to a client.
    pub quiet_hours: QuietHours,
    /// When people have to look.
    pub thresholds: Thresholds,
    /// Clock of an escalation.
    pub escalation: EscalationClock,
    /// How often a test is due.
    pub cadence: Vec<Cadence>,
    /// Reminder ladder.
    pub reminders: Reminders,
    /// Reasons why an appointment may not count as missed.
    pub excuse_codes: Vec<ExcuseCode>,
    /// How often a client is contacted and visited, by level of risk.
    #[serde(default)]
    pub visits: Vec<VisitCadence>,
    /// What may follow if a threshold is reached, per measure, for staff and for the client's file;
    /// never part of a reminder.
    #[cfg_attr(feature = "schema", schema(value_type = BTreeMap<String, String>))]
    pub consequences: BTreeMap<Measure, String>,
}

/// Local hours in which nothing is sent to a client: from `from` to `until`, over midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// First quiet minute.
    pub from: NaiveTime,
    /// First minute that is not quiet any more.
    pub until: NaiveTime,
}

/// When people have to look (戒毒条例 art. 20: 以上 includes the number, 超过 excludes it).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// This many misses or more.
    pub missed_tests: u32,
    /// This many unauthorised departures or more.
    pub unauthorised_departures: u32,
    /// More unauthorised days away than this.
    pub days_away: u32,
}

/// Working days by which people act on an escalation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EscalationClock {
    /// From sign-off to the hand-over to the police.
    pub report_working_days: u32,
    /// From sign-off to the alert that the hand-over is missing.
    pub alert_working_days: u32,
    /// From opening to telling the supervisor that nobody looked.
    pub unattended_working_days: u32,
}

/// How often a test is due for one measure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Cadence {
    /// The measure.
    pub measure: Measure,
    /// The term in months this row is for; absent for the row that serves every other term.
    #[serde(default)]
    pub term_months: Option<u32>,
    /// Months between two tests in year 1, 2, 3; each divides 12.
    pub steps_months: Vec<u32>,
    /// Where the numbers come from.
    pub source: String,
}

/// The steps of the reminder ladders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Reminders {
    /// Up to the due day of an appointment.
    pub appointment: Vec<StepRule>,
    /// After its due day.
    #[serde(default)]
    pub overdue: Vec<StepRule>,
    /// Up to the last day for reporting in.
    pub report_in: Vec<StepRule>,
    /// Up to the return from leave.
    #[serde(default)]
    pub leave_return: Vec<StepRule>,
}

/// One step of a ladder, counted from the due day: either calendar or working days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StepRule {
    /// Stable name, unique in its ladder, such as `d-7`.
    pub step: String,
    /// Calendar days from the due day; negative is before it.
    #[serde(default)]
    pub days: Option<i64>,
    /// Working days from the due day; negative is before it.
    #[serde(default)]
    pub working_days: Option<i64>,
    /// Local time; the pack's `send_at` if absent.
    #[serde(default)]
    pub at: Option<NaiveTime>,
}

/// A reason why an appointment may not count as missed (正当理由).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ExcuseCode {
    /// Stable code.
    pub code: String,
    /// What staff see, in Chinese.
    pub title: String,
    /// Whether a request must say more.
    #[serde(default)]
    pub note_required: bool,
}

/// How often a client at one level of risk is contacted and visited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct VisitCadence {
    /// Stable code of the level.
    pub level: String,
    /// Calendar days between two contacts.
    pub contact_every_days: u32,
    /// Visits in each period of `visit_every_months`.
    pub visits: u32,
    /// Length of that period in months.
    pub visit_every_months: u32,
    /// Persons who make a visit together.
    pub visitors: u32,
    /// Months between two assessments of the risk.
    pub reassess_every_months: u32,
}

impl RulePack {
    /// Reads a pack from TOML and checks it.
    ///
    /// # Errors
    /// Every fault that was found, in the order of the lines.
    pub fn parse(toml_text: &str) -> Result<Self, Vec<RuleError>> {
        parse::parse(toml_text)
    }

    /// Whether a report-in on the local day `date` may be given this pack.
    pub fn is_effective_on(&self, date: NaiveDate) -> bool {
        self.effective_from <= date && self.effective_to.is_none_or(|last| date <= last)
    }

    /// Calendar days after receipt within which a client of `measure` reports in.
    pub fn report_in_days_for(&self, measure: Measure) -> u32 {
        self.report_in_days_by_measure
            .get(&measure)
            .copied()
            .unwrap_or(self.report_in_days)
    }

    /// The row that gives the test dates of `measure` for a term in months: the row of exactly this
    /// term, else the general row of the measure, whose yearly steps are cut at the term end.
    ///
    /// # Errors
    /// `MeasureNotInPack` if the pack has no row for the measure; `InvalidTerm` if the term is not
    /// 1–36 months or longer than the rows of the measure reach.
    pub fn cadence_for(&self, measure: Measure, term_months: u32) -> Result<&Cadence, Refusal> {
        let invalid = |detail: String| {
            Err(Refusal::at(
                RefusalCode::InvalidTerm,
                "/term_months",
                detail,
            ))
        };
        if !(1..=LONGEST_TERM_MONTHS).contains(&term_months) {
            return invalid(format!(
                "a term is 1 to {LONGEST_TERM_MONTHS} months, not {term_months}"
            ));
        }
        let rows = || {
            self.cadence
                .iter()
                .filter(move |row| row.measure == measure)
        };
        if rows().next().is_none() {
            let detail = format!("rule pack {} has no test dates for {measure}", self.id);
            return Err(Refusal::at(
                RefusalCode::MeasureNotInPack,
                "/measure",
                detail,
            ));
        }
        let exact = rows().find(|row| row.term_months == Some(term_months));
        let general =
            || rows().find(|row| row.term_months.is_none() && row.reach_months() >= term_months);
        match exact.or_else(general) {
            Some(row) => Ok(row),
            None => invalid(format!(
                "rule pack {} has no test dates for {measure} of {term_months} months",
                self.id
            )),
        }
    }

    /// The excuse with this code.
    pub fn excuse_code(&self, code: &str) -> Option<&ExcuseCode> {
        self.excuse_codes.iter().find(|known| known.code == code)
    }
}

impl Cadence {
    /// Months its yearly steps reach.
    pub fn reach_months(&self) -> u32 {
        u32::try_from(self.steps_months.len())
            .unwrap_or(u32::MAX)
            .saturating_mul(12)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pack(id: &str) -> RulePack {
        let (_, text) = shipped().iter().find(|(known, _)| *known == id).unwrap();
        RulePack::parse(text).unwrap()
    }

    #[test]
    fn shipped_packs_parse_under_their_id_and_survive_json() {
        for (id, text) in shipped() {
            let pack = RulePack::parse(text)
                .unwrap_or_else(|errors| panic!("{id}: {}", RuleError::list(&errors)));
            assert_eq!(pack.id, *id);
            let json = serde_json::to_string(&pack).unwrap();
            assert_eq!(serde_json::from_str::<RulePack>(&json).unwrap(), pack);
        }
    }

    #[test]
    fn the_row_of_a_term_comes_before_the_general_one() {
        let pack = pack("cn-default");
        let steps = |measure, term| {
            pack.cadence_for(measure, term)
                .map(|row| row.steps_months.clone())
        };
        assert_eq!(steps(Measure::CommunityTreatment, 36), Ok(vec![1, 2, 3]));
        assert_eq!(
            steps(Measure::CommunityRehabilitation, 36),
            Ok(vec![2, 3, 6])
        );
        assert_eq!(steps(Measure::CommunityRehabilitation, 24), Ok(vec![2, 2]));
        assert_eq!(
            steps(Measure::CommunityRehabilitation, 7),
            Ok(vec![2, 3, 6])
        );
        assert_eq!(steps(Measure::Aftercare, 12), Ok(vec![2]));
    }

    #[test]
    fn terms_out_of_reach_and_measures_without_rows_are_refused() {
        let mut pack = pack("cn-default");
        let code = |pack: &RulePack, measure, term| {
            pack.cadence_for(measure, term)
                .map_err(|refusal| refusal.code)
                .err()
        };
        for term in [0, 37] {
            let refused = code(&pack, Measure::CommunityTreatment, term);
            assert_eq!(refused, Some(RefusalCode::InvalidTerm));
        }
        assert_eq!(
            code(&pack, Measure::Aftercare, 13),
            Some(RefusalCode::InvalidTerm)
        );
        pack.cadence.retain(|row| row.measure != Measure::Aftercare);
        assert_eq!(
            code(&pack, Measure::Aftercare, 12),
            Some(RefusalCode::MeasureNotInPack)
        );
    }

    #[test]
    fn a_pack_is_effective_from_its_first_to_its_last_day() {
        let mut pack = pack("cn-default");
        let first = pack.effective_from;
        assert!(pack.is_effective_on(first));
        assert!(!pack.is_effective_on(first.pred_opt().unwrap()));
        pack.effective_to = Some(first);
        assert!(!pack.is_effective_on(first.succ_opt().unwrap()));
    }
}
