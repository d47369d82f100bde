//! What clients see of themselves, in words that give nothing away to who looks over the shoulder:
//! the same list as for texts, and more, holds for every key and value here (a test reads them).
#![expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]

mod consents;
mod export;
mod ledger;
mod requests;
mod wechat;

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    AppointmentId, AppointmentStatus,
    contact::{Phone, mask_name},
};
use serde::{Deserialize, Serialize};
use storage::{appointments::Appointment, clients::Client, offices::Office};
use utoipa::ToSchema;

pub use self::consents::*;
pub use self::export::*;
pub use self::ledger::{
    CONTEST, LedgerItem, LedgerView, ReviewState, ReviewView, Standing, standing_of,
};
pub use self::requests::*;
pub use self::wechat::*;

/// Where to go and whom to call.
#[derive(Clone, Serialize, ToSchema)]
pub struct PlaceView {
    /// Name of the service station.
    #[schema(example = "城东服务站")]
    pub name: String,
    /// Its telephone.
    #[schema(example = "0571-88880000")]
    pub phone: String,
}

/// The signed-in client, masked.
#[derive(Serialize, ToSchema)]
pub struct MeView {
    /// The surname and a star.
    #[schema(example = "王*")]
    pub name: String,
    /// The ends of the number.
    #[schema(example = "138****8000")]
    pub phone: Option<String>,
    /// Where to go and whom to call.
    pub place: PlaceView,
    /// Who looks after the client.
    #[schema(example = "李老师")]
    pub contact: Option<String>,
    /// The next date to keep.
    pub next: Option<MyAppointment>,
}

/// How a date stands, seen by the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MyStatus {
    /// Its days have not begun.
    Upcoming,
    /// It can be kept now.
    Open,
    /// Its last day has passed; it can still be kept.
    Overdue,
    /// It was kept.
    Kept,
    /// It was not kept.
    NotKept,
    /// There was a good reason.
    Excused,
    /// It was moved to another date.
    Moved,
    /// The station could not do it.
    OurFault,
    /// It is not needed any more.
    Cancelled,
}

impl From<AppointmentStatus> for MyStatus {
    fn from(status: AppointmentStatus) -> Self {
        use AppointmentStatus as S;
        match status {
            S::Scheduled => Self::Upcoming,
            S::Open => Self::Open,
            S::Overdue => Self::Overdue,
            S::Completed => Self::Kept,
            S::Missed => Self::NotKept,
            S::Excused => Self::Excused,
            S::Deferred => Self::Moved,
            S::ServiceFault => Self::OurFault,
            S::Cancelled => Self::Cancelled,
        }
    }
}

/// A date of the client's.
#[derive(Clone, Serialize, ToSchema)]
pub struct MyAppointment {
    /// UUIDv7.
    pub id: AppointmentId,
    /// First local day on which it can be kept.
    #[schema(example = "2025-09-05")]
    pub opens_on: NaiveDate,
    /// Last local day.
    #[schema(example = "2025-10-09")]
    pub due_on: NaiveDate,
    /// The instant after the last day (UTC).
    pub closes_at: DateTime<Utc>,
    /// How it stands.
    pub status: MyStatus,
    /// When the client said that they know of it (UTC).
    pub confirmed_at: Option<DateTime<Utc>>,
    /// Where to go and whom to call.
    pub place: PlaceView,
}

/// Nothing has to be said: an empty object.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmMyAppointment {}

/// Every date of the client's.
#[derive(Serialize, ToSchema)]
pub struct MyAppointments {
    /// The earliest due first.
    pub items: Vec<MyAppointment>,
}

impl From<&Office> for PlaceView {
    fn from(office: &Office) -> Self {
        Self {
            name: office.name.clone(),
            phone: office.phone.clone(),
        }
    }
}

impl MyAppointment {
    /// An appointment as its client sees it.
    pub fn of(item: &Appointment, confirmed_at: Option<DateTime<Utc>>, place: PlaceView) -> Self {
        Self {
            id: item.id,
            opens_on: item.opens_on,
            due_on: item.due_on,
            closes_at: item.closes_at,
            status: item.status.into(),
            confirmed_at,
            place,
        }
    }
}

impl MeView {
    /// A client as they see themselves.
    pub fn of(
        client: &Client,
        place: PlaceView,
        contact: Option<String>,
        next: Option<MyAppointment>,
    ) -> Self {
        let phone = client
            .phone
            .as_deref()
            .and_then(|phone| Phone::parse(phone).ok());
        Self {
            name: mask_name(&client.name),
            phone: phone.map(|phone| phone.masked()),
            place,
            contact,
            next,
        }
    }
}
