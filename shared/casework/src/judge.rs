//! Counting, and what follows from a count: an escalation is opened, extended or withdrawn. Every
//! further step is a person's.

mod apply;

use domain::{AppointmentId, AppointmentStatus, EscalationKind, miss};
use storage::{appointments, cases::Case, test_records};

use self::apply::{Count, apply};
use crate::{
    rules,
    work::{Work, WorkError},
};

/// Recounts the misses of a case and opens, extends or withdraws its escalation; answers the count
/// (戒毒条例 art. 20: three or more).
pub fn misses(work: &mut Work<'_, '_>, case: &Case) -> Result<u32, WorkError> {
    let pack = rules::pack(work, &case.rule_pack, case.rule_pack_version)?;
    let counted: Vec<AppointmentId> = appointments::missed_of_case(work.tx, work.agency, case.id)?
        .into_iter()
        .filter(|(_, label)| miss::counts(AppointmentStatus::Missed, *label))
        .map(|(id, _)| id)
        .collect();
    let count = u32::try_from(counted.len()).unwrap_or(u32::MAX);
    apply(
        work,
        case,
        Count {
            kind: EscalationKind::MissedTests,
            object_kind: "appointment",
            threshold: pack.thresholds.missed_tests,
            counted: &counted,
        },
    )?;
    Ok(count)
}

/// Opens an escalation for a positive result (禁毒法 art. 35: new use is reported at once), or adds it
/// to the one under way.
pub fn positive_tests(work: &mut Work<'_, '_>, case: &Case) -> Result<(), WorkError> {
    let counted: Vec<AppointmentId> = test_records::positives(work.tx, work.agency, case.id)?
        .into_iter()
        .map(|id| AppointmentId::from_uuid(id.uuid()))
        .collect();
    apply(
        work,
        case,
        Count {
            kind: EscalationKind::PositiveTest,
            object_kind: "test_record",
            threshold: 1,
            counted: &counted,
        },
    )
}

/// Opens an escalation for a report-in that is overdue (戒毒条例 art. 14, 38: deemed refusal unless a
/// good reason is accepted, which people decide), or withdraws it when the client turns out to have
/// reported in by the last day. A late report-in leaves it for people to judge.
pub fn overdue_report_in(work: &mut Work<'_, '_>, case: &Case) -> Result<(), WorkError> {
    let in_time = case
        .reported_in_on
        .is_some_and(|date| date <= case.report_in_due_on);
    let overdue = [AppointmentId::from_uuid(case.id.uuid())];
    apply(
        work,
        case,
        Count {
            kind: EscalationKind::OverdueReportIn,
            object_kind: "case",
            threshold: 1,
            counted: if in_time { &[] } else { &overdue },
        },
    )
}
