//! A refusal: why something that was asked cannot be done, with a stable code.

use crate::coded;

coded! {
    /// Stable codes of refusals by the rules. The API gives each a status and a title.
    RefusalCode {
        InvalidValue = "invalid_value",
        InvalidIdNumber = "invalid_id_number",
        InvalidPhone = "invalid_phone",
        InvalidTerm = "invalid_term",
        UnknownRulePack = "unknown_rule_pack",
        RulePackInvalid = "rule_pack_invalid",
        RulePackPublished = "rule_pack_published",
        MeasureNotInPack = "measure_not_in_pack",
        CalendarInvalid = "calendar_invalid",
        DateInFuture = "date_in_future",
        DateBeforeDecision = "date_before_decision",
        ReportInBeforeReceipt = "report_in_before_receipt",
        AlreadyReportedIn = "already_reported_in",
        IllegalTransition = "illegal_transition",
        CaseNotActive = "case_not_active",
        CaseStillOpen = "case_still_open",
        CaseFrozen = "case_frozen",
        AppointmentClosed = "appointment_closed",
        AppointmentNotOpenYet = "appointment_not_open_yet",
        AppointmentNotMissed = "appointment_not_missed",
        OutsideWindow = "outside_window",
        TooFewCollectors = "too_few_collectors",
        CollectorNotInOffice = "collector_not_in_office",
        CaseworkerNotInOffice = "caseworker_not_in_office",
        ExcusePending = "excuse_pending",
        ExcuseDecided = "excuse_decided",
        UnknownExcuseCode = "unknown_excuse_code",
        NoteRequired = "note_required",
        MakeUpDateRequired = "make_up_date_required",
        SignOffBySubmitter = "sign_off_by_submitter",
        EscalationBlocked = "escalation_blocked",
        TaskClosed = "task_closed",
        MessageMayArrive = "message_may_arrive",
        WordingRefused = "wording_refused",
        ReviewByAuthor = "review_by_author",
        UsernameTaken = "username_taken",
        PasswordRefused = "password_refused",
        ClientExists = "client_exists",
        ConsentNotInForce = "consent_not_in_force",
        NotFound = "not_found",
        Conflict = "conflict",
    }
}

/// Why a request is refused. Carries no personal data: it may be logged and shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {detail}")]
pub struct Refusal {
    /// Stable code.
    pub code: RefusalCode,
    /// One sentence for the person who asked.
    pub detail: String,
    /// JSON pointer (RFC 6901) of the field at fault, where there is one.
    pub pointer: Option<String>,
}

impl Refusal {
    /// A refusal that no single field is to blame for.
    pub fn new(code: RefusalCode, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
            pointer: None,
        }
    }

    /// A refusal of one field, named by JSON pointer.
    pub fn at(code: RefusalCode, pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
            pointer: Some(pointer.into()),
        }
    }
}
