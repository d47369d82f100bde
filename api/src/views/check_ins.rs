//! Check-ins as JSON.

use chrono::{DateTime, Utc};
use domain::{CheckInId, ClientId, OfficeId};
use serde::Serialize;
use storage::check_ins::CheckIn;
use utoipa::ToSchema;

/// A client said that they are there, or well.
#[derive(Serialize, ToSchema)]
#[expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]
pub struct CheckInView {
    /// UUIDv7.
    pub id: CheckInId,
    /// Who.
    pub client_id: ClientId,
    /// The office that looked after the client then.
    pub office_id: OfficeId,
    /// What the client wrote.
    #[schema(example = "已到站")]
    pub note: Option<String>,
    /// Latitude and longitude in degrees, if the client gave them.
    #[schema(example = "30.27410,120.15510")]
    pub location: Option<String>,
    /// When (UTC).
    pub made_at: DateTime<Utc>,
}

impl From<CheckIn> for CheckInView {
    fn from(made: CheckIn) -> Self {
        Self {
            id: made.id,
            client_id: made.client_id,
            office_id: made.office_id,
            note: made.note,
            location: made.location,
            made_at: made.made_at,
        }
    }
}
