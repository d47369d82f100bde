//! Family contacts as JSON.
#![expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    ClientId, FamilyContactId, StaffId,
    contact::{Phone, mask_name},
    family_contact::{ContactScope, Relation},
};
use serde::{Deserialize, Serialize};
use storage::family_contacts::FamilyContact;
use utoipa::ToSchema;

/// A member of the family who may be told something. No `Debug`: it would print personal data.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddFamilyContact {
    /// 1–50 characters.
    #[schema(example = "李秀英")]
    pub name: String,
    /// Mainland mobile number.
    #[schema(example = "13800138000")]
    pub phone: String,
    /// How they are related.
    pub relation: Relation,
    /// What they may be told.
    pub scope: ContactScope,
    /// Last day on which they may, in the office's time zone; three years from now at most.
    #[schema(example = "2026-12-31")]
    pub ends_on: NaiveDate,
}

/// A contact in full.
#[derive(Serialize, ToSchema)]
pub struct FamilyContactView {
    /// UUIDv7.
    pub id: FamilyContactId,
    /// Whose family.
    pub client_id: ClientId,
    /// The contact's name.
    #[schema(example = "李秀英")]
    pub name: String,
    /// Mainland mobile number, 11 digits.
    #[schema(example = "13800138000")]
    pub phone: String,
    /// How they are related.
    pub relation: Relation,
    /// What they may be told.
    pub scope: ContactScope,
    /// Last day on which they may.
    pub ends_on: NaiveDate,
    /// When it was ended before that day (UTC).
    pub ended_at: Option<DateTime<Utc>>,
    /// Why: `ended_by_staff` or `consent_withdrawn`.
    #[schema(example = "consent_withdrawn")]
    pub ended_reason: Option<String>,
    /// Who entered it.
    pub created_by: StaffId,
    /// UTC.
    pub created_at: DateTime<Utc>,
    /// Counts changes, from 1; also the `ETag`.
    pub version: i64,
}

/// A contact in a list: masked, for others may look over the shoulder.
#[derive(Serialize, ToSchema)]
pub struct FamilyContactItem {
    /// UUIDv7.
    pub id: FamilyContactId,
    /// The surname and a star.
    #[schema(example = "李*")]
    pub name: String,
    /// The ends of the number.
    #[schema(example = "138****8000")]
    pub phone: Option<String>,
    /// How they are related.
    pub relation: Relation,
    /// What they may be told.
    pub scope: ContactScope,
    /// Last day on which they may.
    pub ends_on: NaiveDate,
    /// When it was ended before that day (UTC).
    pub ended_at: Option<DateTime<Utc>>,
}

impl From<FamilyContact> for FamilyContactView {
    fn from(contact: FamilyContact) -> Self {
        Self {
            id: contact.id,
            client_id: contact.client_id,
            name: contact.name,
            phone: contact.phone,
            relation: contact.relation,
            scope: contact.scope,
            ends_on: contact.ends_on,
            ended_at: contact.ended_at,
            ended_reason: contact.ended_reason,
            created_by: contact.created_by,
            created_at: contact.created_at,
            version: contact.version,
        }
    }
}

impl From<FamilyContact> for FamilyContactItem {
    fn from(contact: FamilyContact) -> Self {
        let phone = Phone::parse(&contact.phone).ok();
        Self {
            id: contact.id,
            name: mask_name(&contact.name),
            phone: phone.map(|phone| phone.masked()),
            relation: contact.relation,
            scope: contact.scope,
            ends_on: contact.ends_on,
            ended_at: contact.ended_at,
        }
    }
}
