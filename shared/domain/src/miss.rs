//! A missed appointment: whether the client was told, what follows, and what a person may call it.
//!
//! The machine establishes the fact. Only a person labels it: nothing here turns a miss into
//! `evaded_or_refused` by itself.

use chrono::{DateTime, Utc};

use crate::{
    AppointmentStatus, MessageKind, MissLabel, NoProof, Refusal, RefusalCode, TaskKind, TaskOutcome,
};

/// Whether a delivered message of this kind can show that the client was told of a date while it could
/// be kept: it has the date to state. The text after the due day comes too late for that.
pub const fn proves_notice(kind: MessageKind) -> bool {
    matches!(
        kind,
        MessageKind::AppointmentReminder | MessageKind::ReportInReminder
    )
}

/// What speaks against a telephone number being the client's alone; none: it is verified, and nobody
/// else's.
pub const fn number_doubt(shared: bool, verified: bool) -> Option<NoProof> {
    if shared {
        Some(NoProof::NumberShared)
    } else if verified {
        None
    } else {
        Some(NoProof::NumberUnverified)
    }
}

/// A reminder that arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delivery {
    /// Why it would show nothing, as known when it was handed over.
    pub no_proof: Option<NoProof>,
    /// Whether it went to a telephone number, rather than to the client's own account.
    pub to_number: bool,
    /// When it was handed over (UTC).
    pub sent_at: DateTime<Utc>,
    /// When it arrived, by the word of the gateway (UTC).
    pub arrived_at: DateTime<Utc>,
}

/// What a delivery has to meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoticeTerms {
    /// First instant at which the date can no longer be kept (UTC).
    pub until: DateTime<Utc>,
    /// Since when it was no longer certain that the number before is the client's (UTC).
    pub number_doubted_at: Option<DateTime<Utc>>,
}

/// Why a delivery does not show that the client was told of the stored date; none: it does. It stated
/// the date, in time, at the client's own account or at a number that is the client's alone and not
/// doubted since.
pub fn no_proof(delivery: &Delivery, terms: &NoticeTerms) -> Option<NoProof> {
    if delivery.no_proof.is_some() {
        return delivery.no_proof;
    }
    let before = |doubted: DateTime<Utc>| delivery.sent_at <= doubted;
    if delivery.to_number && terms.number_doubted_at.is_some_and(before) {
        return Some(NoProof::NumberUnverified);
    }
    (delivery.arrived_at >= terms.until).then_some(NoProof::TooLate)
}

/// Whether what came of a call or contact at an instant (UTC) shows that the client was told in time.
pub fn contact_proves(
    outcome: Option<TaskOutcome>,
    closed_at: Option<DateTime<Utc>>,
    until: DateTime<Utc>,
) -> bool {
    outcome == Some(TaskOutcome::Reached) && closed_at.is_some_and(|at| at < until)
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
    use chrono::TimeDelta;

    use super::*;

    fn at(hours: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::hours(hours)
    }

    /// Handed over at the tenth hour, there at the eleventh.
    fn dated() -> Delivery {
        Delivery {
            no_proof: None,
            to_number: true,
            sent_at: at(10),
            arrived_at: at(11),
        }
    }

    fn terms(until: i64, doubted: Option<i64>) -> NoticeTerms {
        NoticeTerms {
            until: at(until),
            number_doubted_at: doubted.map(at),
        }
    }

    #[test]
    fn only_a_stated_date_at_the_clients_own_number_in_time_proves_notice() {
        assert_eq!(no_proof(&dated(), &terms(12, None)), None);
        assert_eq!(no_proof(&dated(), &terms(11, None)), Some(NoProof::TooLate));
        for &why in NoProof::ALL {
            let delivery = Delivery {
                no_proof: Some(why),
                ..dated()
            };
            assert_eq!(no_proof(&delivery, &terms(12, None)), Some(why));
        }
    }

    #[test]
    fn a_number_doubted_since_takes_the_proof_of_what_went_there_before() {
        let doubted = Some(NoProof::NumberUnverified);
        assert_eq!(no_proof(&dated(), &terms(12, Some(10))), doubted);
        assert_eq!(no_proof(&dated(), &terms(12, Some(11))), doubted);
        assert_eq!(no_proof(&dated(), &terms(12, Some(9))), None);
        let own_account = Delivery {
            to_number: false,
            ..dated()
        };
        assert_eq!(no_proof(&own_account, &terms(12, Some(11))), None);
    }

    #[test]
    fn a_number_is_the_clients_where_it_is_verified_and_nobody_elses() {
        assert_eq!(number_doubt(false, true), None);
        assert_eq!(number_doubt(true, true), Some(NoProof::NumberShared));
        assert_eq!(number_doubt(true, false), Some(NoProof::NumberShared));
        assert_eq!(number_doubt(false, false), Some(NoProof::NumberUnverified));
    }

    #[test]
    fn only_who_was_reached_in_time_was_told() {
        for &outcome in TaskOutcome::ALL {
            assert_eq!(
                contact_proves(Some(outcome), Some(at(11)), at(12)),
                outcome == TaskOutcome::Reached,
                "{outcome}"
            );
        }
        let reached = Some(TaskOutcome::Reached);
        assert!(!contact_proves(reached, Some(at(12)), at(12)));
        assert!(!contact_proves(reached, None, at(12)));
        assert!(!contact_proves(None, Some(at(11)), at(12)));
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
