//! Staff members as JSON.

use std::fmt;

use chrono::{DateTime, Utc};
use domain::{OfficeId, Refusal, Role, Sex, StaffChannel, StaffId, staff_notice::StaffNotices};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use storage::staff::Staff;
use utoipa::{IntoParams, ToSchema};

use crate::extract::patch::Field;

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
    /// The area whose offices a supervisor without an office answers for.
    #[schema(example = "330100")]
    pub area_code: Option<String>,
    /// Needed of those who collect samples.
    pub sex: Option<Sex>,
    /// How they are told of their work; the address is shown to nobody else.
    pub notice_channel: StaffChannel,
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
            area_code: staff.area_code.map(String::from),
            sex: staff.sex,
            notice_channel: staff.notices.channel(),
            active: staff.active,
            version: staff.version,
            created_at: staff.created_at,
            updated_at: staff.updated_at,
        }
    }
}

/// A new staff member.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateStaff {
    /// 3–64 of a–z 0–9 . _ - @; unique in the whole system; never changes. Capitals become small.
    #[schema(example = "li.na")]
    pub username: String,
    /// 12–128 characters; none that is guessed first, without username, office or agency.
    #[schema(value_type = String, format = Password, example = "一个足够长的初始密码-2026")]
    pub password: SecretString,
    /// 1–50 characters.
    #[schema(example = "李娜")]
    pub display_name: String,
    /// What they may do.
    pub role: Role,
    /// Required of caseworkers, and of supervisors without an area; `null` for those who serve the
    /// whole agency.
    pub office_id: Option<OfficeId>,
    /// Instead of an office: the supervisor answers for every office in this area. 6, 9 or 12 digits
    /// (GB/T 2260, GB/T 10114); zeros at the end stand for all that lies below.
    #[schema(example = "330100")]
    pub area_code: Option<String>,
    /// Needed of those who collect samples.
    pub sex: Option<Sex>,
    /// Mainland mobile number, for messages to them.
    #[schema(example = "13800138000")]
    pub phone: Option<String>,
    /// How they are told of their work; without it, by text message to their number.
    pub notices: Option<NoticesView>,
}

/// How a member of staff is told of their work: the summary at 08:30 on working days, and at any hour
/// an escalation that was opened and a call for help that cannot wait.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoticesView {
    /// `text`: by text message to the mobile number. `none`: only in the app.
    pub channel: StaffChannel,
    /// A WeCom user id or an e-mail address; the other two channels take none.
    #[schema(example = "li.na")]
    pub address: Option<String>,
}

impl NoticesView {
    /// # Errors
    /// `invalid_value` at `/notices/address`.
    pub fn parse(&self) -> Result<StaffNotices, Refusal> {
        StaffNotices::parse(self.channel, self.address.as_deref())
    }
}

impl From<&StaffNotices> for NoticesView {
    fn from(notices: &StaffNotices) -> Self {
        Self {
            channel: notices.channel(),
            address: notices.address().map(str::to_owned),
        }
    }
}

/// Shows no address.
impl fmt::Debug for NoticesView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NoticesView")
            .field("channel", &self.channel)
            .finish_non_exhaustive()
    }
}

/// How one wants to be told of one's own work.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetMyNotices {
    /// From now on.
    pub notices: NoticesView,
}

/// Changes of a staff member; what is absent stays as it is.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateStaff {
    /// 1–50 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "李娜")]
    pub display_name: Field<String>,
    /// Ends the member's sessions.
    #[serde(default)]
    #[schema(value_type = Option<Role>)]
    pub role: Field<Role>,
    /// Ends the member's sessions.
    #[serde(default)]
    #[schema(value_type = Option<OfficeId>)]
    pub office_id: Field<OfficeId>,
    /// For supervisors, instead of an office. Ends the member's sessions.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "330100")]
    pub area_code: Field<String>,
    /// Needed of those who collect samples.
    #[serde(default)]
    #[schema(value_type = Option<Sex>)]
    pub sex: Field<Sex>,
    /// Mainland mobile number.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "13800138000")]
    pub phone: Field<String>,
    /// How they are told of their work; replaced as a whole.
    #[serde(default)]
    #[schema(value_type = Option<NoticesView>)]
    pub notices: Field<NoticesView>,
    /// `false` locks the account and ends its sessions.
    #[serde(default)]
    #[schema(value_type = Option<bool>, example = false)]
    pub active: Field<bool>,
}

/// Which staff to list.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StaffQuery {
    /// Only those of this office.
    pub office_id: Option<OfficeId>,
    /// Items on the page, 1–100.
    #[param(minimum = 1, maximum = 100, default = 20, example = 20)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Shows nothing of a person.
impl fmt::Debug for CreateStaff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CreateStaff")
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

/// Shows nothing of a person.
impl fmt::Debug for UpdateStaff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UpdateStaff").finish_non_exhaustive()
    }
}

/// A password that somebody else hands over.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResetPassword {
    /// As for a new account. Good for three days, and for nothing but to change it.
    #[schema(value_type = String, format = Password, example = "一个足够长的临时密码-2026")]
    pub password: SecretString,
}
