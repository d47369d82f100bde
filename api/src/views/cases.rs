//! Cases as JSON.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    ActorKind, AppointmentId, CaseId, CaseStatus, ClientId, Measure, OfficeId, StaffId,
    TerminationKind, TransitionId, report_in::ReportInWhy,
};
use serde::{Deserialize, Serialize};
use storage::{cases::Case, transitions::Transition};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// A case as the police ordered it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterCase {
    /// Kind of case.
    pub measure: Measure,
    /// Where it is executed: the caller's own office, or one of the caller's area.
    pub office_id: OfficeId,
    /// Who looks after it: an active caseworker or supervisor of the office.
    pub caseworker_id: StaffId,
    /// Rule pack; `cn-default` unless given.
    #[schema(example = "cn-default")]
    pub rule_pack: Option<String>,
    /// Term in months, 1–36, as the rule pack allows for the measure.
    #[schema(minimum = 1, maximum = 36, example = 36)]
    pub term_months: u32,
    /// The decision on paper.
    pub decision: Decision,
}

/// The police decision that a case rests on.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// Number of the document, 1–80 characters.
    #[schema(example = "杭拱公(社戒)字〔2025〕12号")]
    pub document_no: String,
    /// Who issued it, 1–100 characters.
    #[schema(example = "杭州市公安局拱墅区分局")]
    pub issuing_authority: String,
    /// Date on it.
    #[schema(example = "2025-08-28")]
    pub issued_on: NaiveDate,
    /// The day the client received it; the time for reporting in runs from the day after.
    #[schema(example = "2025-09-01")]
    pub received_on: NaiveDate,
    /// The end of the term, if it is printed on it; it wins over the computed one.
    #[schema(example = "2028-08-31")]
    pub term_ends_on: Option<NaiveDate>,
}

/// The client reported in.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportInCase {
    /// The local day on which the client came; the term starts on it.
    #[schema(example = "2025-09-05")]
    pub reported_in_on: NaiveDate,
    /// When the agreement was signed, if it was.
    #[schema(example = "2025-09-05")]
    pub agreement_signed_on: Option<NaiveDate>,
}

/// The case ended with its term.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CompleteCase {
    /// Number of the police's notice of completion, 1–80 characters.
    #[schema(example = "杭拱公(解)字〔2028〕7号")]
    pub document_no: String,
    /// What is to be remembered, up to 2,000 characters.
    #[schema(example = "期满解除")]
    pub reason: Option<String>,
}

/// The case ended before its term.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TerminateCase {
    /// Why, in a word.
    pub kind: TerminationKind,
    /// Why, in words; up to 2,000 characters.
    #[schema(example = "被判处有期徒刑,移送执行")]
    pub reason: String,
    /// Number of the paper it rests on, 1–80 characters.
    #[schema(example = "(2026)浙0105刑初88号")]
    pub document_no: Option<String>,
}

/// Other rules for the rest of a case.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplanCase {
    /// Rule pack.
    #[schema(example = "cn-jiangxi-2021")]
    pub rule_pack: String,
    /// Version of the pack; the one in force today unless given.
    #[schema(example = 1)]
    pub rule_pack_version: Option<i32>,
    /// Why, in words; up to 2,000 characters.
    #[schema(example = "省禁毒办通知,自本月起执行新频次")]
    pub reason: String,
}

/// Whether a re-plan is only shown.
#[derive(Debug, Clone, Copy, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DryRunQuery {
    /// `true`: show what would move and store nothing.
    #[serde(default)]
    #[param(default = false)]
    pub dry_run: bool,
}

