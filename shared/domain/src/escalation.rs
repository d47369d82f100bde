//! The escalation: the machine flags, people decide.
//!
//! Thresholds: 戒毒条例 art. 20 (three evaded or refused tests; 以上 includes the number). The machine
//! opens, extends and withdraws a file by counting; every other step is a person's, and nothing here
//! labels, refers or tells the client.

mod blocker;
mod step;

use std::collections::BTreeSet;

use crate::{EscalationStatus, coded};

pub use blocker::{BasisItem, Blocker, BlockerInput, blockers, unblocked};
pub use step::{EscalationEvent, is_settled, is_under_way, next, sign_off_allowed};

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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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
}
