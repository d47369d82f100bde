//! Escalations, their basis and their clock as JSON.

use casework::notice::Evidence;
use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    AppointmentId, AppointmentStatus, CaseId, ClientId, EscalationId, EscalationKind,
    EscalationStatus, MissLabel, NoProof, NoticeProof, OfficeId, StaffId, cadence::Why,
    escalation::Blocker,
};
use serde::{Deserialize, Serialize};
use storage::{appointments::Appointment, escalations::Escalation, tasks::Task};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::views::{
    excuses::ExcuseView,
    messages::MessageView,
    notice::{self, NoticeView},
    tasks::TaskView,
    test_records::TestRecordView,
};

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

/// One item of a basis.
#[derive(Serialize, ToSchema)]
#[expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]
pub struct BasisView {
    /// What it is: `appointment`, `test_record` or `case`.
    #[schema(example = "appointment")]
    pub object_kind: String,
    /// Its id.
    pub object_id: Uuid,
    /// UTC.
    pub joined_at: DateTime<Utc>,
    /// When it left the basis (excused, relabelled); UTC.
    pub removed_at: Option<DateTime<Utc>>,
    /// The missed appointment, for `missed_tests`.
    pub appointment: Option<BasisAppointment>,
    /// The test, for `positive_test`.
    pub test_record: Option<TestRecordView>,
    /// The report-in, for `overdue_report_in`.
    pub report_in: Option<BasisReportIn>,
}

/// A missed appointment with what shows whether the client was told, and what was said since.
#[derive(Serialize, ToSchema)]
#[expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]
pub struct BasisAppointment {
    /// UUIDv7.
    pub id: AppointmentId,
    /// Its place in the case's plan, from 1.
    pub sequence: i32,
    /// Local date.
    pub opens_on: NaiveDate,
    /// Last day by the cadence alone; local date.
    pub nominal_on: NaiveDate,
    /// Last day; local date.
    pub due_on: NaiveDate,
    /// Last day on which a late test counted; local date.
    pub grace_ends_on: NaiveDate,
    /// First instant after the window; UTC.
    pub closes_at: DateTime<Utc>,
    /// Why it had these dates.
    #[schema(value_type = Why)]
    pub why: serde_json::Value,
    /// Where it stands.
    pub status: AppointmentStatus,
    /// When the miss was established; UTC.
    pub missed_at: Option<DateTime<Utc>>,
    /// What a person called it.
    pub label: Option<MissLabel>,
    /// Who.
    pub labelled_by: Option<StaffId>,
    /// UTC.
    pub labelled_at: Option<DateTime<Utc>>,
    /// Whether it is shown that the client was told.
    pub notice_proof: NoticeProof,
    /// What showed it first; `null` where nothing on file does.
    pub notice: Option<NoticeView>,
    /// Why what arrived shows nothing, where nothing shows it.
    pub unproven_because: Vec<NoProof>,
    /// When the client said that they know of this day, which shows it too; UTC.
    pub confirmed_at: Option<DateTime<Utc>>,
    /// Every reminder with its attempts, texts and receipts.
    pub reminders: Vec<MessageView>,
    /// Calls, contacts and talks about it.
    pub contacts: Vec<ContactView>,
    /// Excuses for it and their decisions.
    pub excuses: Vec<ExcuseView>,
}

/// A report-in that was due.
#[derive(Serialize, ToSchema)]
#[expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]
pub struct BasisReportIn {
    /// The day the decision was received; local date.
    pub received_on: NaiveDate,
    /// Last day; local date.
    pub due_on: NaiveDate,
    /// Why that day.
    #[schema(value_type = Object)]
    pub why: serde_json::Value,
    /// The day of the report-in, if it came after all; local date.
    pub reported_in_on: Option<NaiveDate>,
    /// What showed first, in time, that the client was reminded of the day; `null` where nothing on
    /// file does. The paper itself was received on `received_on`.
    pub notice: Option<NoticeView>,
    /// Why what arrived shows nothing, where nothing shows it.
    pub unproven_because: Vec<NoProof>,
    /// Every reminder with its attempts, texts and receipts.
    pub reminders: Vec<MessageView>,
    /// Calls and contacts about it.
    pub contacts: Vec<ContactView>,
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

impl BasisAppointment {
    /// An appointment with what belongs to it.
    pub fn new(
        item: Appointment,
        evidence: &Evidence,
        confirmed_at: Option<DateTime<Utc>>,
        reminders: Vec<MessageView>,
        contacts: Vec<ContactView>,
        excuses: Vec<ExcuseView>,
    ) -> Self {
        let (notice, unproven_because) = notice::shown(&item, evidence);
        Self {
            id: item.id,
            sequence: item.sequence,
            opens_on: item.opens_on,
            nominal_on: item.nominal_on,
            due_on: item.due_on,
            grace_ends_on: item.grace_ends_on,
            closes_at: item.closes_at,
            why: item.why,
            status: item.status,
            missed_at: item.missed_at,
            label: item.label,
            labelled_by: item.labelled_by,
            labelled_at: item.labelled_at,
            notice_proof: item.notice_proof,
            notice,
            unproven_because,
            confirmed_at,
            reminders,
            contacts,
            excuses,
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
