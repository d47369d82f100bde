//! Whether a test counts, and which appointment it completes.
//!
//! Two collectors, and a woman among them for a woman's urine sample: 吸毒检测程序规定 (procedure for
//! drug-use testing). Hair against urine: practice; rule packs may say otherwise. A test that does
//! not count is kept with its reason, never thrown away.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};

use crate::{
    AppointmentId, AppointmentStatus, Refusal, RefusalCode, Sample, Sex, StaffId, TestMethod,
    TestResult, coded,
};

/// One of the staff members who were present when the sample was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Collector {
    /// Who.
    pub id: StaffId,
    /// As recorded for the staff member; `None` where it is not.
    pub sex: Option<Sex>,
}

/// What is known about one test.
#[derive(Debug, Clone, Copy)]
pub struct Evidence<'a> {
    /// What was taken.
    pub sample: Sample,
    /// How it was examined.
    pub method: TestMethod,
    /// Overall result.
    pub result: TestResult,
    /// Who was present. The same person listed twice is one collector.
    pub collectors: &'a [Collector],
    /// Sex of the client.
    pub client_sex: Sex,
    /// The client signed the record.
    pub client_signed: bool,
    /// The client refused to sign, and that was noted.
    pub refused_to_sign: bool,
    /// Last day on which the kit may be used, where a kit was used.
    pub kit_expires_on: Option<NaiveDate>,
    /// Day of collection, local to the office.
    pub collected_on: NaiveDate,
    /// Whether the rule pack lets hair stand in for a urine item.
    pub hair_replaces_urine: bool,
}

coded! {
    /// Why a test counts or does not.
    CountsReason {
        /// Nothing speaks against it.
        Counts = "counts",
        /// The result is invalid.
        ResultInvalid = "result_invalid",
        /// The kit was past its last day.
        KitExpired = "kit_expired",
        /// Only one collector was present.
        SecondCollectorMissing = "second_collector_missing",
        /// A woman's urine sample, and no female collector known to be present.
        FemaleCollectorMissing = "female_collector_missing",
        /// Neither a signature nor a noted refusal to sign.
        SignatureMissing = "signature_missing",
        /// Hair, and the rule pack does not let it stand in.
        HairDoesNotReplaceUrine = "hair_does_not_replace_urine",
    }
}

/// The judgement on one test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counting {
    /// Whether the test can complete an appointment.
    pub counts: bool,
    /// Why; the first reason found, in the order of [`CountsReason`].
    pub reason: CountsReason,
}

/// Judges whether a test counts. The result itself (negative or positive) plays no part: a client
/// who came has met the appointment.
///
/// # Errors
/// `too_few_collectors` when no collector is named at all: such a record could not say who took the
/// sample. One collector is kept and does not count.
pub fn judge(evidence: &Evidence<'_>) -> Result<Counting, Refusal> {
    let present: BTreeSet<StaffId> = evidence.collectors.iter().map(|one| one.id).collect();
    if present.is_empty() {
        return Err(Refusal::at(
            RefusalCode::TooFewCollectors,
            "/collector_ids",
            "a test record names the staff members who took the sample, at least two",
        ));
    }
    let woman_present = evidence
        .collectors
        .iter()
        .any(|one| one.sex == Some(Sex::Female));
    let woman_needed = evidence.client_sex == Sex::Female && evidence.sample == Sample::Urine;
    let expired = evidence
        .kit_expires_on
        .is_some_and(|last| evidence.collected_on > last);
    let reason = if evidence.result == TestResult::Invalid {
        CountsReason::ResultInvalid
    } else if expired {
        CountsReason::KitExpired
    } else if present.len() < 2 {
        CountsReason::SecondCollectorMissing
    } else if woman_needed && !woman_present {
        CountsReason::FemaleCollectorMissing
    } else if !evidence.client_signed && !evidence.refused_to_sign {
        CountsReason::SignatureMissing
    } else if evidence.sample == Sample::Hair && !evidence.hair_replaces_urine {
        CountsReason::HairDoesNotReplaceUrine
    } else {
        CountsReason::Counts
    };
    Ok(Counting {
        counts: reason == CountsReason::Counts,
        reason,
    })
}

/// One test appointment of the case. All instants are UTC; the window is half-open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Item {
    /// Which appointment.
    pub id: AppointmentId,
    /// Where it stands. Only unmet ones can take a test: `scheduled`, `open`,
    /// `overdue`, and `missed` when the test was taken in time and only recorded late.
    pub status: AppointmentStatus,
    /// First instant of the window.
    pub opens_at: DateTime<Utc>,
    /// First instant after the window.
    pub closes_at: DateTime<Utc>,
    /// First instant after the grace days.
    pub grace_ends_at: DateTime<Utc>,
}

