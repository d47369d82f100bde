//! Offices as JSON.

use chrono::{DateTime, Utc};
use domain::OfficeId;
use serde::{Deserialize, Serialize};
use storage::offices::Office;
use utoipa::ToSchema;

use crate::extract::patch::Field;

/// A new office.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateOffice {
    /// 1–60 characters.
    #[schema(example = "城东街道服务站")]
    pub name: String,
    /// Administrative division, GB/T 2260: 6 digits, or 9 or 12 for a township or village.
    #[schema(example = "330102")]
    pub area_code: String,
    /// The number clients are told to call.
    #[schema(example = "0571-88880000")]
    pub phone: String,
    /// Stands in 【】 before every message: 2–16 neutral characters.
    #[schema(example = "城东服务站")]
    pub message_signature: String,
    /// IANA name; `Asia/Shanghai` unless given.
    #[schema(example = "Asia/Shanghai")]
    pub timezone: Option<String>,
    /// Until when it takes visitors, `HH:MM` local to it: `{time}` in messages. `17:00` unless given.
    #[schema(example = "17:00")]
    pub visits_until: Option<String>,
}

/// A place where cases are executed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OfficeView {
    /// UUIDv7.
    pub id: OfficeId,
    /// Its name.
    #[schema(example = "城东街道服务站")]
    pub name: String,
    /// Administrative division, GB/T 2260.
    #[schema(example = "330102")]
    pub area_code: String,
    /// The number clients are told to call.
    #[schema(example = "0571-88880000")]
    pub phone: String,
    /// Stands in 【】 before every message.
    #[schema(example = "城东服务站")]
    pub message_signature: String,
    /// IANA name; local dates of its cases are in it.
    #[schema(example = "Asia/Shanghai")]
    pub timezone: String,
    /// Until when it takes visitors, `HH:MM` local to it: `{time}` in messages.
    #[schema(example = "17:00")]
    pub visits_until: String,
    /// Counts changes, from 1; also the `ETag`.
    pub version: i64,
    /// UTC.
    pub created_at: DateTime<Utc>,
    /// UTC.
    pub updated_at: DateTime<Utc>,
}

impl From<Office> for OfficeView {
    fn from(office: Office) -> Self {
        Self {
            id: office.id,
            name: office.name,
            area_code: office.area_code,
            phone: office.phone,
            message_signature: office.message_signature,
            timezone: office.timezone,
            visits_until: office.visits_until,
            version: office.version,
            created_at: office.created_at,
            updated_at: office.updated_at,
        }
    }
}

/// Changes of an office; what is absent stays as it is.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateOffice {
    /// 1–60 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "城东街道服务站")]
    pub name: Field<String>,
    /// Administrative division, GB/T 2260.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "330102")]
    pub area_code: Field<String>,
    /// The number clients are told to call.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "0571-88880001")]
    pub phone: Field<String>,
    /// Stands in 【】 before every message: 2–16 neutral characters.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "城东服务站")]
    pub message_signature: Field<String>,
    /// Until when it takes visitors, `HH:MM` local to it: `{time}` in messages.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "16:30")]
    pub visits_until: Field<String>,
}
