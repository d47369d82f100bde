//! The escalation: the machine flags, people decide.
//!
//! Thresholds: 戒毒条例 art. 20 (three evaded or refused tests; 以上 includes the number). The machine
//! opens, extends and withdraws a file by counting; every other step is a person's, and nothing here
//! labels, refers or tells the client.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};

use crate::{
    CaseStatus, EscalationStatus, MissLabel, NoticeProof, Refusal, RefusalCode, StaffId, coded,
};

/// The file of this kind that is under way in the case.
#[derive(Debug, Clone, Copy)]
pub struct OpenFile<'a, B> {
    /// `open`, `in_review`, `signed_off` or `referred`.
    pub status: EscalationStatus,
    /// What it rests on now.
    pub basis: &'a [B],
}

/// What the machine judges one counter of a case by. `B` names one counted fact (for missed tests,
/// the appointment).
#[derive(Debug, Clone, Copy)]
pub struct JudgeInput<'a, B> {
    /// The count at which a file opens, from the rule pack.
    pub threshold: u32,
    /// Every fact that counts in the case now, in any order. Misses of the whole case, across years,
    /// agreements and transfers; none of another case.
    pub counted: &'a [B],
    /// The file under way, if any.
    pub open: Option<OpenFile<'a, B>>,
    /// The basis of every dismissed or closed file of this kind: people have decided on those facts.
    pub settled: &'a [B],
}

coded! {
    /// Why the machine withdrew a file.
    WithdrawReason {
        /// What it rests on fell under the threshold (an excuse was accepted, a label changed).
        BelowThreshold = "below_threshold",
    }
}

/// What follows from the count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement<B> {
    /// Nothing changes.
    Nothing,
    /// Open a file on this basis, all that counts in the case.
    Open { basis: Vec<B>, count: u32 },
    /// Change the basis of the file under way.
    Join {
        /// Facts that newly count.
        added: Vec<B>,
        /// Facts that no longer count.
        removed: Vec<B>,
        /// How many count now.
        count: u32,
        /// The file was referred and its basis has fallen under the threshold. What the police have
        /// is not withdrawn by a machine: a person must tell them.
        below_threshold: bool,
    },
    /// Withdraw the file; it stays on record.
    Withdraw {
        /// Why.
        reason: WithdrawReason,
        /// Facts that no longer count.
        removed: Vec<B>,
        /// How many count now.
        count: u32,
    },
}

/// Judges one counter of a case. The answer depends on the sets alone, never on their order, and
/// judging again after doing what it says answers [`Judgement::Nothing`].
///
/// - No file under way: one opens at the threshold if at least one counted fact has not been decided
///   on in an earlier file.
/// - A file under way: newly counted facts join, facts that no longer count leave. Under the
///   threshold it is withdrawn, also when signed off; once referred it is only flagged.
pub fn judge<B: Ord + Copy>(input: &JudgeInput<'_, B>) -> Judgement<B> {
    let counted: BTreeSet<B> = input.counted.iter().copied().collect();
    let count = u32::try_from(counted.len()).unwrap_or(u32::MAX);
    let reached = count >= input.threshold;
    let Some(open) = input.open else {
        let settled: BTreeSet<B> = input.settled.iter().copied().collect();
        return if reached && !counted.is_subset(&settled) {
            Judgement::Open {
                basis: counted.into_iter().collect(),
                count,
            }
        } else {
            Judgement::Nothing
        };
    };
    let basis: BTreeSet<B> = open.basis.iter().copied().collect();
    let added: Vec<B> = counted.difference(&basis).copied().collect();
    let removed: Vec<B> = basis.difference(&counted).copied().collect();
    if !reached && next(open.status, EscalationEvent::Withdraw).is_ok() {
        Judgement::Withdraw {
            reason: WithdrawReason::BelowThreshold,
            removed,
            count,
        }
    } else if added.is_empty() && removed.is_empty() {
        Judgement::Nothing
    } else {
        Judgement::Join {
            added,
            removed,
            count,
            below_threshold: !reached,
        }
    }
}

coded! {
    /// A step of an escalation.
    EscalationEvent {
        /// The caseworker reviewed it and submits it for sign-off.
        Submit = "submit",
        /// The supervisor signs off.
        SignOff = "sign_off",
        /// Handed to the local police, with the receipt.
        Refer = "refer",
        /// The outcome of the police was typed in.
        Close = "close",
        /// A person dismissed it, with a reason.
        Dismiss = "dismiss",
        /// The machine withdrew it: the basis fell under the threshold.
        Withdraw = "withdraw",
    }
}

