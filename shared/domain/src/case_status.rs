//! The life of a case: which event may follow which state, and what each state means for the
//! appointments.
//!
//! Sources: 戒毒条例 (Drug Treatment Regulation) art. 13–16 and 37–40 (decision, report-in), 22
//! (transfer), 23–24 (suspension, termination, completion). Who, when and with which document is
//! recorded by the caller; this module only says what is possible.

use crate::{CaseStatus, Refusal, RefusalCode, coded};

coded! {
    /// Something that happens to a case.
    CaseEvent {
        /// 报到: the client reported in.
        ReportIn = "report_in",
        /// The report-in deadline passed without a report-in.
        ReportInOverdue = "report_in_overdue",
        /// 中止: detention or arrest.
        Suspend = "suspend",
        /// The client was released and execution goes on.
        Resume = "resume",
        /// 变更执行地 was granted; the client is on the way to the new office.
        StartTransfer = "start_transfer",
        /// The client reported in at the new office.
        FinishTransfer = "finish_transfer",
        /// 解除 at term end.
        Complete = "complete",
        /// 终止: prison, compulsory educational measures, death, going abroad, or an administrative
        /// correction.
        Terminate = "terminate",
        /// The case was handed to the police, who decide.
        Refer = "refer",
        /// The police decided that execution goes on.
        ReturnToExecution = "return_to_execution",
        /// The police decided on isolation.
        EndInIsolation = "end_in_isolation",
    }
}

/// The state that `event` leads to from `from`.
///
/// A case referred for an overdue report-in may still be reported in (the client turned up while
/// the police had the file). Whether a *referred* case has reported in before cannot be read from
/// its state: the caller refuses a second report-in by its recorded date.
///
/// # Errors
/// `already_reported_in` for a report-in on a case in execution; otherwise `illegal_transition`.
pub fn next(from: CaseStatus, event: CaseEvent) -> Result<CaseStatus, Refusal> {
    use CaseEvent as E;
    use CaseStatus as S;
    match (from, event) {
        (S::Ordered | S::OverdueReportIn | S::Referred, E::ReportIn)
        | (S::Suspended, E::Resume)
        | (S::Transferring, E::FinishTransfer)
        | (S::Referred, E::ReturnToExecution) => Ok(S::Active),
        (S::Ordered, E::ReportInOverdue) => Ok(S::OverdueReportIn),
        (S::Active, E::Suspend) => Ok(S::Suspended),
        (S::Active, E::StartTransfer) => Ok(S::Transferring),
        (S::Active, E::Complete) => Ok(S::Completed),
        (S::Active | S::OverdueReportIn, E::Refer) => Ok(S::Referred),
        (S::Referred, E::EndInIsolation) => Ok(S::EndedInIsolation),
        (
            S::Ordered | S::OverdueReportIn | S::Active | S::Suspended | S::Transferring,
            E::Terminate,
        ) => Ok(S::Terminated),
        (S::Active | S::Suspended | S::Transferring, E::ReportIn) => Err(Refusal::new(
            RefusalCode::AlreadyReportedIn,
            "the client has already reported in for this case",
        )),
        _ => Err(Refusal::new(
            RefusalCode::IllegalTransition,
            format!("the case cannot {}: it {}", phrase(event), standing(from)),
        )),
    }
}

/// Whether appointments run: windows open, reminders go out and misses are established.
///
/// A referred case is still in execution until the police decide; a transfer does not stop the term
/// or any counter (Regulation art. 22), though windows it covers are deferred.
pub const fn is_live(status: CaseStatus) -> bool {
    matches!(
        status,
        CaseStatus::Active | CaseStatus::Referred | CaseStatus::Transferring
    )
}

/// Whether the case has ended for good.
pub const fn is_final(status: CaseStatus) -> bool {
    matches!(
        status,
        CaseStatus::Completed | CaseStatus::Terminated | CaseStatus::EndedInIsolation
    )
}

