//! The client's copy of what is stored about them (PIPL art. 45), unmasked. Its keys and
//! values keep to the words of the other answers; what people wrote stands as they wrote it.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    AppointmentId, CaseId, ClientId, Sex, TaskKind, TestResult,
    consent::{ConsentAct, ConsentChannel, ConsentPurpose},
    family_contact::{ContactScope, Relation},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{LedgerItem, MyAppointment, MyExcuseStatus, PlaceView, ReviewView};

/// Who the client is.
#[derive(Serialize, ToSchema)]
pub struct ExportedPerson {
    /// UUIDv7.
    pub id: ClientId,
    /// As on the identity card.
    #[schema(example = "王小明")]
    pub name: String,
    /// As on the identity card.
    pub sex: Sex,
    /// As on the identity card.
    pub birth_date: Option<NaiveDate>,
    /// Resident identity number.
    pub id_number: Option<String>,
    /// Mainland mobile number.
    pub phone: Option<String>,
    /// When the client was registered (UTC).
    pub registered_at: DateTime<Utc>,
}

/// A term that the client's dates belong to.
#[derive(Serialize, ToSchema)]
pub struct ExportedTerm {
    /// UUIDv7.
    pub id: CaseId,
    /// Number of the paper it rests on.
    pub document_no: String,
    /// Who issued the paper.
    pub issued_by: String,
    /// Local day.
    pub issued_on: NaiveDate,
    /// Local day on which the client got it.
    pub received_on: NaiveDate,
    /// Months.
    pub months: i32,
    /// Local day.
    pub starts_on: Option<NaiveDate>,
    /// Local day.
    pub ends_on: Option<NaiveDate>,
}

/// What came of a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum VisitResult {
    /// Nothing was found.
    Clear,
    /// Something was found.
    NotClear,
    /// It could not be read.
    NotReadable,
}

impl From<TestResult> for VisitResult {
    fn from(result: TestResult) -> Self {
        match result {
            TestResult::Negative => Self::Clear,
            TestResult::Positive => Self::NotClear,
            TestResult::Invalid => Self::NotReadable,
        }
    }
}

/// One visit to the station.
#[derive(Serialize, ToSchema)]
pub struct ExportedVisit {
    /// When (UTC).
    pub at: DateTime<Utc>,
    /// What came of it.
    pub result: VisitResult,
    /// Whether it counts for a date.
    pub counts: bool,
    /// When the client was told (UTC).
    pub told_at: Option<DateTime<Utc>>,
}

/// A reason why a date was not kept.
#[derive(Serialize, ToSchema)]
pub struct ExportedExcuse {
    /// The date.
    pub appointment_id: AppointmentId,
    /// One of the codes of the rules that the date goes by.
    pub reason_code: String,
    /// When it came in (UTC).
    pub at: DateTime<Utc>,
    /// In the client's own words.
    pub note: Option<String>,
    /// How it stands.
    pub status: MyExcuseStatus,
    /// Why it was decided so.
    pub decision: Option<String>,
}

/// A check-in.
#[derive(Serialize, ToSchema)]
pub struct ExportedCheckIn {
    /// When (UTC).
    pub at: DateTime<Utc>,
    /// What the client wrote.
    pub note: Option<String>,
    /// Latitude and longitude in degrees, if the client gave them.
    pub location: Option<String>,
}

/// A consent that was given or withdrawn.
#[derive(Serialize, ToSchema)]
pub struct ExportedConsent {
    /// When it was entered (UTC).
    pub at: DateTime<Utc>,
    /// What for.
    pub purpose: ConsentPurpose,
    /// What the client did.
    pub act: ConsentAct,
    /// Version of the text.
    pub text_version: String,
    /// How the client said so.
    pub channel: ConsentChannel,
}

