//! Clients as JSON.
#![expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    ClientId, OfficeId, PhoneState, Sex, StaffId,
    contact::{IdNumber, Phone, mask_name},
};
use serde::{Deserialize, Serialize};
use storage::clients::Client;
use utoipa::{IntoParams, ToSchema};

use crate::extract::patch::Field;

/// A new client. No `Debug`: it would print personal data.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterClient {
    /// As on the identity card, 1–50 characters.
    #[schema(example = "王小明")]
    pub name: String,
    /// As on the identity card.
    pub sex: Sex,
    /// As on the identity card; taken from the identity number unless given.
    #[schema(example = "1990-03-07")]
    pub birth_date: Option<NaiveDate>,
    /// Resident identity number (GB 11643), 18 characters.
    #[schema(example = "11010519900307283X")]
    pub id_number: Option<String>,
    /// Mainland mobile number.
    #[schema(example = "13800138000")]
    pub phone: Option<String>,
    /// Whether the client takes text messages on this number; yes unless said otherwise.
    pub phone_sms_ok: Option<bool>,
    /// Whether the client confirmed the number in person. An unconfirmed one gets neutral texts only.
    pub phone_confirmed: Option<bool>,
    /// The office that looks after the client; the caller's own unless given. A supervisor of an area
    /// names one of its offices.
    pub office_id: Option<OfficeId>,
}

/// What changes of a client: absent fields stay, `null` empties. No `Debug`: personal data.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateClient {
    /// As on the identity card, 1–50 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "王小明")]
    pub name: Field<String>,
    /// As on the identity card.
    #[serde(default)]
    #[schema(value_type = Option<Sex>)]
    pub sex: Field<Sex>,
    /// As on the identity card.
    #[serde(default)]
    #[schema(value_type = Option<NaiveDate>, example = "1990-03-07")]
    pub birth_date: Field<NaiveDate>,
    /// Resident identity number (GB 11643), 18 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "11010519900307283X")]
    pub id_number: Field<String>,
    /// Mainland mobile number. A new one is unconfirmed until it is confirmed.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "13800138000")]
    pub phone: Field<String>,
    /// Whether the client takes text messages on this number.
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    pub phone_sms_ok: Field<bool>,
    /// Whether the client confirmed the number in person.
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    pub phone_confirmed: Field<bool>,
}

/// A field that is masked wherever a client is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MaskedField {
    /// The resident identity number.
    IdNumber,
    /// The mobile number.
    Phone,
}

impl MaskedField {
    /// Each of them.
    pub const ALL: [Self; 2] = [Self::IdNumber, Self::Phone];

    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::IdNumber => "id_number",
            Self::Phone => "phone",
        }
    }
}

/// What somebody needs a masked field for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RevealReason {
    /// To call or write to the client.
    Contact,
    /// To check who stands at the desk.
    IdentityCheck,
    /// To fill in a paper or a form of another body.
    Paperwork,
    /// To correct what is stored.
    Correction,
}

impl RevealReason {
    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Contact => "contact",
            Self::IdentityCheck => "identity_check",
            Self::Paperwork => "paperwork",
            Self::Correction => "correction",
        }
    }
}

/// What is to be shown unmasked, and what for.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RevealClient {
    /// At least one.
    pub fields: Vec<MaskedField>,
    /// Stands in the audit trail.
    pub reason: RevealReason,
}

/// What was masked. Fields not asked for, or not known, are `null`. No `Debug`: personal data.
#[derive(Serialize, ToSchema)]
pub struct RevealedClient {
    /// UUIDv7.
    pub id: ClientId,
    /// Resident identity number.
    #[schema(example = "11010519900307283X")]
    pub id_number: Option<String>,
    /// Mainland mobile number, 11 digits.
    #[schema(example = "13800138000")]
    pub phone: Option<String>,
}

