//! New staff members.

use casework::Work;
use domain::{
    OfficeId, Refusal, RefusalCode, Role, Sex, area::AreaCode, staff_notice::StaffNotices,
};
use storage::{
    StorageError,
    staff::{self, Staff},
};

use super::{check, separation};
use crate::{failure::Failure, services::faults::Faults, views::staff::NoticesView};

/// A staff member to be.
#[derive(Clone)]
pub struct NewStaff {
    /// See [`check::username`].
    pub username: String,
    /// Argon2id, PHC format.
    pub password_hash: String,
    /// As colleagues know them.
    pub display_name: String,
    /// What they may do.
    pub role: Role,
    /// Where they work.
    pub office_id: Option<OfficeId>,
    /// The area that a supervisor without an office answers for.
    pub area_code: Option<String>,
    /// Needed of collectors.
    pub sex: Option<Sex>,
    /// A mobile number.
    pub phone: Option<String>,
    /// How they are told of their work; none: by text message.
    pub notices: Option<NoticesView>,
}

/// Gives somebody an account in the agency of the unit of work.
///
/// # Errors
/// `invalid_value` or `invalid_phone` at the field; `username_taken`, in this agency or another;
/// `conflict` when the person has another administration.
pub fn create(work: &mut Work<'_, '_>, asked: &NewStaff) -> Result<Staff, Failure> {
    let mut faults = Faults::default();
    let area_code = asked.area_code.as_deref().map(AreaCode::parse);
    let area_code = faults.note(area_code.transpose())?;
    let place = match area_code {
        Some(area) => check::place(work, asked.role, asked.office_id, area),
        // What is no area says nothing of the place.
        None => Ok(()),
    };
    let phone = asked.phone.as_deref().map(check::phone);
    let notices = asked.notices.as_ref().map(NoticesView::parse);
    let (Some(area_code), Some(()), Some(username), Some(display_name), Some(phone), Some(notices)) = (
        area_code,
        faults.note(place)?,
        faults.note(check::username(&asked.username))?,
        faults.note(check::display_name(&asked.display_name))?,
        faults.note(phone.transpose())?,
        faults.note(notices.transpose())?,
    ) else {
        return Err(faults.into());
    };
    let staff = Staff {
        agency_id: work.agency,
        id: work.ids.next(),
        office_id: asked.office_id,
        username,
        password_hash: asked.password_hash.clone(),
        display_name,
        role: asked.role,
        sex: asked.sex,
        phone,
        active: true,
        version: 1,
        created_at: work.now,
        updated_at: work.now,
        area_code,
        notices: notices.unwrap_or(StaffNotices::Text),
    };
    separation::one_administration(work, &staff)?;
    match staff::insert(work.tx, &staff) {
        Err(StorageError::Duplicate(_)) => Err(Refusal::at(
            RefusalCode::UsernameTaken,
            "/username",
            "somebody has this username; choose another one",
        )
        .into()),
        other => {
            other?;
            Ok(staff)
        }
    }
}

impl std::fmt::Debug for NewStaff {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewStaff")
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}