/// What a list of cases is narrowed to.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListCasesQuery {
    /// Cases of this office.
    pub office_id: Option<OfficeId>,
    /// Cases of this caseworker.
    pub caseworker_id: Option<StaffId>,
    /// Cases of this client.
    pub client_id: Option<ClientId>,
    /// Cases in this status.
    #[param(inline)]
    pub status: Option<CaseStatus>,
    /// Items on the page, 1–100.
    #[param(minimum = 1, maximum = 100, default = 20, example = 20)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// One measure on one client, from decision to end.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseView {
    /// UUIDv7.
    pub id: CaseId,
    /// The client.
    pub client_id: ClientId,
    /// Where it is executed.
    pub office_id: OfficeId,
    /// Who looks after it.
    pub caseworker_id: StaffId,
    /// Kind of case.
    pub measure: Measure,
    /// Its rules.
    #[schema(example = "cn-default")]
    pub rule_pack: String,
    /// The version of its rules, kept from the report-in on.
    #[schema(example = 1)]
    pub rule_pack_version: i32,
    /// Term in months, as ordered.
    #[schema(example = 36)]
    pub term_months: i32,
    /// The decision on paper.
    pub decision: Decision,
    /// Where it stands.
    pub status: CaseStatus,
    /// Last local day for reporting in.
    #[schema(example = "2025-09-16")]
    pub report_in_due_on: NaiveDate,
    /// Whether that day may still move.
    pub report_in_provisional: bool,
    /// Why it is that day.
    #[schema(value_type = ReportInWhy)]
    pub report_in_why: serde_json::Value,
    /// The day the client reported in.
    #[schema(example = "2025-09-05")]
    pub reported_in_on: Option<NaiveDate>,
    /// Whether the client reported in after the last day for it.
    pub late: bool,
    /// When the agreement was signed.
    #[schema(example = "2025-09-05")]
    pub agreement_signed_on: Option<NaiveDate>,
    /// First day of the term.
    #[schema(example = "2025-09-05")]
    pub term_starts_on: Option<NaiveDate>,
    /// Last day of the term.
    #[schema(example = "2028-08-31")]
    pub term_ends_on: Option<NaiveDate>,
    /// Counts changes, from 1; also the `ETag`.
    pub version: i64,
    /// UTC.
    pub created_at: DateTime<Utc>,
    /// UTC.
    pub updated_at: DateTime<Utc>,
}

/// A case in a list: without its papers.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseItem {
    /// UUIDv7.
    pub id: CaseId,
    /// The client.
    pub client_id: ClientId,
    /// Where it is executed.
    pub office_id: OfficeId,
    /// Who looks after it.
    pub caseworker_id: StaffId,
    /// Kind of case.
    pub measure: Measure,
    /// Its rules.
    #[schema(example = "cn-default")]
    pub rule_pack: String,
    /// The version of its rules.
    #[schema(example = 1)]
    pub rule_pack_version: i32,
    /// Term in months, as ordered.
    #[schema(example = 36)]
    pub term_months: i32,
    /// Where it stands.
    pub status: CaseStatus,
    /// Last local day for reporting in.
    #[schema(example = "2025-09-16")]
    pub report_in_due_on: NaiveDate,
    /// The day the client reported in.
    #[schema(example = "2025-09-05")]
    pub reported_in_on: Option<NaiveDate>,
    /// Whether the client reported in after the last day for it.
    pub late: bool,
    /// First day of the term.
    #[schema(example = "2025-09-05")]
    pub term_starts_on: Option<NaiveDate>,
    /// Last day of the term.
    #[schema(example = "2028-08-31")]
    pub term_ends_on: Option<NaiveDate>,
    /// Counts changes, from 1.
    pub version: i64,
}

/// One step in the life of a case.
#[derive(Serialize, ToSchema)]
#[expect(
    missing_debug_implementations,
    reason = "its reason is a person's free text"
)]
pub struct TransitionView {
    /// UUIDv7.
    pub id: TransitionId,
    /// The status it left.
    #[schema(example = "ordered")]
    pub from_status: String,
    /// The status it has since; the same after a re-plan.
    #[schema(example = "active")]
    pub to_status: String,
    /// UTC.
    pub at: DateTime<Utc>,
    /// Kind of actor.
    pub actor_kind: ActorKind,
    /// Who, when it was a person.
    pub actor_id: Option<Uuid>,
    /// The paper it rests on; after a re-plan, the rule pack and its version.
    #[schema(example = "杭拱公(解)字〔2028〕7号")]
    pub document: Option<String>,
    /// Why, in words.
    #[schema(example = "期满解除")]
    pub reason: Option<String>,
}

