//! Staff members as JSON.

use chrono::{DateTime, Utc};
use domain::{OfficeId, Role, Sex, StaffId};
use serde::Serialize;
use storage::staff::Staff;
use utoipa::ToSchema;

/// A person with an account.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StaffView {
    /// UUIDv7.
    pub id: StaffId,
    /// What they sign in with.
    #[schema(example = "li.na")]
    pub username: String,
    /// As colleagues and clients know them.
    #[schema(example = "李娜")]
    pub display_name: String,
    /// What they may do.
    pub role: Role,
    /// Where they work; `null`: for the agency as a whole.
    pub office_id: Option<OfficeId>,
    /// Needed of those who collect samples.
    pub sex: Option<Sex>,
    /// Whether they may sign in.
    pub active: bool,
    /// Counts changes, from 1; also the `ETag`.
    pub version: i64,
    /// UTC.
    pub created_at: DateTime<Utc>,
    /// UTC.
    pub updated_at: DateTime<Utc>,
}

impl From<Staff> for StaffView {
    fn from(staff: Staff) -> Self {
        Self {
            id: staff.id,
            username: staff.username,
            display_name: staff.display_name,
            role: staff.role,
            office_id: staff.office_id,
            sex: staff.sex,
            active: staff.active,
            version: staff.version,
            created_at: staff.created_at,
            updated_at: staff.updated_at,
        }
    }
}
