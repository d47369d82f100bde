//! Whether a message about a case still makes sense: asked when it is sent, when it is followed up,
//! and when somebody wants it sent again.

use chrono::{DateTime, Utc};
use domain::{AppointmentStatus, CaseStatus, MessageKind, NoticeProof, case_status};
use storage::{appointments, cases, messages::Message};

/// Whether a message of this kind is still needed.
///
/// # Errors
/// Why not, as a code.
pub fn still_needed(
    kind: MessageKind,
    appointment: Option<&appointments::Standing>,
    case: &cases::Standing,
    now: DateTime<Utc>,
) -> Result<(), &'static str> {
    use AppointmentStatus as S;
    if kind == MessageKind::ReportInReminder {
        return if case.status == CaseStatus::Ordered {
            Ok(())
        } else {
            Err("reported_in_or_over")
        };
    }
    if case.status == CaseStatus::Suspended {
        return Err("case_suspended");
    }
    if !case_status::is_live(case.status) {
        return Err("case_not_live");
    }
    let Some(item) = appointment else {
        return Err("appointment_missing");
    };
    match (kind, item.status) {
        (MessageKind::AppointmentReminder, S::Scheduled | S::Open)
        | (MessageKind::AppointmentOverdue, S::Overdue) => Ok(()),
        // The window closed and the job that says so has not run yet.
        (MessageKind::AppointmentOverdue, S::Open) if now >= item.closes_at => Ok(()),
        (_, S::Completed) => Err("appointment_completed"),
        (_, S::Excused) => Err("appointment_excused"),
        (_, S::Deferred) => Err("appointment_deferred"),
        (_, S::ServiceFault) => Err("appointment_service_fault"),
        (_, S::Cancelled) => Err("appointment_cancelled"),
        (_, S::Missed) => Err("appointment_missed"),
        (_, S::Scheduled | S::Open | S::Overdue) => Err("appointment_in_another_phase"),
    }
}

/// Until when notice still helps: the end of the window, of the grace days, or of the time for
/// reporting in.
pub fn deadline(
    kind: MessageKind,
    appointment: Option<&appointments::Standing>,
    case: &cases::Standing,
) -> DateTime<Utc> {
    match (kind, appointment) {
        (MessageKind::AppointmentOverdue, Some(item)) => item.grace_ends_at,
        (_, Some(item)) => item.closes_at,
        (_, None) => case.report_in_closes_at,
    }
}

/// Whether it still helps that a person tells the client, or the colleague, what a message did not.
pub fn helps(
    message: &Message,
    appointment: Option<&appointments::Standing>,
    case: Option<&cases::Standing>,
    now: DateTime<Utc>,
) -> bool {
    if message.kind == MessageKind::StaffAlert {
        return now < message.not_after;
    }
    let Some(case) = case else {
        return false;
    };
    let proven = appointment.is_some_and(|item| item.notice_proof == NoticeProof::Proven);
    !proven
        && now < deadline(message.kind, appointment, case)
        && still_needed(message.kind, appointment, case, now).is_ok()
}
