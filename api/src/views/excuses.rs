//! Excuses as JSON.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{AppointmentId, CaseId, ExcuseId, ExcuseStatus, StaffId, excuse::ExcuseDecision};
use serde::{Deserialize, Serialize};
use storage::excuses::Excuse;
use utoipa::{IntoParams, ToSchema};

/// A request that an appointment not count as missed.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]
pub struct RequestExcuse {
    /// One of the excuse codes of the case's rule pack.
    #[schema(example = "illness")]
    pub reason_code: String,
    /// Free text, at most 2,000 characters; some codes need it.
    #[serde(default)]
    #[schema(example = "住院，出院小结后补")]
    pub note: Option<String>,
    /// Last day for evidence that is still to come, in the office's time zone.
    #[serde(default)]
    pub evidence_due_on: Option<NaiveDate>,
}

/// What was decided about an excuse, and why.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]
pub struct DecideExcuse {
    /// The decision.
    pub decision: ExcuseDecision,
    /// Why so, at most 2,000 characters.
    #[schema(example = "出院小结已核对")]
    pub reason: String,
    /// The day agreed on, with `make_up` only.
    #[serde(default)]
    pub make_up_due_on: Option<NaiveDate>,
}

/// Why an excuse is taken back.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]
pub struct WithdrawExcuse {
    /// At most 2,000 characters.
    #[serde(default)]
    #[schema(example = "本人已按时到站")]
    pub reason: Option<String>,
}

/// An excuse in a list: without its free text.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExcuseItem {
    /// UUIDv7.
    pub id: ExcuseId,
    /// The appointment it is about.
    pub appointment_id: AppointmentId,
    /// The appointment's case.
    pub case_id: CaseId,
    /// One of the rule pack's codes.
    #[schema(example = "illness")]
    pub reason_code: String,
    /// Where it stands.
    pub status: ExcuseStatus,
    /// Last day for evidence.
    pub evidence_due_on: Option<NaiveDate>,
    /// Who entered it; with `from_client` the caseworker it went to.
    pub requested_by: StaffId,
    /// Whether the client asked for it in the app.
    pub from_client: bool,
    /// UTC.
    pub requested_at: DateTime<Utc>,
    /// Who decided, or took it back.
    pub decided_by: Option<StaffId>,
    /// UTC.
    pub decided_at: Option<DateTime<Utc>>,
    /// The day agreed on.
    pub make_up_due_on: Option<NaiveDate>,
    /// Counts changes, from 1; also the `ETag`.
    pub version: i64,
}

/// An excuse with its free text.
#[derive(Serialize, ToSchema)]
#[expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]
pub struct ExcuseView {
    #[serde(flatten)]
    pub excuse: ExcuseItem,
    /// What was said for it.
    pub note: Option<String>,
    /// Why it was decided so.
    pub decision_reason: Option<String>,
}

impl From<&Excuse> for ExcuseItem {
    fn from(excuse: &Excuse) -> Self {
        Self {
            id: excuse.id,
            appointment_id: excuse.appointment_id,
            case_id: excuse.case_id,
            reason_code: excuse.reason_code.clone(),
            status: excuse.status,
            evidence_due_on: excuse.evidence_due_on,
            requested_by: excuse.requested_by,
            from_client: excuse.from_client,
            requested_at: excuse.requested_at,
            decided_by: excuse.decided_by,
            decided_at: excuse.decided_at,
            make_up_due_on: excuse.make_up_due_on,
            version: excuse.version,
        }
    }
}

impl From<Excuse> for ExcuseView {
    fn from(excuse: Excuse) -> Self {
        Self {
            excuse: ExcuseItem::from(&excuse),
            note: excuse.note,
            decision_reason: excuse.decision_reason,
        }
    }
}

/// What a list of excuses is narrowed to.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListExcuses {
    /// Of this case.
    pub case_id: Option<CaseId>,
    /// For this appointment.
    pub appointment_id: Option<AppointmentId>,
    /// In this state.
    #[param(inline)]
    pub status: Option<ExcuseStatus>,
    /// Items on the page, 1–100.
    #[param(minimum = 1, maximum = 100, default = 20, example = 20)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}
