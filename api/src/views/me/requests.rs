//! What clients hand in, and the receipt they get for it.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{AppointmentId, CheckInId, ExcuseId, ExcuseStatus, TaskId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A single point.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// Degrees north, -90 to 90.
    #[schema(example = 30.2741)]
    pub latitude: f64,
    /// Degrees east, -180 to 180.
    #[schema(example = 120.1551)]
    pub longitude: f64,
}

/// "I am here", or "I am well".
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateMyCheckIn {
    /// A few words, up to 500 characters.
    #[schema(example = "已到站")]
    pub note: Option<String>,
    /// Only with the client's consent (`location`); refused without it.
    pub location: Option<Point>,
}

/// A check-in that was taken in.
#[derive(Serialize, ToSchema)]
pub struct MyCheckIn {
    /// UUIDv7.
    pub id: CheckInId,
    /// UTC.
    pub received_at: DateTime<Utc>,
    /// Signed by the service: a compact JWS, to be checked with `/.well-known/jwks.json`. Keep both:
    /// a key that was replaced is not there any more.
    pub receipt: String,
}

/// A reason why a date could not, or will not, be kept.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestMyExcuse {
    /// The date.
    pub appointment_id: AppointmentId,
    /// One of the codes of the rules that the date goes by.
    #[schema(example = "illness")]
    pub reason_code: String,
    /// In one's own words, up to 2,000 characters.
    #[schema(example = "住院,出院后补交证明")]
    pub note: Option<String>,
    /// By when papers will follow, if they will.
    #[schema(example = "2025-10-20")]
    pub evidence_due_on: Option<NaiveDate>,
}

/// How a reason stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MyExcuseStatus {
    /// Nobody has decided yet.
    Waiting,
    /// Papers are to follow.
    WaitingForPapers,
    /// It was accepted.
    Accepted,
    /// It was not accepted.
    NotAccepted,
    /// There is a new date.
    NewDate,
    /// It was taken back.
    TakenBack,
}

impl From<ExcuseStatus> for MyExcuseStatus {
    fn from(status: ExcuseStatus) -> Self {
        match status {
            ExcuseStatus::Requested => Self::Waiting,
            ExcuseStatus::AwaitingEvidence => Self::WaitingForPapers,
            ExcuseStatus::Accepted => Self::Accepted,
            ExcuseStatus::Rejected => Self::NotAccepted,
            ExcuseStatus::MakeUp => Self::NewDate,
            ExcuseStatus::Withdrawn => Self::TakenBack,
        }
    }
}

/// A reason that was taken in.
#[derive(Serialize, ToSchema)]
pub struct MyExcuse {
    /// UUIDv7.
    pub id: ExcuseId,
    /// The date.
    pub appointment_id: AppointmentId,
    /// How it stands.
    pub status: MyExcuseStatus,
    /// UTC.
    pub received_at: DateTime<Utc>,
    /// Signed by the service: a compact JWS, to be checked with `/.well-known/jwks.json`. Keep both:
    /// a key that was replaced is not there any more.
    pub receipt: String,
}

/// A call for help.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestMyHelp {
    /// What it is about, up to 2,000 characters.
    #[schema(example = "想了解就业培训")]
    pub text: String,
    /// Whether it cannot wait: people are told at once, at any hour. Without it, `false`.
    #[serde(default)]
    pub emergency: bool,
}

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CorrectionTopic {
    /// Name, date of birth or identity number.
    Identity,
    /// Telephone.
    Phone,
    /// A date, or how it was counted.
    Appointment,
    /// Anything else.
    Other,
}

impl CorrectionTopic {
    /// For the people who look into it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Identity => "身份信息",
            Self::Phone => "联系电话",
            Self::Appointment => "预约记录",
            Self::Other => "其他",
        }
    }
}

/// Something stored about the client that is wrong.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestMyCorrection {
    /// What it is about.
    pub topic: CorrectionTopic,
    /// What is wrong and what is right, up to 1,900 characters.
    #[schema(example = "电话换了")]
    pub text: String,
}

/// A request that was taken in; a person looks into it.
#[derive(Serialize, ToSchema)]
pub struct MyRequest {
    /// UUIDv7.
    pub id: TaskId,
    /// UTC.
    pub received_at: DateTime<Utc>,
    /// The local day by which somebody answers.
    #[schema(example = "2025-09-05")]
    pub answer_by: NaiveDate,
    /// Signed by the service: a compact JWS, to be checked with `/.well-known/jwks.json`. Keep both:
    /// a key that was replaced is not there any more.
    pub receipt: String,
}

impl MyRequest {
    /// A task as its client sees it.
    pub fn of(task: &storage::tasks::Task, receipt: String) -> Self {
        Self {
            id: task.id,
            received_at: task.created_at,
            answer_by: task.due_on,
            receipt,
        }
    }
}