/// The state that a step leads to.
///
/// A file may be dismissed or withdrawn until it is referred; from then on only the outcome of the
/// police ends it, because they decide.
///
/// # Errors
/// `illegal_transition`.
pub fn next(from: EscalationStatus, event: EscalationEvent) -> Result<EscalationStatus, Refusal> {
    use EscalationEvent as E;
    use EscalationStatus as S;
    match (from, event) {
        (S::Open, E::Submit) => Ok(S::InReview),
        (S::InReview, E::SignOff) => Ok(S::SignedOff),
        (S::SignedOff, E::Refer) => Ok(S::Referred),
        (S::Referred, E::Close) => Ok(S::Closed),
        (S::Open | S::InReview | S::SignedOff, E::Dismiss) => Ok(S::Dismissed),
        (S::Open | S::InReview | S::SignedOff, E::Withdraw) => Ok(S::Withdrawn),
        _ => Err(Refusal::new(
            RefusalCode::IllegalTransition,
            format!("the step {event} is not possible: the escalation is {from}"),
        )),
    }
}

/// Whether a file is still under way: while it is, further facts join it and no second one opens.
pub const fn is_under_way(status: EscalationStatus) -> bool {
    matches!(
        status,
        EscalationStatus::Open
            | EscalationStatus::InReview
            | EscalationStatus::SignedOff
            | EscalationStatus::Referred
    )
}

/// Whether people have decided on the facts of a file, so that they alone open no new one.
pub const fn is_settled(status: EscalationStatus) -> bool {
    matches!(
        status,
        EscalationStatus::Closed | EscalationStatus::Dismissed
    )
}

