//! What is to be settled or looked at before an escalation goes on.

use chrono::{Datelike, NaiveDate};

use crate::{CaseStatus, MissLabel, NoticeProof, Refusal, RefusalCode, coded};

coded! {
    /// Something to settle or to look at before an escalation goes on.
    Blocker {
        /// A miss of the basis has not been labelled by a person.
        UnlabelledMiss = "unlabelled_miss",
        /// It is not shown that the client was told of an appointment of the basis.
        NoticeUnproven = "notice_unproven",
        /// An excuse for an appointment of the basis waits for evidence or a decision.
        ExcusePending = "excuse_pending",
        /// Pregnant, or nursing a child under one year.
        PregnantOrNursing = "pregnant_or_nursing",
        /// Under 16 years of age.
        Under16 = "under_16",
        /// The case is suspended.
        Suspended = "suspended",
        /// On approved leave.
        OnLeave = "on_leave",
        /// The case is being transferred.
        Transferring = "transferring",
    }
}

impl Blocker {
    /// Whether it forbids submission and sign-off. What a person can settle on the spot forbids: a
    /// missing label, an undecided excuse. The rest are exceptions that the reviewers weigh and
    /// answer for; they are shown and do not forbid, else an unprovable notice could bury a file.
    pub const fn forbids(self) -> bool {
        matches!(self, Self::UnlabelledMiss | Self::ExcusePending)
    }
}

/// One missed appointment of the basis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BasisItem {
    /// What a person called it.
    pub label: Option<MissLabel>,
    /// Whether notice is proven.
    pub proof: NoticeProof,
    /// Whether an excuse is requested or awaits evidence.
    pub excuse_pending: bool,
}

/// What the blockers of an escalation depend on.
#[derive(Debug, Clone, Copy)]
pub struct BlockerInput<'a> {
    /// The missed appointments of the basis; empty for kinds that rest on something else.
    pub items: &'a [BasisItem],
    /// State of the case.
    pub case_status: CaseStatus,
    /// The client's date of birth, where known.
    pub birth_date: Option<NaiveDate>,
    /// Today, local to the office.
    pub today: NaiveDate,
    /// Pregnant, or nursing a child under one year.
    pub pregnant_or_nursing: bool,
    /// On approved leave today.
    pub on_leave: bool,
}

/// The blockers of an escalation, each once, in the order of [`Blocker`].
pub fn blockers(input: &BlockerInput<'_>) -> Vec<Blocker> {
    let holds = |blocker: Blocker| match blocker {
        Blocker::UnlabelledMiss => input.items.iter().any(|item| item.label.is_none()),
        Blocker::NoticeUnproven => input
            .items
            .iter()
            .any(|item| item.proof != NoticeProof::Proven),
        Blocker::ExcusePending => input.items.iter().any(|item| item.excuse_pending),
        Blocker::PregnantOrNursing => input.pregnant_or_nursing,
        Blocker::Under16 => input
            .birth_date
            .is_some_and(|born| is_under_16(born, input.today)),
        Blocker::Suspended => input.case_status == CaseStatus::Suspended,
        Blocker::OnLeave => input.on_leave,
        Blocker::Transferring => input.case_status == CaseStatus::Transferring,
    };
    Blocker::ALL
        .iter()
        .copied()
        .filter(|&blocker| holds(blocker))
        .collect()
}

/// Checks that no blocker forbids submission or sign-off.
///
/// # Errors
/// `escalation_blocked`, naming the blockers.
pub fn unblocked(blockers: &[Blocker]) -> Result<(), Refusal> {
    let forbidding: Vec<&str> = blockers
        .iter()
        .filter(|one| one.forbids())
        .map(|one| one.as_str())
        .collect();
    if forbidding.is_empty() {
        return Ok(());
    }
    Err(Refusal::new(
        RefusalCode::EscalationBlocked,
        format!("settle this first: {}", forbidding.join(", ")),
    ))
}

/// A year of age is complete from the day after the birthday (周岁, as the courts count).
fn is_under_16(born: NaiveDate, today: NaiveDate) -> bool {
    let birthday = |date: NaiveDate| (date.month(), date.day());
    let years = today.year() - born.year();
    years < 16 || (years == 16 && birthday(today) <= birthday(born))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clean(items: &[BasisItem]) -> BlockerInput<'_> {
        BlockerInput {
            items,
            case_status: CaseStatus::Active,
            birth_date: NaiveDate::from_ymd_opt(1990, 3, 7),
            today: NaiveDate::from_ymd_opt(2026, 6, 12).unwrap(),
            pregnant_or_nursing: false,
            on_leave: false,
        }
    }

    const SETTLED: BasisItem = BasisItem {
        label: Some(MissLabel::EvadedOrRefused),
        proof: NoticeProof::Proven,
        excuse_pending: false,
    };

    #[test]
    fn each_blocker_has_its_cause() {
        let base = clean(&[SETTLED]);
        let unlabelled = [
            SETTLED,
            BasisItem {
                label: None,
                ..SETTLED
            },
        ];
        let unproven = [
            BasisItem {
                proof: NoticeProof::Unproven,
                ..SETTLED
            },
            SETTLED,
        ];
        let pending = [BasisItem {
            excuse_pending: true,
            ..SETTLED
        }];
        for (given, expected) in [
            (base, vec![]),
            (
                BlockerInput {
                    items: &unlabelled,
                    ..base
                },
                vec![Blocker::UnlabelledMiss],
            ),
            (
                BlockerInput {
                    items: &unproven,
                    ..base
                },
                vec![Blocker::NoticeUnproven],
            ),
            (
                BlockerInput {
                    items: &pending,
                    ..base
                },
                vec![Blocker::ExcusePending],
            ),
            (
                BlockerInput {
                    pregnant_or_nursing: true,
                    on_leave: true,
                    ..base
                },
                vec![Blocker::PregnantOrNursing, Blocker::OnLeave],
            ),
            (
                BlockerInput {
                    case_status: CaseStatus::Suspended,
                    ..base
                },
                vec![Blocker::Suspended],
            ),
            (
                BlockerInput {
                    case_status: CaseStatus::Transferring,
                    ..base
                },
                vec![Blocker::Transferring],
            ),
        ] {
            assert_eq!(blockers(&given), expected);
        }
    }

    #[test]
    fn sixteen_is_complete_on_the_day_after_the_birthday() {
        let today = |year, month, day| BlockerInput {
            birth_date: NaiveDate::from_ymd_opt(2010, 6, 12),
            today: NaiveDate::from_ymd_opt(year, month, day).unwrap(),
            ..clean(&[])
        };
        assert_eq!(blockers(&today(2025, 12, 31)), [Blocker::Under16]);
        assert_eq!(blockers(&today(2026, 6, 12)), [Blocker::Under16]);
        assert_eq!(blockers(&today(2026, 6, 13)), []);
        assert_eq!(
            blockers(&BlockerInput {
                birth_date: None,
                ..clean(&[])
            }),
            []
        );
    }

    #[test]
    fn only_what_a_person_can_settle_forbids() {
        let refusal = unblocked(Blocker::ALL).unwrap_err();
        assert_eq!(refusal.code, RefusalCode::EscalationBlocked);
        assert_eq!(
            refusal.detail,
            "settle this first: unlabelled_miss, excuse_pending"
        );
        let warnings: Vec<Blocker> = Blocker::ALL
            .iter()
            .copied()
            .filter(|one| !one.forbids())
            .collect();
        assert_eq!(unblocked(&warnings), Ok(()));
    }
}