/// What a list of clients is narrowed to.
#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListClientsQuery {
    /// A whole name, telephone number or identity number. Deprecated, for addresses are logged on
    /// their way: use `POST /v1/clients/search`.
    #[param(example = "王小明")]
    pub q: Option<String>,
    /// Clients of this office.
    pub office_id: Option<OfficeId>,
    /// Items on the page, 1–100.
    #[param(minimum = 1, maximum = 100, default = 20, example = 20)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// What clients are looked for by. In a body, for addresses are logged on their way. No `Debug`:
/// personal data.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SearchClients {
    /// A whole name, telephone number or identity number.
    #[schema(example = "王小明")]
    pub q: String,
    /// Clients of this office.
    pub office_id: Option<OfficeId>,
    /// Items on the page, 1–100.
    #[schema(minimum = 1, maximum = 100, default = 20, example = 20)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// A client's file cover. Numbers are masked: `POST /v1/clients/{id}/reveal` shows them.
#[derive(Serialize, ToSchema)]
pub struct ClientView {
    /// UUIDv7.
    pub id: ClientId,
    /// The office that looks after the client.
    pub office_id: OfficeId,
    /// The caseworker who looks after the client; `null` before the first case.
    pub caseworker_id: Option<StaffId>,
    /// As on the identity card.
    #[schema(example = "王小明")]
    pub name: String,
    /// As on the identity card.
    pub sex: Sex,
    /// As on the identity card.
    #[schema(example = "1990-03-07")]
    pub birth_date: Option<NaiveDate>,
    /// The ends of the resident identity number.
    #[schema(example = "110***********283X")]
    pub id_number: Option<String>,
    /// The ends of the mobile number.
    #[schema(example = "138****8000")]
    pub phone: Option<String>,
    /// Whether the client takes text messages on this number.
    pub phone_sms_ok: bool,
    /// What is known of the number.
    pub phone_state: PhoneState,
    /// Counts changes, from 1; also the `ETag`.
    pub version: i64,
    /// UTC.
    pub created_at: DateTime<Utc>,
    /// UTC.
    pub updated_at: DateTime<Utc>,
}

/// A client in a list: masked, for others may look over the shoulder.
#[derive(Serialize, ToSchema)]
pub struct ClientItem {
    /// UUIDv7.
    pub id: ClientId,
    /// The office that looks after the client.
    pub office_id: OfficeId,
    /// The caseworker who looks after the client; `null` before the first case.
    pub caseworker_id: Option<StaffId>,
    /// The surname and a star.
    #[schema(example = "王*")]
    pub name: String,
    /// As on the identity card.
    pub sex: Sex,
    /// The ends of the number.
    #[schema(example = "138****8000")]
    pub phone: Option<String>,
    /// What is known of the number.
    pub phone_state: PhoneState,
    /// UTC.
    pub created_at: DateTime<Utc>,
}

impl From<Client> for ClientView {
    fn from(client: Client) -> Self {
        Self {
            id: client.id,
            office_id: client.office_id,
            caseworker_id: client.caseworker_id,
            name: client.name,
            sex: client.sex,
            birth_date: client.birth_date,
            id_number: masked_id_number(client.id_number.as_deref()),
            phone: masked_phone(client.phone.as_deref()),
            phone_sms_ok: client.phone_sms_ok,
            phone_state: client.phone_state,
            version: client.version,
            created_at: client.created_at,
            updated_at: client.updated_at,
        }
    }
}

impl From<Client> for ClientItem {
    fn from(client: Client) -> Self {
        Self {
            id: client.id,
            office_id: client.office_id,
            caseworker_id: client.caseworker_id,
            name: mask_name(&client.name),
            sex: client.sex,
            phone: masked_phone(client.phone.as_deref()),
            phone_state: client.phone_state,
            created_at: client.created_at,
        }
    }
}

fn masked_phone(phone: Option<&str>) -> Option<String> {
    Some(Phone::parse(phone?).ok()?.masked())
}

fn masked_id_number(number: Option<&str>) -> Option<String> {
    Some(IdNumber::parse(number?).ok()?.masked())
}