/// Checks that the one who signs off is not the one who submitted.
///
/// # Errors
/// `sign_off_by_submitter`.
pub fn sign_off_allowed(submitted_by: StaffId, signer: StaffId) -> Result<(), Refusal> {
    if submitted_by == signer {
        return Err(Refusal::new(
            RefusalCode::SignOffBySubmitter,
            "an escalation is signed off by another person than the one who submitted it",
        ));
    }
    Ok(())
}

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
    use proptest::prelude::*;
    use uuid::Uuid;

    fn input<'a>(
        counted: &'a [u8],
        open: Option<OpenFile<'a, u8>>,
        settled: &'a [u8],
    ) -> JudgeInput<'a, u8> {
        JudgeInput {
            threshold: 3,
            counted,
            open,
            settled,
        }
    }

    fn file(status: EscalationStatus, basis: &[u8]) -> OpenFile<'_, u8> {
        OpenFile { status, basis }
    }

    #[test]
    fn a_file_opens_at_the_threshold() {
        assert_eq!(judge(&input(&[1, 2], None, &[])), Judgement::Nothing);
        assert_eq!(judge(&input(&[1, 2, 2], None, &[])), Judgement::Nothing);
        assert_eq!(
            judge(&input(&[3, 1, 2], None, &[])),
            Judgement::Open {
                basis: vec![1, 2, 3],
                count: 3
            }
        );
    }

    #[test]
    fn after_a_decision_the_next_further_fact_opens_a_new_file() {
        assert_eq!(
            judge(&input(&[1, 2, 3], None, &[1, 2, 3])),
            Judgement::Nothing
        );
        assert_eq!(
            judge(&input(&[1, 2, 3, 4], None, &[1, 2, 3])),
            Judgement::Open {
                basis: vec![1, 2, 3, 4],
                count: 4
            }
        );
        // A decided fact that stopped counting does not bring the rest back.
        assert_eq!(judge(&input(&[2, 4], None, &[1, 2, 3])), Judgement::Nothing);
    }

    #[test]
    fn while_under_way_facts_join_and_leave() {
        use EscalationStatus as S;
        for status in [S::Open, S::InReview, S::SignedOff, S::Referred] {
            let open = Some(file(status, &[1, 2, 3]));
            assert_eq!(judge(&input(&[1, 2, 3], open, &[])), Judgement::Nothing);
            assert_eq!(
                judge(&input(&[2, 3, 4], open, &[])),
                Judgement::Join {
                    added: vec![4],
                    removed: vec![1],
                    count: 3,
                    below_threshold: false
                }
            );
        }
    }

    #[test]
    fn under_the_threshold_it_is_withdrawn_until_referred_then_flagged() {
        use EscalationStatus as S;
        for status in [S::Open, S::InReview, S::SignedOff] {
            assert_eq!(
                judge(&input(&[1, 3], Some(file(status, &[1, 2, 3])), &[])),
                Judgement::Withdraw {
                    reason: WithdrawReason::BelowThreshold,
                    removed: vec![2],
                    count: 2
                }
            );
        }
        assert_eq!(
            judge(&input(&[1, 3], Some(file(S::Referred, &[1, 2, 3])), &[])),
            Judgement::Join {
                added: vec![],
                removed: vec![2],
                count: 2,
                below_threshold: true
            }
        );
        assert_eq!(
            judge(&input(&[1, 3], Some(file(S::Referred, &[1, 3])), &[])),
            Judgement::Nothing
        );
    }

    proptest! {
        #[test]
        fn the_order_of_facts_does_not_matter(
            (sorted, shuffled) in prop::collection::vec(0u8..12, 0..10)
                .prop_flat_map(|facts| (Just(facts.clone()), Just(facts).prop_shuffle())),
            basis in prop::option::of(prop::collection::vec(0u8..12, 0..10)),
            settled in prop::collection::vec(0u8..12, 0..10),
        ) {
            let open = basis.as_deref().map(|basis| file(EscalationStatus::Open, basis));
            prop_assert_eq!(
                judge(&input(&sorted, open, &settled)),
                judge(&input(&shuffled, open, &settled))
            );
        }

        #[test]
        fn judging_again_changes_nothing(
            counted in prop::collection::vec(0u8..12, 0..10),
            basis in prop::collection::vec(0u8..12, 0..10),
            opened in any::<bool>(),
        ) {
            let before = opened.then(|| file(EscalationStatus::Open, &basis));
            let after = match judge(&input(&counted, before, &[])) {
                Judgement::Nothing => before.map(|open| open.basis.to_vec()),
                Judgement::Open { basis, .. } => Some(basis),
                Judgement::Join { .. } => Some(counted.clone()),
                Judgement::Withdraw { .. } => None,
            };
            let open = after.as_deref().map(|basis| file(EscalationStatus::Open, basis));
            prop_assert_eq!(judge(&input(&counted, open, &[])), Judgement::Nothing);
        }

        #[test]
        fn a_file_is_under_way_exactly_when_an_undecided_threshold_is_reached(
            counted in prop::collection::btree_set(0u8..12, 0..10),
            settled in prop::collection::vec(0u8..12, 0..10),
        ) {
            let facts: Vec<u8> = counted.iter().copied().collect();
            let opens = matches!(judge(&input(&facts, None, &settled)), Judgement::Open { .. });
            let undecided = counted.iter().any(|fact| !settled.contains(fact));
            prop_assert_eq!(opens, counted.len() >= 3 && undecided);
        }
    }

    #[test]
    fn exactly_the_legal_steps_are_possible() {
        use EscalationEvent as E;
        use EscalationStatus as S;
        let legal = [
            (S::Open, E::Submit, S::InReview),
            (S::InReview, E::SignOff, S::SignedOff),
            (S::SignedOff, E::Refer, S::Referred),
            (S::Referred, E::Close, S::Closed),
            (S::Open, E::Dismiss, S::Dismissed),
            (S::InReview, E::Dismiss, S::Dismissed),
            (S::SignedOff, E::Dismiss, S::Dismissed),
            (S::Open, E::Withdraw, S::Withdrawn),
            (S::InReview, E::Withdraw, S::Withdrawn),
            (S::SignedOff, E::Withdraw, S::Withdrawn),
        ];
        for &from in S::ALL {
            for &event in E::ALL {
                let expected = legal
                    .iter()
                    .find(|row| row.0 == from && row.1 == event)
                    .map(|row| row.2);
                let outcome = next(from, event);
                assert_eq!(
                    outcome.as_ref().ok(),
                    expected.as_ref(),
                    "{from} --{event}-->"
                );
                if let Err(refusal) = outcome {
                    assert_eq!(refusal.code, RefusalCode::IllegalTransition);
                }
            }
            assert!(!(is_under_way(from) && is_settled(from)));
        }
    }

    #[test]
    fn the_submitter_cannot_sign_off() {
        let [one, other] = [1, 2].map(|number| StaffId::from_uuid(Uuid::from_u128(number)));
        assert_eq!(sign_off_allowed(one, other), Ok(()));
        assert_eq!(
            sign_off_allowed(one, one).unwrap_err().code,
            RefusalCode::SignOffBySubmitter
        );
    }

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
