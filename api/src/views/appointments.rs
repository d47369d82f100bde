//! Appointments as JSON.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    AppointmentId, AppointmentKind, AppointmentStatus, CaseId, ClientId, MissLabel, NoProof,
    NoticeProof, OfficeId, StaffId, cadence::Why,
};
use serde::{Deserialize, Serialize};
use storage::appointments::Appointment;
use utoipa::{IntoParams, ToSchema};

use super::notice::NoticeView;

/// What a list of appointments is narrowed to.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListAppointmentsQuery {
    /// Appointments at this office.
    pub office_id: Option<OfficeId>,
    /// Appointments of this caseworker's cases.
    pub caseworker_id: Option<StaffId>,
    /// Appointments in this status.
    #[param(inline)]
    pub status: Option<AppointmentStatus>,
    /// Due on or after this local date.
    #[param(example = "2025-10-01")]
    pub due_from: Option<NaiveDate>,
    /// Due on or before this local date.
    #[param(example = "2025-10-31")]
    pub due_to: Option<NaiveDate>,
    /// Items on the page, 1–100.
    #[param(minimum = 1, maximum = 100, default = 20, example = 20)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// What a person decided a miss was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LabelWord {
    /// The client stayed away without a good reason: it counts.
    EvadedOrRefused,
    /// Our own fault: it never counts.
    ServiceFault,
    /// Moved to a new date: it does not count.
    Deferred,
}

/// A person's judgement of a missed appointment.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LabelAppointment {
    /// What it was. Whether an excuse holds is decided with the excuse, not here.
    pub label: LabelWord,
    /// Why, in words; up to 2,000 characters.
    #[schema(example = "电话联系三次,本人明确表示不来")]
    pub reason: String,
    /// The new date; needed with `deferred`, refused otherwise.
    #[schema(example = "2025-10-20")]
    pub make_up_due_on: Option<NaiveDate>,
}

/// One dated obligation.
#[derive(Debug, Serialize, ToSchema)]
pub struct AppointmentView {
    /// UUIDv7.
    pub id: AppointmentId,
    /// The case.
    pub case_id: CaseId,
    /// The client.
    pub client_id: ClientId,
    /// Where it is to be kept.
    pub office_id: OfficeId,
    /// Who looks after the case.
    pub caseworker_id: StaffId,
    /// What it is for.
    pub kind: AppointmentKind,
    /// Its place in the plan, from 1.
    #[schema(example = 1)]
    pub sequence: i32,
    /// 0 for the planned one; make-ups of it count from 1.
    #[schema(example = 0)]
    pub generation: i32,
    /// The appointment it makes up for.
    pub replaces_id: Option<AppointmentId>,
    /// First local day on which it can be kept.
    #[schema(example = "2025-09-05")]
    pub opens_on: NaiveDate,
    /// Last local day by the cadence alone.
    #[schema(example = "2025-10-04")]
    pub nominal_on: NaiveDate,
    /// Last local day: `nominal_on`, moved to a working day.
    #[schema(example = "2025-10-09")]
    pub due_on: NaiveDate,
    /// Last local day on which it can be kept late.
    #[schema(example = "2025-10-13")]
    pub grace_ends_on: NaiveDate,
    /// Start of `opens_on`, UTC.
    #[schema(example = "2025-09-04T16:00:00Z")]
    pub opens_at: DateTime<Utc>,
    /// Start of the day after `due_on`, UTC.
    #[schema(example = "2025-10-09T16:00:00Z")]
    pub closes_at: DateTime<Utc>,
    /// Start of the day after `grace_ends_on`, UTC.
    #[schema(example = "2025-10-13T16:00:00Z")]
    pub grace_ends_at: DateTime<Utc>,
    /// Where it stands.
    pub status: AppointmentStatus,
    /// Whether it was kept within the grace days.
    pub late: bool,
    /// Whether its dates may still move: a holiday notice is not loaded yet.
    pub provisional: bool,
    /// Why it has these dates.
    #[schema(value_type = Why)]
    pub why: serde_json::Value,
    /// Whether it is shown that the client was told of it.
    pub notice_proof: NoticeProof,
    /// What a person decided the miss was.
    pub label: Option<MissLabel>,
    /// Who decided.
    pub labelled_by: Option<StaffId>,
    /// When, UTC.
    pub labelled_at: Option<DateTime<Utc>>,
    /// When it was established as missed, UTC.
    pub missed_at: Option<DateTime<Utc>>,
    /// Counts changes, from 1; also the `ETag`.
    pub version: i64,
}

/// An appointment with what shows that the client was told of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct AppointmentDetailView {
    /// The appointment.
    #[serde(flatten)]
    pub appointment: AppointmentView,
    /// What showed first that the client was told; `null` where nothing on file does.
    pub notice: Option<NoticeView>,
    /// Why what arrived shows nothing, where nothing shows it.
    pub unproven_because: Vec<NoProof>,
}

/// A labelled appointment as it is now, and what follows.
#[derive(Debug, Serialize, ToSchema)]
pub struct LabelledView {
    /// The appointment.
    #[serde(flatten)]
    pub appointment: AppointmentView,
    /// The appointment that makes up for it.
    pub make_up: Option<AppointmentView>,
    /// Misses of the case that count by now.
    #[schema(example = 2)]
    pub counted_misses: u32,
}

impl From<LabelWord> for MissLabel {
    fn from(word: LabelWord) -> Self {
        match word {
            LabelWord::EvadedOrRefused => Self::EvadedOrRefused,
            LabelWord::ServiceFault => Self::ServiceFault,
            LabelWord::Deferred => Self::Deferred,
        }
    }
}

impl From<Appointment> for AppointmentView {
    fn from(item: Appointment) -> Self {
        Self {
            id: item.id,
            case_id: item.case_id,
            client_id: item.client_id,
            office_id: item.office_id,
            caseworker_id: item.caseworker_id,
            kind: item.kind,
            sequence: item.sequence,
            generation: item.generation,
            replaces_id: item.replaces_id,
            opens_on: item.opens_on,
            nominal_on: item.nominal_on,
            due_on: item.due_on,
            grace_ends_on: item.grace_ends_on,
            opens_at: item.opens_at,
            closes_at: item.closes_at,
            grace_ends_at: item.grace_ends_at,
            status: item.status,
            late: item.late,
            provisional: item.provisional,
            why: item.why,
            notice_proof: item.notice_proof,
            label: item.label,
            labelled_by: item.labelled_by,
            labelled_at: item.labelled_at,
            missed_at: item.missed_at,
            version: item.version,
        }
    }
}