/// A member of the family who may, or might, be told something.
#[derive(Serialize, ToSchema)]
pub struct ExportedContact {
    /// The contact's name.
    pub name: String,
    /// The contact's number.
    pub phone: String,
    /// How they are related.
    pub relation: Relation,
    /// What they may be told.
    pub scope: ContactScope,
    /// Last local day.
    pub ends_on: NaiveDate,
    /// When it was ended before that day (UTC).
    pub ended_at: Option<DateTime<Utc>>,
}

/// What the client asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RequestKind {
    /// Help.
    Help,
    /// To have something put right.
    Correction,
}

impl RequestKind {
    /// The kind of a task that a client asked for; `None` for all others.
    pub const fn of(kind: TaskKind) -> Option<Self> {
        match kind {
            TaskKind::HelpRequest | TaskKind::EmergencyHelp => Some(Self::Help),
            TaskKind::CorrectionRequest => Some(Self::Correction),
            _ => None,
        }
    }
}

/// A call for help, or for a correction.
#[derive(Serialize, ToSchema)]
pub struct ExportedRequest {
    /// When (UTC).
    pub at: DateTime<Utc>,
    /// What for.
    pub kind: RequestKind,
    /// What the client wrote, and what was noted about it.
    pub text: Option<String>,
    /// The local day by which somebody answers.
    pub answer_by: NaiveDate,
    /// When somebody did (UTC).
    pub answered_at: Option<DateTime<Utc>>,
}

/// A text that was sent about a date, or answered to one.
#[derive(Serialize, ToSchema)]
pub struct ExportedText {
    /// When (UTC).
    pub at: DateTime<Utc>,
    /// As it was sent, or came.
    pub text: String,
}

/// A WeChat account, bound or once bound.
#[derive(Serialize, ToSchema)]
pub struct ExportedBinding {
    /// Since when (UTC).
    pub bound_at: DateTime<Utc>,
    /// When it last signed in, or was bound (UTC).
    pub last_used_at: DateTime<Utc>,
    /// Until when (UTC); whose account it was is wiped then.
    pub ended_at: Option<DateTime<Utc>>,
}

/// A sign-in of the last months.
#[derive(Serialize, ToSchema)]
pub struct ExportedSignIn {
    /// When (UTC).
    pub at: DateTime<Utc>,
    /// When it was last renewed (UTC).
    pub last_used_at: DateTime<Utc>,
    /// When it was ended before its time (UTC).
    pub ended_at: Option<DateTime<Utc>>,
}

/// The copy.
#[derive(Serialize, ToSchema)]
pub struct ExportView {
    /// When the copy was made (UTC).
    pub made_at: DateTime<Utc>,
    /// Who answers for the data.
    pub place: PlaceView,
    /// Who the client is.
    pub person: ExportedPerson,
    /// Terms, the oldest first.
    pub terms: Vec<ExportedTerm>,
    /// Dates, the earliest due first.
    pub appointments: Vec<MyAppointment>,
    /// Visits, the oldest first.
    pub visits: Vec<ExportedVisit>,
    /// Reasons, the oldest first.
    pub excuses: Vec<ExportedExcuse>,
    /// Check-ins, the oldest first.
    pub check_ins: Vec<ExportedCheckIn>,
    /// Consents, the oldest first.
    pub consents: Vec<ExportedConsent>,
    /// Family contacts, the oldest first.
    pub family_contacts: Vec<ExportedContact>,
    /// How the dates that are over were counted, the earliest first.
    pub counted: Vec<LedgerItem>,
    /// Reviews that rest on them, the oldest first.
    pub reviews: Vec<ReviewView>,
    /// Calls for help and for corrections, the oldest first.
    pub requests: Vec<ExportedRequest>,
    /// Texts about dates, the oldest first.
    pub texts: Vec<ExportedText>,
    /// What the client answered to them, the oldest first.
    pub replies: Vec<ExportedText>,
    /// WeChat accounts, the oldest first.
    pub wechat_bindings: Vec<ExportedBinding>,
    /// Sign-ins, the oldest first.
    pub sign_ins: Vec<ExportedSignIn>,
}
