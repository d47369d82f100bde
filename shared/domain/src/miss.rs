//! A missed appointment: whether the client was told, what follows, and what a person may call it.
//!
//! The machine establishes the fact. Only a person labels it: nothing here turns a miss into
//! `evaded_or_refused` by itself.

use crate::{
    AppointmentStatus, MessageKind, MessageStatus, MissLabel, NoticeProof, Refusal, RefusalCode,
    TaskKind, TaskOutcome,
};

/// What shows that a client was told of an appointment.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoticeEvidence<'a> {
    /// Where each reminder of the appointment stands. Only a delivered receipt proves anything.
    pub messages: &'a [MessageStatus],
    /// What came of each call or contact about it. Only a client who was reached proves anything.
    pub contacts: &'a [TaskOutcome],
    /// Notices handed over in person.
    pub in_person_notices: u32,
    /// Whether the first reminder should have reached the client by now.
    pub notice_was_due: bool,
}

/// Whether a delivered message of this kind shows that the client was told of an appointment while it
/// could be kept. The text after the due day comes too late for that.
pub const fn proves_notice(kind: MessageKind) -> bool {
    matches!(kind, MessageKind::AppointmentReminder)
}

/// Whether notice of an appointment is proven.
pub fn notice_proof(evidence: &NoticeEvidence<'_>) -> NoticeProof {
    let proven = evidence.messages.contains(&MessageStatus::Delivered)
        || evidence.contacts.contains(&TaskOutcome::Reached)
        || evidence.in_person_notices > 0;
    if proven {
        NoticeProof::Proven
    } else if evidence.notice_was_due {
        NoticeProof::Unproven
    } else {
        NoticeProof::NotDue
    }
}

/// The tasks that follow from the n-th counted miss of a case (n from 1), due on the next working
/// day. From the third on the escalation takes over. Tasks for people, never automatic letters
/// (practice: 告诫书 no. 1 after the first miss, no. 2 in person after the second).
pub const fn tasks_after_miss(ordinal: u32) -> &'static [TaskKind] {
    match ordinal {
        1 => &[TaskKind::FirstMissTalk],
        2 => &[TaskKind::SecondMissNotice],
        _ => &[],
    }
}

/// Whether an appointment counts towards the escalation: missed, and not labelled away. A miss that
/// nobody has labelled yet counts, so that it cannot go unseen; it then blocks the submission.
pub const fn counts(status: AppointmentStatus, label: Option<MissLabel>) -> bool {
    matches!(status, AppointmentStatus::Missed)
        && matches!(label, None | Some(MissLabel::EvadedOrRefused))
}

/// The state an appointment takes when a person labels its miss. `current` is the label it already
/// has: a labelled miss may be labelled anew, an appointment that never was a miss may not.
///
/// # Errors
/// `appointment_not_missed` when there is no miss to label.
pub fn label(
    status: AppointmentStatus,
    current: Option<MissLabel>,
    label: MissLabel,
) -> Result<AppointmentStatus, Refusal> {
    use AppointmentStatus as S;
    let was_missed = status == S::Missed
        || (current.is_some() && matches!(status, S::Excused | S::ServiceFault | S::Deferred));
    if !was_missed {
        return Err(Refusal::new(
            RefusalCode::AppointmentNotMissed,
            format!("only a missed appointment can be labelled; this one is {status}"),
        ));
    }
    Ok(match label {
        MissLabel::EvadedOrRefused => S::Missed,
        MissLabel::Excused => S::Excused,
        MissLabel::ServiceFault => S::ServiceFault,
        MissLabel::Deferred => S::Deferred,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_delivery_contact_or_a_notice_in_person_proves_notice() {
        let due = NoticeEvidence {
            notice_was_due: true,
            ..NoticeEvidence::default()
        };
        for &status in MessageStatus::ALL {
            let proof = notice_proof(&NoticeEvidence {
                messages: &[status],
                ..due
            });
            let delivered = status == MessageStatus::Delivered;
            assert_eq!(proof == NoticeProof::Proven, delivered, "{status}");
        }
        for &outcome in TaskOutcome::ALL {
            let proof = notice_proof(&NoticeEvidence {
                contacts: &[outcome],
                ..due
            });
            assert_eq!(
                proof == NoticeProof::Proven,
                outcome == TaskOutcome::Reached,
                "{outcome}"
            );
        }
        let in_person = NoticeEvidence {
            in_person_notices: 1,
            ..due
        };
        assert_eq!(notice_proof(&in_person), NoticeProof::Proven);
    }

    #[test]
    fn proof_may_come_early_and_is_asked_for_only_when_due() {
        assert_eq!(
            notice_proof(&NoticeEvidence::default()),
            NoticeProof::NotDue
        );
        let early = NoticeEvidence {
            messages: &[MessageStatus::Delivered],
            ..NoticeEvidence::default()
        };
        assert_eq!(notice_proof(&early), NoticeProof::Proven);
        let late = NoticeEvidence {
            notice_was_due: true,
            ..NoticeEvidence::default()
        };
        assert_eq!(notice_proof(&late), NoticeProof::Unproven);
    }

    #[test]
    fn the_first_two_misses_bring_tasks() {
        assert_eq!(tasks_after_miss(1), [TaskKind::FirstMissTalk]);
        assert_eq!(tasks_after_miss(2), [TaskKind::SecondMissNotice]);
        for ordinal in [0, 3, 4, u32::MAX] {
            assert!(tasks_after_miss(ordinal).is_empty());
        }
    }

    #[test]
    fn only_a_miss_can_be_labelled() {
        use AppointmentStatus as S;
        for &status in S::ALL {
            let outcome = label(status, None, MissLabel::ServiceFault);
            if status == S::Missed {
                assert_eq!(outcome, Ok(S::ServiceFault));
            } else {
                assert_eq!(outcome.unwrap_err().code, RefusalCode::AppointmentNotMissed);
            }
        }
    }

    #[test]
    fn a_labelled_miss_may_be_labelled_anew() {
        use AppointmentStatus as S;
        let states = [
            (MissLabel::EvadedOrRefused, S::Missed),
            (MissLabel::Excused, S::Excused),
            (MissLabel::ServiceFault, S::ServiceFault),
            (MissLabel::Deferred, S::Deferred),
        ];
        for (from, status) in states {
            for (to, expected) in states {
                assert_eq!(
                    label(status, Some(from), to),
                    Ok(expected),
                    "{from} to {to}"
                );
            }
        }
    }

    #[test]
    fn an_unlabelled_miss_counts_and_one_labelled_away_does_not() {
        assert!(counts(AppointmentStatus::Missed, None));
        assert!(counts(
            AppointmentStatus::Missed,
            Some(MissLabel::EvadedOrRefused)
        ));
        assert!(!counts(AppointmentStatus::Missed, Some(MissLabel::Excused)));
        assert!(!counts(AppointmentStatus::Excused, None));
        assert!(!counts(AppointmentStatus::Overdue, None));
    }
}