/// What a re-plan did, or would do.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReplanView {
    /// Whether it was only shown.
    pub dry_run: bool,
    /// The rules the case is planned by.
    #[schema(example = "cn-jiangxi-2021")]
    pub rule_pack: String,
    /// Their version.
    #[schema(example = 1)]
    pub rule_pack_version: u32,
    /// What moved; appointments that are not listed stay.
    pub moves: Vec<MoveView>,
}

/// One appointment that a re-plan moves, adds or cancels.
#[derive(Debug, Serialize, ToSchema)]
pub struct MoveView {
    /// The case.
    pub case_id: CaseId,
    /// The appointment; `null` when it is new, or when it is the report-in that moves.
    pub appointment_id: Option<AppointmentId>,
    /// Its place in the plan; 0 is the report-in.
    #[schema(example = 7)]
    pub sequence: i32,
    /// Last day before; `null` when it is new.
    #[schema(example = "2026-04-07")]
    pub from_due_on: Option<NaiveDate>,
    /// Last day after; `null` when it is cancelled.
    #[schema(example = "2026-05-06")]
    pub to_due_on: Option<NaiveDate>,
    /// Whether the day after may still move.
    pub provisional: bool,
    /// Why it is that day.
    #[schema(example = "Item 7: due on 2026-05-06.")]
    pub why: String,
}

fn is_late(case: &Case) -> bool {
    case.reported_in_on
        .is_some_and(|date| date > case.report_in_due_on)
}

impl From<Case> for CaseView {
    fn from(case: Case) -> Self {
        Self {
            late: is_late(&case),
            id: case.id,
            client_id: case.client_id,
            office_id: case.office_id,
            caseworker_id: case.caseworker_id,
            measure: case.measure,
            rule_pack: case.rule_pack,
            rule_pack_version: case.rule_pack_version,
            term_months: case.term_months,
            decision: Decision {
                document_no: case.document_no,
                issuing_authority: case.issuing_authority,
                issued_on: case.issued_on,
                received_on: case.received_on,
                term_ends_on: case.printed_term_ends_on,
            },
            status: case.status,
            report_in_due_on: case.report_in_due_on,
            report_in_provisional: case.report_in_provisional,
            report_in_why: case.report_in_why,
            reported_in_on: case.reported_in_on,
            agreement_signed_on: case.agreement_signed_on,
            term_starts_on: case.term_starts_on,
            term_ends_on: case.term_ends_on,
            version: case.version,
            created_at: case.created_at,
            updated_at: case.updated_at,
        }
    }
}

impl From<Case> for CaseItem {
    fn from(case: Case) -> Self {
        Self {
            late: is_late(&case),
            id: case.id,
            client_id: case.client_id,
            office_id: case.office_id,
            caseworker_id: case.caseworker_id,
            measure: case.measure,
            rule_pack: case.rule_pack,
            rule_pack_version: case.rule_pack_version,
            term_months: case.term_months,
            status: case.status,
            report_in_due_on: case.report_in_due_on,
            reported_in_on: case.reported_in_on,
            term_starts_on: case.term_starts_on,
            term_ends_on: case.term_ends_on,
            version: case.version,
        }
    }
}

impl From<Transition> for TransitionView {
    fn from(step: Transition) -> Self {
        Self {
            id: step.id,
            from_status: step.from_status,
            to_status: step.to_status,
            at: step.at,
            actor_kind: step.actor_kind,
            actor_id: step.actor_id.map(domain::Id::uuid),
            document: step.document,
            reason: step.reason,
        }
    }
}

impl From<casework::schedule::Move> for MoveView {
    fn from(step: casework::schedule::Move) -> Self {
        Self {
            case_id: step.case_id,
            appointment_id: step.appointment_id,
            sequence: step.sequence,
            from_due_on: step.from_due_on,
            to_due_on: step.to_due_on,
            provisional: step.provisional,
            why: step.why,
        }
    }
}