const fn phrase(event: CaseEvent) -> &'static str {
    match event {
        CaseEvent::ReportIn => "be reported in",
        CaseEvent::ReportInOverdue => "become overdue for report-in",
        CaseEvent::Suspend => "be suspended",
        CaseEvent::Resume => "be resumed",
        CaseEvent::StartTransfer => "be transferred",
        CaseEvent::FinishTransfer => "end a transfer",
        CaseEvent::Complete => "be completed",
        CaseEvent::Terminate => "be terminated",
        CaseEvent::Refer => "be referred to the police",
        CaseEvent::ReturnToExecution => "be returned to execution",
        CaseEvent::EndInIsolation => "end in isolation",
    }
}

const fn standing(status: CaseStatus) -> &'static str {
    match status {
        CaseStatus::Ordered => "waits for the report-in",
        CaseStatus::OverdueReportIn => "is overdue for report-in",
        CaseStatus::Active => "is in execution",
        CaseStatus::Suspended => "is suspended",
        CaseStatus::Transferring => "is being transferred",
        CaseStatus::Completed => "was completed",
        CaseStatus::Terminated => "was terminated",
        CaseStatus::Referred => "is with the police",
        CaseStatus::EndedInIsolation => "ended in isolation",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use CaseEvent as E;
    use CaseStatus as S;

    const LEGAL: &[(S, E, S)] = &[
        (S::Ordered, E::ReportIn, S::Active),
        (S::Ordered, E::ReportInOverdue, S::OverdueReportIn),
        (S::Ordered, E::Terminate, S::Terminated),
        (S::OverdueReportIn, E::ReportIn, S::Active),
        (S::OverdueReportIn, E::Refer, S::Referred),
        (S::OverdueReportIn, E::Terminate, S::Terminated),
        (S::Active, E::Suspend, S::Suspended),
        (S::Active, E::StartTransfer, S::Transferring),
        (S::Active, E::Complete, S::Completed),
        (S::Active, E::Terminate, S::Terminated),
        (S::Active, E::Refer, S::Referred),
        (S::Suspended, E::Resume, S::Active),
        (S::Suspended, E::Terminate, S::Terminated),
        (S::Transferring, E::FinishTransfer, S::Active),
        (S::Transferring, E::Terminate, S::Terminated),
        (S::Referred, E::ReportIn, S::Active),
        (S::Referred, E::ReturnToExecution, S::Active),
        (S::Referred, E::EndInIsolation, S::EndedInIsolation),
    ];

    #[test]
    fn exactly_the_legal_transitions_are_possible() {
        for &from in S::ALL {
            for &event in E::ALL {
                let expected = LEGAL
                    .iter()
                    .find(|row| row.0 == from && row.1 == event)
                    .map(|row| row.2);
                assert_eq!(next(from, event).ok(), expected, "{from} --{event}-->");
            }
        }
    }

    #[test]
    fn a_second_report_in_has_its_own_code() {
        for from in [S::Active, S::Suspended, S::Transferring] {
            assert_eq!(
                next(from, E::ReportIn).unwrap_err().code,
                RefusalCode::AlreadyReportedIn
            );
        }
    }

    #[test]
    fn a_refusal_says_what_and_why() {
        let refusal = next(S::Completed, E::Suspend).unwrap_err();
        assert_eq!(refusal.code, RefusalCode::IllegalTransition);
        assert_eq!(
            refusal.detail,
            "the case cannot be suspended: it was completed"
        );
    }

    #[test]
    fn nothing_leaves_a_final_state_and_no_final_state_is_live() {
        for &status in S::ALL {
            let leads_somewhere = E::ALL.iter().any(|&event| next(status, event).is_ok());
            assert_eq!(is_final(status), !leads_somewhere, "{status}");
            assert!(!(is_final(status) && is_live(status)));
        }
        let live: Vec<S> = S::ALL
            .iter()
            .copied()
            .filter(|&status| is_live(status))
            .collect();
        assert_eq!(live, [S::Active, S::Transferring, S::Referred]);
    }
}