/// What a counting test does to the case's appointments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match {
    /// Completes this one in its window.
    Completes(AppointmentId),
    /// Completes this one in its grace days.
    CompletesLate(AppointmentId),
    /// Completes none; kept as an additional test.
    Additional,
}

/// Finds the appointment that a counting test completes: the oldest unmet one whose window or grace
/// days hold the moment of collection. One test completes one appointment, and none moves.
///
/// The oldest is the one due first. Planned windows open in the order they close; a make-up opens on
/// the day it was agreed on, inside the window after it, and is the older obligation all the same.
///
/// Judged by the instants and not by `open`/`overdue`, so a late tick changes nothing.
pub fn match_item(collected_at: DateTime<Utc>, items: &[Item]) -> Match {
    items
        .iter()
        .filter(|item| {
            matches!(
                item.status,
                AppointmentStatus::Scheduled
                    | AppointmentStatus::Open
                    | AppointmentStatus::Overdue
                    | AppointmentStatus::Missed
            )
        })
        .filter(|item| item.opens_at <= collected_at && collected_at < item.grace_ends_at)
        .min_by_key(|item| (item.closes_at, item.opens_at, item.id))
        .map_or(Match::Additional, |item| {
            if collected_at < item.closes_at {
                Match::Completes(item.id)
            } else {
                Match::CompletesLate(item.id)
            }
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;
    use uuid::Uuid;

    fn collector(number: u128, sex: Sex) -> Collector {
        Collector {
            id: StaffId::from_uuid(Uuid::from_u128(number)),
            sex: Some(sex),
        }
    }

    fn evidence(collectors: &[Collector]) -> Evidence<'_> {
        Evidence {
            sample: Sample::Urine,
            method: TestMethod::OnSite,
            result: TestResult::Negative,
            collectors,
            client_sex: Sex::Male,
            client_signed: true,
            refused_to_sign: false,
            kit_expires_on: NaiveDate::from_ymd_opt(2026, 3, 31),
            collected_on: NaiveDate::from_ymd_opt(2026, 3, 31).unwrap(),
            hair_replaces_urine: false,
        }
    }

    fn assert_reason(given: Evidence<'_>, reason: CountsReason) {
        let counts = reason == CountsReason::Counts;
        assert_eq!(judge(&given), Ok(Counting { counts, reason }), "{given:?}");
    }

    #[test]
    fn two_people_take_the_sample_and_a_woman_is_among_them_for_a_womans() {
        let two = [collector(1, Sex::Male), collector(2, Sex::Male)];
        let mixed = [collector(1, Sex::Male), collector(2, Sex::Female)];
        let twice = [collector(1, Sex::Female), collector(1, Sex::Female)];
        assert_reason(evidence(&two), CountsReason::Counts);
        assert_reason(evidence(&two[..1]), CountsReason::SecondCollectorMissing);
        assert_reason(evidence(&twice), CountsReason::SecondCollectorMissing);
        let of_a_woman = |collectors, sample| Evidence {
            client_sex: Sex::Female,
            sample,
            ..evidence(collectors)
        };
        assert_reason(
            of_a_woman(&two, Sample::Urine),
            CountsReason::FemaleCollectorMissing,
        );
        assert_reason(of_a_woman(&mixed, Sample::Urine), CountsReason::Counts);
        assert_reason(of_a_woman(&two, Sample::Saliva), CountsReason::Counts);
        let unknown = [
            Collector {
                sex: None,
                ..two[0]
            },
            two[1],
        ];
        assert_reason(
            of_a_woman(&unknown, Sample::Urine),
            CountsReason::FemaleCollectorMissing,
        );
    }

    #[test]
    fn each_other_shortcoming_has_its_reason() {
        let two = [collector(1, Sex::Male), collector(2, Sex::Male)];
        let reason_of = |change: fn(&mut Evidence<'_>)| {
            let mut given = evidence(&two);
            change(&mut given);
            let counting = judge(&given).unwrap();
            assert_eq!(counting.counts, counting.reason == CountsReason::Counts);
            counting.reason
        };
        let no_signature = reason_of(|given| given.client_signed = false);
        assert_eq!(no_signature, CountsReason::SignatureMissing);
        let refused = reason_of(|given| {
            given.client_signed = false;
            given.refused_to_sign = true;
        });
        assert_eq!(refused, CountsReason::Counts);
        let invalid = reason_of(|given| given.result = TestResult::Invalid);
        assert_eq!(invalid, CountsReason::ResultInvalid);
        let positive = reason_of(|given| given.result = TestResult::Positive);
        assert_eq!(positive, CountsReason::Counts);
        let day_after_expiry =
            reason_of(|given| given.kit_expires_on = given.collected_on.pred_opt());
        assert_eq!(day_after_expiry, CountsReason::KitExpired);
        let last_day = reason_of(|given| given.kit_expires_on = Some(given.collected_on));
        assert_eq!(last_day, CountsReason::Counts);
        let no_kit = reason_of(|given| given.kit_expires_on = None);
        assert_eq!(no_kit, CountsReason::Counts);
        let hair = reason_of(|given| given.sample = Sample::Hair);
        assert_eq!(hair, CountsReason::HairDoesNotReplaceUrine);
        let hair_allowed = reason_of(|given| {
            given.sample = Sample::Hair;
            given.hair_replaces_urine = true;
        });
        assert_eq!(hair_allowed, CountsReason::Counts);
    }

    #[test]
    fn a_record_without_collectors_is_refused() {
        let refusal = judge(&evidence(&[])).unwrap_err();
        assert_eq!(refusal.code, RefusalCode::TooFewCollectors);
        assert_eq!(refusal.pointer.as_deref(), Some("/collector_ids"));
    }

    fn day(day: u32) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 5, day, 0, 0, 0).unwrap()
    }

    fn item(number: u128, opens: u32, closes: u32, grace: u32) -> Item {
        Item {
            id: AppointmentId::from_uuid(Uuid::from_u128(number)),
            status: AppointmentStatus::Scheduled,
            opens_at: day(opens),
            closes_at: day(closes),
            grace_ends_at: day(grace),
        }
    }

    #[test]
    fn windows_are_half_open_and_grace_is_late() {
        let one = item(1, 5, 10, 13);
        let just_before = |at: DateTime<Utc>| at - chrono::TimeDelta::microseconds(1);
        for (at, expected) in [
            (just_before(day(5)), Match::Additional),
            (day(5), Match::Completes(one.id)),
            (just_before(day(10)), Match::Completes(one.id)),
            (day(10), Match::CompletesLate(one.id)),
            (just_before(day(13)), Match::CompletesLate(one.id)),
            (day(13), Match::Additional),
        ] {
            assert_eq!(match_item(at, &[one]), expected, "{at}");
        }
    }

    #[test]
    fn the_oldest_unmet_item_goes_first() {
        let (old, young) = (item(2, 1, 10, 13), item(1, 8, 20, 23));
        assert_eq!(match_item(day(9), &[young, old]), Match::Completes(old.id));
        assert_eq!(
            match_item(day(11), &[young, old]),
            Match::CompletesLate(old.id)
        );
        let met = Item {
            status: AppointmentStatus::Completed,
            ..old
        };
        assert_eq!(
            match_item(day(9), &[young, met]),
            Match::Completes(young.id)
        );
    }

    #[test]
    fn a_make_up_inside_the_next_window_goes_first() {
        let (next, make_up) = (item(1, 1, 25, 28), item(2, 5, 12, 15));
        for at in [day(11), day(13)] {
            let found = match_item(at, &[next, make_up]);
            assert!(
                matches!(found, Match::Completes(id) | Match::CompletesLate(id) if id == make_up.id),
                "{found:?}"
            );
        }
        assert_eq!(
            match_item(day(16), &[next, make_up]),
            Match::Completes(next.id)
        );
    }

    #[test]
    fn a_settled_item_takes_no_test() {
        use AppointmentStatus as S;
        for status in [
            S::Completed,
            S::Excused,
            S::Deferred,
            S::ServiceFault,
            S::Cancelled,
        ] {
            let settled = Item {
                status,
                ..item(1, 1, 10, 13)
            };
            assert_eq!(
                match_item(day(5), &[settled]),
                Match::Additional,
                "{status}"
            );
        }
    }

    #[test]
    fn a_test_taken_in_time_but_recorded_after_the_miss_still_completes() {
        let missed = Item {
            status: AppointmentStatus::Missed,
            ..item(1, 1, 10, 13)
        };
        assert_eq!(match_item(day(5), &[missed]), Match::Completes(missed.id));
        assert_eq!(match_item(day(13), &[missed]), Match::Additional);
    }
}
