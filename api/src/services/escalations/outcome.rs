//! What the police decided, typed in from their paper.

use casework::{
    Work, rules,
    status::{self, Grounds},
};
use domain::{
    CaseStatus, EscalationId, EscalationKind, EscalationStatus, Refusal, RefusalCode,
    case_status::CaseEvent,
    escalation::{self, EscalationEvent},
    local_time::local_date,
};
use storage::{
    Scope, StorageError,
    cases::Case,
    escalations::{self, Escalation, Filter},
};

use super::{load, view};
use crate::{
    failure::Failure,
    services::text,
    views::escalations::{EscalationView, Outcome, OutcomeDecision},
};

/// Closes a referred escalation with the decision of the police. The case goes on, or ends.
///
/// # Errors
/// `illegal_transition`, `date_in_future`, `note_required`, `invalid_value`, `stale_version`.
pub fn close(
    work: &mut Work<'_, '_>,
    scope: Scope,
    id: EscalationId,
    expected: Option<i64>,
    asked: &Outcome,
) -> Result<EscalationView, Failure> {
    let (mut file, mut case) = load(work, scope, id, expected)?;
    escalation::next(file.status, EscalationEvent::Close)?;
    let outcome = check(work, &file, asked)?;
    let stored = serde_json::to_string(&outcome)
        .map_err(|error| StorageError::Corrupt(error.to_string()))?;
    file.outcome = Some(stored);
    let grounds = Grounds {
        document: Some(&outcome.document_no),
        reason: outcome.note.as_deref(),
    };
    status::move_escalation(work, &mut file, EscalationEvent::Close, grounds)?;
    if let Some(event) = event(work, &file, &case, outcome.decision)? {
        status::move_case(work, &mut case, event, grounds)?;
    }
    view::of(work, file, &case)
}

fn check(work: &mut Work<'_, '_>, file: &Escalation, asked: &Outcome) -> Result<Outcome, Failure> {
    let office = rules::office(work, file.office_id)?;
    let tz = rules::zone(&office)?;
    if asked.decided_on > local_date(work.now, tz) {
        let detail = "the day of the decision lies in the future";
        return Err(Refusal::at(RefusalCode::DateInFuture, "/decided_on", detail).into());
    }
    if asked.decided_on < local_date(file.opened_at, tz) {
        let detail = "decided before the escalation was opened";
        return Err(Refusal::at(RefusalCode::InvalidValue, "/decided_on", detail).into());
    }
    let note = asked
        .note
        .as_deref()
        .map(|note| text::note(note, "/note", 2_000))
        .transpose()?;
    if asked.decision == OutcomeDecision::Other && note.is_none() {
        let detail = "say what was decided";
        return Err(Refusal::at(RefusalCode::NoteRequired, "/note", detail).into());
    }
    Ok(Outcome {
        decision: asked.decision,
        document_no: text::line(&asked.document_no, "/document_no", 100)?,
        decided_on: asked.decided_on,
        note,
    })
}

/// What the decision does to a referred case. A case whose client never reported in stays referred
/// until the report-in; so does one of which the police have another file.
fn event(
    work: &mut Work<'_, '_>,
    file: &Escalation,
    case: &Case,
    decision: OutcomeDecision,
) -> Result<Option<CaseEvent>, Failure> {
    if case.status != CaseStatus::Referred {
        return Ok(None);
    }
    if decision == OutcomeDecision::Isolation {
        return Ok(Some(CaseEvent::EndInIsolation));
    }
    if file.kind == EscalationKind::OverdueReportIn && case.reported_in_on.is_none() {
        return Ok(None);
    }
    let filter = Filter {
        case: Some(case.id),
        statuses: vec![EscalationStatus::Referred],
        ..Filter::default()
    };
    let others = escalations::list(work.tx, work.agency, Scope::default(), &filter, None, 1)?;
    Ok(others.is_empty().then_some(CaseEvent::ReturnToExecution))
}
