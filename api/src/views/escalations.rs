//! Escalations, their basis and their clock as JSON.

mod basis;

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    CaseId, ClientId, EscalationId, EscalationKind, EscalationStatus, OfficeId, StaffId,
    escalation::Blocker,
};
use serde::{Deserialize, Serialize};
use storage::{escalations::Escalation, tasks::Task};
use utoipa::{IntoParams, ToSchema};

pub use self::basis::{BasisAppointment, BasisReportIn, BasisView};
use crate::views::tasks::TaskView;

/// A file opened when a threshold was reached. It says what is to be looked at, never what is so:
/// people decide.
#[derive(Debug, Serialize, ToSchema)]
pub struct EscalationItem {
    /// UUIDv7.
    pub id: EscalationId,
    /// The case.
    pub case_id: CaseId,
    /// The client.
    pub client_id: ClientId,
    /// The office that decides.
    pub office_id: OfficeId,
    /// The caseworker who reviews.
    pub caseworker_id: StaffId,
    /// Why it was opened.
    pub kind: EscalationKind,
    /// Where it stands.
    pub status: EscalationStatus,
    /// How many items its basis has now.
    pub count: i32,
    /// The number at which it opens.
    pub threshold: i32,
    /// UTC.
    pub opened_at: DateTime<Utc>,
    /// When it was closed, dismissed or withdrawn; UTC.
    pub closed_at: Option<DateTime<Utc>>,
    /// Counts changes, from 1; also the `ETag`.
    pub version: i64,
}

/// An escalation with everything needed to judge it.
#[derive(Serialize, ToSchema)]
#[expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]
pub struct EscalationView {
    #[serde(flatten)]
    pub escalation: EscalationItem,
    /// What it rests on, in the order it joined; what left the basis stays with `removed_at`.
    pub basis: Vec<BasisView>,
    /// What is to be settled or looked at before it goes on.
    pub blockers: Vec<BlockerView>,
    /// By when people act.
    pub clock: ClockView,
    /// What may follow by the rule pack, for staff.
    pub consequence: String,
    /// The client's own words.
    pub statement: Option<String>,
    /// Who submitted the review.
    pub submitted_by: Option<StaffId>,
    /// UTC.
    pub submitted_at: Option<DateTime<Utc>>,
    /// Who signed off.
    pub signed_off_by: Option<StaffId>,
    /// UTC.
    pub signed_off_at: Option<DateTime<Utc>>,
    /// Who handed it over.
    pub referred_by: Option<StaffId>,
    /// UTC.
    pub referred_at: Option<DateTime<Utc>>,
    /// The hand-over receipt.
    pub referral: Option<Referral>,
    /// What the police decided.
    pub outcome: Option<Outcome>,
    /// The client's right to have the decision reviewed; with an outcome only.
    pub remedy: Option<&'static str>,
    /// Why it was closed, dismissed or withdrawn.
    pub closed_reason: Option<String>,
}

/// A task with what was noted.
#[derive(Serialize, ToSchema)]
#[expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]
pub struct ContactView {
    #[serde(flatten)]
    pub task: TaskView,
    /// What was noted.
    pub note: Option<String>,
}

/// Something to settle or to look at.
#[derive(Debug, Serialize, ToSchema)]
pub struct BlockerView {
    /// What.
    pub code: Blocker,
    /// Whether it forbids submission and sign-off; the rest is for people to weigh.
    pub forbids: bool,
}

/// By when people act.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClockView {
    /// UTC.
    pub opened_at: DateTime<Utc>,
    /// Day by which the caseworker looks at it; local date.
    pub review_due_on: NaiveDate,
    /// When the supervisor is told that nobody looked; UTC.
    pub unattended_at: DateTime<Utc>,
    /// Day by which a signed-off file is handed over; local date.
    pub report_due_on: Option<NaiveDate>,
    /// Day on which staff are alerted that it was not; local date.
    pub alert_on: Option<NaiveDate>,
    /// When staff are alerted next; UTC.
    pub next_alert_at: Option<DateTime<Utc>>,
}

/// The client's own words (陈述申辩).
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]
pub struct AddStatement {
    /// 1–4,000 characters.
    #[schema(example = "当时在外地照顾住院的母亲")]
    pub statement: String,
}

/// Why a step is taken.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]
pub struct StepReason {
    /// 1–2,000 characters.
    #[schema(example = "三次缺席均已核对，本人陈述已记录")]
    pub reason: String,
}

/// The hand-over to the local police, as on its receipt (移交回执).
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]
pub struct Referral {
    /// Number of the receipt.
    #[schema(example = "移交〔2026〕12号")]
    pub receipt_no: String,
    /// The unit that took it.
    #[schema(example = "城东派出所")]
    pub police_unit: String,
    /// The officer who signed.
    #[schema(example = "周警官")]
    pub officer: String,
    /// When; UTC.
    pub handed_over_at: DateTime<Utc>,
    /// Why, 1–2,000 characters.
    #[serde(default)]
    #[schema(example = "按签批意见移交")]
    pub reason: Option<String>,
}

/// What the police decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeDecision {
    /// Execution goes on.
    Continue,
    /// Isolation.
    Isolation,
    /// Something else, as the note says; execution goes on.
    Other,
}

/// What the police decided, as on their paper.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]
pub struct Outcome {
    /// The decision.
    pub decision: OutcomeDecision,
    /// Number of the paper.
    #[schema(example = "〔2026〕88号")]
    pub document_no: String,
    /// Local date.
    pub decided_on: NaiveDate,
    /// Free text, at most 2,000 characters; needed with `other`.
    #[serde(default)]
    #[schema(example = "教育后继续执行")]
    pub note: Option<String>,
}

impl From<&Escalation> for EscalationItem {
    fn from(it: &Escalation) -> Self {
        Self {
            id: it.id,
            case_id: it.case_id,
            client_id: it.client_id,
            office_id: it.office_id,
            caseworker_id: it.caseworker_id,
            kind: it.kind,
            status: it.status,
            count: it.count,
            threshold: it.threshold,
            opened_at: it.opened_at,
            closed_at: it.closed_at,
            version: it.version,
        }
    }
}

impl From<Task> for ContactView {
    fn from(task: Task) -> Self {
        Self {
            task: TaskView::from(&task),
            note: task.note,
        }
    }
}

/// What a list of escalations is narrowed to.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListEscalations {
    /// Of this office.
    pub office_id: Option<OfficeId>,
    /// Of this case.
    pub case_id: Option<CaseId>,
    /// In this state.
    #[param(inline)]
    pub status: Option<EscalationStatus>,
    /// Of this kind.
    #[param(inline)]
    pub kind: Option<EscalationKind>,
    /// Items on the page, 1–100.
    #[param(minimum = 1, maximum = 100, default = 20, example = 20)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}
